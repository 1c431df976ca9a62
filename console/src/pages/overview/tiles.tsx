import { useCountFormat } from '../../parts/time.tsx';
import { useTexts } from '../../texts.ts';
import { type DayStatistics, stockOf, sumOf } from './statistics.ts';
import { overviewTexts } from './texts.ts';

/** The numbers of today, and the stock of grants. */
export function Tiles({
  items,
  today,
}: {
  readonly items: readonly DayStatistics[];
  readonly today: string;
}) {
  const t = useTexts(overviewTexts);
  const count = useCountFormat();
  const sums = sumOf(items.filter(({ day }) => day === today));
  const tiles = ['granted', 'sent', 'delivered', 'refused', 'failed', 'unknown'] as const;
  return (
    <dl className="tiles">
      {tiles.map((name) => (
        <div key={name} className="tile">
          <dt>{t[name]}</dt>
          <dd>
            {count(sums[name])} <small>{t.today}</small>
          </dd>
        </div>
      ))}
      <div className="tile">
        <dt>{t.stock}</dt>
        <dd>
          {count(stockOf(items))} <small>{t.stockHint}</small>
        </dd>
      </div>
    </dl>
  );
}

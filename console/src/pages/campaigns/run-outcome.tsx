import { remedyFor } from '../../../../lib/wechat/errcodes.ts';
import type { Schemas } from '../../api/client.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { useCountFormat } from '../../parts/time.tsx';
import { usePreferences } from '../../preferences/preferences.tsx';
import { useTexts } from '../../texts.ts';
import { runTexts } from './run-texts.ts';

const NAMES = ['pending', 'sent', 'delivered', 'refused', 'failed', 'unknown', 'skipped'] as const;

/** How many ended how, and what WeChat answered. */
export function RunOutcome({ run }: { readonly run: Schemas['Run'] }) {
  const t = useTexts(runTexts);
  const { language } = usePreferences();
  const count = useCountFormat();
  const causes = Object.entries(run.byErrcode)
    .filter(([errcode]) => errcode !== '0')
    .toSorted(([, one], [, other]) => other - one);
  return (
    <>
      <dl className="tiles">
        {NAMES.map((name) => (
          <div key={name} className="tile">
            <dt>{t.counts[name]}</dt>
            <dd>{count(run.counts[name])}</dd>
          </div>
        ))}
      </dl>
      {causes.length > 0 && (
        <DataTable
          label={t.causes}
          rows={causes}
          rowKey={([errcode]) => errcode}
          columns={[
            { title: t.cause, cell: ([errcode]) => <code>{errcode}</code> },
            { title: t.count, isNumber: true, cell: ([, times]) => count(times) },
            {
              title: t.meaning,
              cell: ([errcode]) =>
                /^-?\d+$/.test(errcode) && remedyFor(Number(errcode), '', 'send')[language],
            },
          ]}
        />
      )}
    </>
  );
}

import { type Column, DataTable } from '../../parts/data-table.tsx';
import { TemplateName } from '../../parts/template-name.tsx';
import { useCountFormat } from '../../parts/time.tsx';
import { useTexts } from '../../texts.ts';
import { type DayStatistics, type Sums, stockOf, sumOf } from './statistics.ts';
import { overviewTexts } from './texts.ts';

interface Row extends Sums {
  readonly templateId: string;
  readonly stock: number;
}

/** How many failed, and of what. */
function Failed({ row }: { readonly row: Row }) {
  const count = useCountFormat();
  return (
    <>
      {count(row.failed)}
      {[...row.causes].map(([cause, times]) => (
        <small key={cause} className="cause">
          {cause} ×{count(times)}
        </small>
      ))}
    </>
  );
}

/** What became of each template's grants and messages: on one day, or over all that are given. */
export function ByTemplate({
  items,
  day,
}: {
  readonly items: readonly DayStatistics[];
  readonly day?: string;
}) {
  const t = useTexts(overviewTexts);
  const count = useCountFormat();
  const rows: Row[] = [...Map.groupBy(items, ({ templateId }) => templateId)].map(([templateId, days]) => ({
    templateId,
    ...sumOf(day === undefined ? days : days.filter((one) => one.day === day)),
    stock: stockOf(days),
  }));
  const number = (title: string, of: (row: Row) => number): Column<Row> => ({
    title,
    isNumber: true,
    cell: (row) => count(of(row)),
  });
  return (
    <DataTable
      label={t.byTemplate}
      rows={rows}
      rowKey={({ templateId }) => templateId}
      columns={[
        { title: t.template, cell: ({ templateId }) => <TemplateName id={templateId} /> },
        number(t.granted, (row) => row.granted),
        number(t.sent, (row) => row.sent),
        number(t.delivered, (row) => row.delivered),
        number(t.refused, (row) => row.refused),
        { title: t.failed, isNumber: true, cell: (row) => <Failed row={row} /> },
        number(t.unknown, (row) => row.unknown),
        number(t.stock, (row) => row.stock),
      ]}
    />
  );
}

import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { bilingual } from '../bilingual.ts';
import { useTexts } from '../texts.ts';

const texts = bilingual({
  en: { more: 'Show more' },
  zh: { more: '显示更多' },
});

/** A column: what stands at its head and in its cells. */
export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ReactNode;
  readonly isNumber?: boolean;
}

/** What a table shows and how it goes on. */
interface DataTableProps<T> {
  /** What the table is of, for who cannot see it. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  /** Fetches the next page; absent on the last. */
  readonly onMore?: (() => void) | undefined;
  readonly isFetchingMore?: boolean;
}

/** Rows under columns; on a narrow screen each row is a card. A million rows come page by page. */
export function DataTable<T>(o: DataTableProps<T>) {
  const t = useTexts(texts);
  return (
    <div>
      <div className="table-frame">
        {/* Its cells are shown as blocks on narrow screens, where browsers forget what they are. */}
        <table className="table" aria-label={o.label}>
          <thead>
            <tr>
              {o.columns.map(({ title, isNumber }) => (
                <th key={title} scope="col" className={isNumber ? 'number' : undefined}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {o.rows.map((row) => (
              <tr key={o.rowKey(row)}>
                {o.columns.map(({ title, cell, isNumber }) => (
                  <td key={title} data-label={title} className={isNumber ? 'number' : undefined}>
                    <span>{cell(row)}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {o.onMore && (
        <div className="more">
          <Button variant="default" size="sm" onClick={o.onMore} loading={o.isFetchingMore ?? false}>
            {t.more}
          </Button>
        </div>
      )}
    </div>
  );
}

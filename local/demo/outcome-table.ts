import colors from 'picocolors';
import stringWidth from 'string-width';
import type { Outcome, Stage, Told } from './stage.ts';

const COLUMNS: readonly Told[] = [
  { en: 'to', zh: '用户' },
  { en: 'message', zh: '消息' },
  { en: 'status', zh: '状态' },
  { en: 'requests', zh: '请求次数' },
  { en: 'why', zh: '原因' },
];

const STATUS_COLUMN = 2;

/** Every message of the story with its outcome, as the service tells it at the end. */
export async function outcomeTable(stage: Stage): Promise<string> {
  const rows = await Promise.all(
    stage.tracked.map(async ({ to, about, outcome }) => {
      const became = await outcome();
      return [to, about, became.status, String(became.attempts), reasonOf(became)];
    }),
  );
  const header = COLUMNS.map((column) => stage.text(column));
  const widths = header.map((_, i) => Math.max(...[header, ...rows].map((row) => stringWidth(row[i] ?? ''))));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - stringWidth(cell)));
  return [
    `  ${colors.dim(line(header).join('  '))}`,
    ...rows.map(
      (row) =>
        `  ${line(row)
          .map((cell, i) => (i === STATUS_COLUMN ? statusColor(cell) : cell))
          .join('  ')}`,
    ),
  ].join('\n');
}

function reasonOf({ errcode, reason }: Outcome): string {
  return errcode === undefined ? reason : `${reason} (errcode ${errcode})`;
}

function statusColor(cell: string): string {
  switch (cell.trim()) {
    case 'sent':
      return colors.green(cell);
    case 'unknown':
      return colors.yellow(cell);
    case 'refused':
    case 'failed':
      return colors.red(cell);
    default:
      return colors.dim(cell);
  }
}

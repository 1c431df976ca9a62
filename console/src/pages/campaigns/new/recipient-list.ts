import type { BilingualText } from '../../../../../lib/bilingual-text.ts';
import { MAX_VARIABLES_BYTES, openidError } from '../../../../../lib/campaigns/recipients/recipient-rules.ts';
import { csvLine } from '../../../parts/csv-line.ts';
import { pause } from '../../../parts/pause.ts';
import type { Table } from './read-table.ts';

/** A row that cannot be sent to, and why. */
export interface FaultyRow {
  readonly cells: readonly string[];
  readonly why: BilingualText;
}

/** What is wrong with the message that these variables make, if anything. */
export type CheckMessage = (variables: Readonly<Record<string, string>>) => BilingualText | undefined;

/** A list whose rows were looked at. */
export interface CheckedList {
  readonly table: Table;
  readonly openidColumn: number;
  /** The column of each variable. */
  readonly variableColumns: Readonly<Record<string, number>>;
  /** The rows that can be sent to, as they came. */
  readonly good: readonly (readonly string[])[];
  readonly faulty: readonly FaultyRow[];
  /** Set once the message was changed: the rows have not been looked at with the new one. */
  readonly isStale?: true;
}

/** What a list is read by. */
export interface ListColumns {
  readonly openidColumn: number;
  readonly variableColumns: Readonly<Record<string, number>>;
}

/** As many recipients as one campaign takes (lib/campaigns/recipients/add-recipients.ts). */
export const MOST_RECIPIENTS = 1_000_000;

const TOO_LONG: BilingualText = {
  en: `The variables are over ${MAX_VARIABLES_BYTES} bytes together`,
  zh: `变量合计超过 ${MAX_VARIABLES_BYTES} 字节`,
};
const REPEATED: BilingualText = { en: 'This user stands further up already', zh: '该用户在前面已出现' };

/** So long rows are looked at before the page may answer again. */
const AT_ONCE_MS = 30;

/** Sorts the rows into those that can be sent to and those that cannot. `onLooked` is told how many were looked at. */
export async function checkList(
  table: Table,
  { openidColumn, variableColumns }: ListColumns,
  checkMessage: CheckMessage,
  onLooked: (count: number) => void,
): Promise<CheckedList> {
  const seen = new Set<string>();
  const good: (readonly string[])[] = [];
  const faulty: FaultyRow[] = [];
  let since = performance.now();
  for (const [place, cells] of table.rows.entries()) {
    if (performance.now() - since > AT_ONCE_MS) {
      onLooked(place);
      await pause(0);
      since = performance.now();
    }
    const openid = (cells[openidColumn] ?? '').trim();
    const why = faultOfOpenid(openid, seen) ?? faultOfVariables(cells, variableColumns, checkMessage);
    if (why) faulty.push({ cells, why });
    else {
      seen.add(openid);
      good.push(cells);
    }
  }
  return { table, openidColumn, variableColumns, good, faulty };
}

function faultOfOpenid(openid: string, seen: ReadonlySet<string>): BilingualText | undefined {
  return openidError(openid)?.message ?? (seen.has(openid) ? REPEATED : undefined);
}

function faultOfVariables(
  cells: readonly string[],
  columns: Readonly<Record<string, number>>,
  checkMessage: CheckMessage,
): BilingualText | undefined {
  const variables = Object.entries(columns).map(([name, column]) => [name, cells[column] ?? ''] as const);
  const [missing] = variables.find(([, value]) => value.trim() === '') ?? [];
  if (missing !== undefined) return { en: `“${missing}” is empty`, zh: `“${missing}”为空` };
  if (variables.length === 0) return undefined;
  if (bytesOf(variables) > MAX_VARIABLES_BYTES) return TOO_LONG;
  return checkMessage(Object.fromEntries(variables));
}

function bytesOf(variables: readonly (readonly [string, string])[]): number {
  const text = variables.flat().join('');
  // A character of UTF-16 has three bytes at most: a short text need not be encoded to know that it is short.
  return text.length * 3 <= MAX_VARIABLES_BYTES ? text.length : new TextEncoder().encode(text).length;
}

/** One upload takes 4 MiB with what wraps it. */
const CHUNK_CHARACTERS = 1_000_000;

/** The good rows as uploads, each with its header. */
export function* uploadsOf({ good, openidColumn, variableColumns }: CheckedList): Generator<string> {
  const header = csvCells(['openid', ...Object.keys(variableColumns)]);
  const columns = Object.values(variableColumns);
  let text = header;
  for (const cells of good) {
    text += csvCells([(cells[openidColumn] ?? '').trim(), ...columns.map((column) => cells[column] ?? '')]);
    if (text.length < CHUNK_CHARACTERS) continue;
    yield text;
    text = header;
  }
  if (text !== header) yield text;
}

/** As they are: these are read by the service and by no spreadsheet. */
function csvCells(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\r\n`;
}

/** The faulty rows as a file to mend: as they came, and why in both languages. */
export function faultyFile({ table, faulty }: CheckedList): string {
  return [
    csvLine([...table.columns, 'why', '原因']),
    ...faulty.map(({ cells, why }) =>
      csvLine([...table.columns.map((_, column) => cells[column]), why.en, why.zh]),
    ),
  ].join('');
}

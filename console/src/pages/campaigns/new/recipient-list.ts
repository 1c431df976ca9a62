import { parse } from 'csv-parse/browser/esm/sync';
import type { BilingualText } from '../../../../../lib/bilingual-text.ts';
import {
  isBlankRow,
  isSeparatorRow,
  LINE_ENDS,
  separatorOf,
} from '../../../../../lib/campaigns/recipients/csv-dialect.ts';
import { openidError } from '../../../../../lib/campaigns/recipients/recipient-rules.ts';
import { csvLine } from '../../../parts/download.ts';

/** A file as it was read: its header and its rows. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A row that cannot be sent to, and why. */
export interface FaultyRow {
  readonly cells: readonly string[];
  readonly why: BilingualText;
}

/** A list whose rows were looked at. */
export interface CheckedList {
  readonly table: Table;
  readonly openidColumn: number;
  /** The column of each variable. */
  readonly variableColumns: Readonly<Record<string, number>>;
  readonly good: readonly (readonly string[])[];
  readonly faulty: readonly FaultyRow[];
}

/** Reads what spreadsheets write. @throws CsvError for what is no table */
export function readTable(text: string): Table {
  const records: string[][] = parse(text, {
    bom: true,
    delimiter: separatorOf(text),
    record_delimiter: LINE_ENDS,
    skip_empty_lines: true,
    relax_column_count: true,
  });
  const [columns = [], ...rows] = records.filter((row) => !isBlankRow(row) && !isSeparatorRow(row));
  return { columns: columns.map((name) => name.trim()), rows };
}

const REPEATED: BilingualText = { en: 'This user stands further up already', zh: '该用户在前面已出现' };

/** Sorts the rows into those that can be sent to and those that cannot. */
export function checkList(
  table: Table,
  openidColumn: number,
  variableColumns: Readonly<Record<string, number>>,
): CheckedList {
  const seen = new Set<string>();
  const good: (readonly string[])[] = [];
  const faulty: FaultyRow[] = [];
  for (const cells of table.rows) {
    const openid = (cells[openidColumn] ?? '').trim();
    const why = faultOf(cells, openid, variableColumns, seen);
    if (why) faulty.push({ cells, why });
    else {
      seen.add(openid);
      good.push([openid, ...Object.values(variableColumns).map((column) => cells[column] ?? '')]);
    }
  }
  return { table, openidColumn, variableColumns, good, faulty };
}

function faultOf(
  cells: readonly string[],
  openid: string,
  variableColumns: Readonly<Record<string, number>>,
  seen: ReadonlySet<string>,
): BilingualText | undefined {
  const invalid = openidError(openid);
  if (invalid) return invalid.message;
  if (seen.has(openid)) return REPEATED;
  const missing = Object.entries(variableColumns).find(([, column]) => (cells[column] ?? '').trim() === '');
  return missing && { en: `“${missing[0]}” is empty`, zh: `“${missing[0]}”为空` };
}

/** One upload takes 4 MiB with what wraps it. */
const CHUNK_CHARACTERS = 1_000_000;

/** The good rows as uploads, each with its header. */
export function* uploadsOf({ good, variableColumns }: CheckedList): Generator<string> {
  const header = csvCells(['openid', ...Object.keys(variableColumns)]);
  let text = header;
  for (const row of good) {
    text += csvCells(row);
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

import { parse } from 'csv-parse/browser/esm/sync';
import {
  isBlankRow,
  isSeparatorRow,
  LINE_ENDS,
  separatorOf,
} from '../../../../../lib/campaigns/recipients/csv-dialect.ts';
import { pause } from '../../../parts/pause.ts';

/** A file as it was read: its header and its rows. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly encoding: Encoding;
}

/** How a file's characters were written. */
export type Encoding = 'UTF-8' | 'UTF-16' | 'GB18030';

/** So much is read before the page may answer again: some milliseconds' work. */
const PART_CHARACTERS = 100_000;

/**
 * Reads what spreadsheets write, part by part, so that the page goes on answering while it reads a million rows.
 * @throws CsvError for what is no table, TypeError for what is no text
 */
export async function readTable(bytes: ArrayBuffer): Promise<Table> {
  const { text, encoding } = decode(bytes);
  const delimiter = separatorOf(text);
  const rows: string[][] = [];
  for (const part of partsOf(text)) {
    const records: string[][] = parse(part, {
      bom: true,
      delimiter,
      record_delimiter: LINE_ENDS,
      skip_empty_lines: true,
      relax_column_count: true,
    });
    for (const row of records) if (!isBlankRow(row) && !isSeparatorRow(row)) rows.push(row);
    await pause(0);
  }
  const columns = rows.shift() ?? [];
  return { columns: columns.map((name) => name.trim()), rows, encoding };
}

/**
 * Excel writes "CSV" in the encoding of its system, which is GBK in China, and "Unicode text" in UTF-16 with its mark.
 * GB18030 contains GBK. What is UTF-8 throughout is no GBK by chance.
 */
function decode(bytes: ArrayBuffer): { readonly text: string; readonly encoding: Encoding } {
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (first === 0xff && second === 0xfe) return { text: textIn('utf-16le', bytes), encoding: 'UTF-16' };
  if (first === 0xfe && second === 0xff) return { text: textIn('utf-16be', bytes), encoding: 'UTF-16' };
  try {
    return { text: textIn('utf-8', bytes), encoding: 'UTF-8' };
  } catch {
    return { text: textIn('gb18030', bytes), encoding: 'GB18030' };
  }
}

/** @throws TypeError for what is not written so */
function textIn(label: string, bytes: ArrayBuffer): string {
  return new TextDecoder(label, { fatal: true }).decode(bytes);
}

/** The text in parts that end with a row: at a line end before which all quotes are closed. */
function* partsOf(text: string): Generator<string> {
  const lineEnd = text.includes('\n') ? '\n' : '\r';
  let from = 0;
  while (from < text.length) {
    let to = from;
    let isQuoted = false;
    do {
      const start = to;
      const end = text.indexOf(lineEnd, Math.max(to, from + PART_CHARACTERS));
      to = end < 0 ? text.length : end + 1;
      isQuoted = isQuoted !== hasOddQuotes(text, start, to);
    } while (isQuoted && to < text.length);
    yield text.slice(from, to);
    from = to;
  }
}

function hasOddQuotes(text: string, from: number, to: number): boolean {
  let isOdd = false;
  for (let at = text.indexOf('"', from); at >= 0 && at < to; at = text.indexOf('"', at + 1)) isOdd = !isOdd;
  return isOdd;
}

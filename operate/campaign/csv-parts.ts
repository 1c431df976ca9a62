import { CsvError, parse } from 'csv-parse/sync';
import * as v from 'valibot';
import {
  isBlankRow,
  isSeparatorRow,
  LINE_ENDS,
  separatorOf,
} from '../../lib/campaigns/recipients/csv-dialect.ts';
import { FileError } from '../command-line.ts';
import { say } from '../language.ts';

/** Below the 4 MiB that one request may have. */
const PART_BYTES = 3 * 1024 * 1024;

const rows = v.array(
  v.object({ raw: v.string(), record: v.array(v.string()), info: v.object({ lines: v.number() }) }),
);

/**
 * Cuts a CSV file into parts that each fit into one request and begin with the header. The lines of the parts before are left
 * empty, so that what the service says of a line is true of the file.
 *
 * @throws FileError when it is no CSV
 */
export function csvParts(text: string, partBytes = PART_BYTES): readonly string[] {
  if (Buffer.byteLength(text) <= partBytes) return [text];
  const all = read(text);
  const headerAt = all.findIndex(({ record }) => !isBlankRow(record) && !isSeparatorRow(record));
  const header = all[headerAt];
  if (!header) return [text];
  // With what stands before it, so that its line stays the same.
  const head = all
    .slice(0, headerAt + 1)
    .map(({ raw }) => ended(raw))
    .join('');
  const parts: string[] = [];
  let part = head;
  let lines = header.info.lines;
  let lineBefore = lines;
  for (const { raw, record, info } of all.slice(headerAt + 1)) {
    if (!isBlankRow(record)) {
      if (part !== head && Buffer.byteLength(part) + Buffer.byteLength(raw) > partBytes) {
        parts.push(part);
        part = head;
        lines = header.info.lines;
      }
      part += '\n'.repeat(lineBefore - lines) + ended(raw);
      lines = info.lines;
    }
    lineBefore = info.lines;
  }
  return [...parts, part];
}

function read(text: string): v.InferOutput<typeof rows> {
  try {
    return v.parse(
      rows,
      parse(text, {
        bom: true,
        delimiter: separatorOf(text),
        record_delimiter: LINE_ENDS,
        info: true,
        raw: true,
        relax_column_count: true,
      }),
    );
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new FileError(
      say(`The file is no CSV: ${error.message}.`, `文件不是合法的 CSV：${error.message}。`),
    );
  }
}

/** The parser leaves the `\n` of a CRLF out of a raw row. */
const ended = (raw: string) => (raw.endsWith('\n') ? raw : `${raw}\n`);

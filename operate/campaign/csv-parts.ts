import { CsvError, parse } from 'csv-parse/sync';
import * as v from 'valibot';
import { CommandError } from '../command-line.ts';

/** Below the 4 MiB that one request may have. */
const PART_BYTES = 3 * 1024 * 1024;

const rows = v.array(v.object({ raw: v.string(), info: v.object({ lines: v.number() }) }));

/**
 * Cuts a CSV file into parts that each fit into one request and begin with the header. The lines of the parts before are left
 * empty, so that what the service says of a line is true of the file.
 *
 * @throws CommandError when it is no CSV
 */
export function csvParts(text: string, partBytes = PART_BYTES): readonly string[] {
  if (Buffer.byteLength(text) <= partBytes) return [text];
  const [header, ...body] = read(text);
  if (!header) return [text];
  const parts: string[] = [];
  let part = '';
  let lineBefore = header.info.lines;
  for (const { raw, info } of body) {
    if (part !== '' && Buffer.byteLength(part) + Buffer.byteLength(raw) > partBytes) {
      parts.push(part);
      part = '';
    }
    if (part === '') part = ended(header.raw) + '\n'.repeat(lineBefore - header.info.lines);
    part += ended(raw);
    lineBefore = info.lines;
  }
  return [...parts, part];
}

function read(text: string): v.InferOutput<typeof rows> {
  try {
    return v.parse(rows, parse(text, { bom: true, info: true, raw: true, relax_column_count: true }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new CommandError(`The file is no CSV: ${error.message}. 文件不是合法的 CSV。`);
  }
}

const ended = (raw: string) => (raw.endsWith('\n') ? raw : `${raw}\n`);

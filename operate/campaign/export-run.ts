import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { progress } from '../command-line.ts';
import type { RecipientAnswer } from './campaign-service.ts';

const COLUMNS = [
  'openid',
  'status',
  'at',
  'errcode',
  'errmsg',
  'reason',
  'msgid',
  'rid',
  'problems',
] as const;

/**
 * Writes what became of every recipient as CSV, page by page. A text that a spreadsheet would run as a formula gets an apostrophe
 * before it: errmsg comes from outside.
 */
export async function exportRecipients(
  pages: AsyncIterable<readonly RecipientAnswer[]>,
  file: string | undefined,
): Promise<number> {
  const out = file === undefined ? process.stdout : createWriteStream(file);
  let written = 0;
  const write = async (text: string) => {
    if (!out.write(text)) await once(out, 'drain');
  };
  await write(stringify([[...COLUMNS]]));
  for await (const page of pages) {
    await write(stringify(page.map(rowOf), { escape_formulas: true }));
    written += page.length;
    progress(`${written}`);
  }
  progress('');
  if (file !== undefined) {
    out.end();
    await finished(out);
  }
  return written;
}

function rowOf(recipient: RecipientAnswer): string[] {
  return COLUMNS.map((column) => {
    const value = recipient[column];
    return Array.isArray(value) ? value.join(' / ') : String(value ?? '');
  });
}

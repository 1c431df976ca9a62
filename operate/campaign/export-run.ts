import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { progress } from '../command-line.ts';
import type { RecipientAnswer } from './campaign-answers.ts';

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

const PROGRESS_EVERY = 200;

/**
 * Writes what became of every recipient as CSV, as they are read. A text that a spreadsheet would run as a formula gets an apostrophe
 * before it: errmsg comes from outside.
 */
export async function exportRecipients(
  recipients: AsyncIterable<RecipientAnswer>,
  file: string | undefined,
): Promise<number> {
  const out = file === undefined ? process.stdout : createWriteStream(file);
  let written = 0;
  const write = async (text: string) => {
    if (!out.write(text)) await once(out, 'drain');
  };
  await write(stringify([[...COLUMNS]]));
  for await (const recipient of recipients) {
    await write(stringify([rowOf(recipient)], { escape_formulas: true }));
    written++;
    if (written % PROGRESS_EVERY === 0) progress(`${written}`);
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

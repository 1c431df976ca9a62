import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Closing } from './closing.ts';
import { restoreQueues, saveQueues } from './queue-file.ts';
import { repeat } from './repeat.ts';
import type { LocalSqs } from './sqs.ts';
import type { HandedOver } from './table-stream.ts';

const SAVE_EVERY_MS = 1_000;

const fileSchema = v.record(v.string(), v.string());

/**
 * Goes on from what an earlier run left in `dataDir` beside its table, and saves it from here on until `closing` closes: what is on the
 * queues, and how far changes have been handed over. What was done since the last save is done again after a crash, as on AWS.
 */
export async function keepInFolder(dataDir: string, sqs: LocalSqs, closing: Closing): Promise<HandedOver> {
  await restoreQueues(sqs, dataDir);
  const handedOver = await restoreHandedOver(dataDir);
  const save = async () => {
    await saveQueues(sqs, dataDir);
    await saveHandedOver(dataDir, handedOver);
  };
  closing.add({ close: save });
  closing.add(repeat(save, SAVE_EVERY_MS));
  return handedOver;
}

const fileIn = (dataDir: string) => join(dataDir, 'changes.json');

async function saveHandedOver(dataDir: string, handedOver: HandedOver): Promise<void> {
  const draft = `${fileIn(dataDir)}.new`;
  await writeFile(draft, JSON.stringify(Object.fromEntries(handedOver)));
  await rename(draft, fileIn(dataDir));
}

async function restoreHandedOver(dataDir: string): Promise<HandedOver> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => '{}');
  return new Map(Object.entries(v.parse(fileSchema, JSON.parse(text))));
}

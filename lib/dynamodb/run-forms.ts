import * as v from 'valibot';
import type { RunBatch } from '../campaigns/runs/batch.ts';
import { type BatchResults, UNTOUCHED } from '../campaigns/runs/results.ts';
import type { RunRecord } from '../campaigns/runs/run.ts';
import type { Logger } from '../logger.ts';
import type { Versioned } from '../versioned.ts';
import type { Item } from './items.ts';
import { unpackResults } from './pack-results.ts';
import { batchItem, resultsItem, runItem } from './run-items.ts';
import { parseItem, UnreadableItemError } from './versioned-items.ts';

const versioned = v.object({ version: v.string() });

/** A run as read. @throws UnreadableItemError */
export function toRun(item: Item): Versioned<RunRecord> {
  return { value: parseItem(runItem, item), version: parseItem(versioned, item).version };
}

/** One that cannot be read is logged and set aside, so that it does not hide the others. */
export function readableRuns(item: Item, logger: Logger): readonly RunRecord[] {
  try {
    return [toRun(item).value];
  } catch (error) {
    if (!(error instanceof UnreadableItemError)) throw error;
    logger.error(error.message);
    return [];
  }
}

/** A batch as it is stored. */
export function packBatch({ recipients, ...rest }: RunBatch) {
  const variables = recipients.flatMap(({ variables: own }, index) => (own ? [[String(index), own]] : []));
  return {
    openids: recipients.map(({ openid }) => openid),
    ...(variables.length > 0 && { variables: Object.fromEntries(variables) }),
    ...rest,
  };
}

/** A batch as read. @throws UnreadableItemError */
export function toBatch(item: Item): RunBatch {
  const { openids, variables = {}, ...rest } = parseItem(batchItem, item);
  const recipients = openids.map((openid, index) => {
    const own = variables[index];
    return own ? { openid, variables: own } : { openid };
  });
  return { ...rest, recipients };
}

/** Results as read; those that nobody has begun are empty. @throws UnreadableItemError */
export function toResults(item: Item | undefined): Versioned<BatchResults> {
  if (!item) return { value: UNTOUCHED, version: undefined };
  const { letters, sinceMs, after, msgids, details, ...rest } = parseItem(resultsItem, item);
  return {
    value: { ...rest, results: unpackResults({ letters, sinceMs, after, msgids, details }) },
    version: parseItem(versioned, item).version,
  };
}

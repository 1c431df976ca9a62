import * as v from 'valibot';
import { batchHeader, type RunBatch } from '../campaigns/runs/batch.ts';
import { SLOTS_KEPT, slotOf } from '../campaigns/runs/progress.ts';
import { type BatchResults, batchState, UNTOUCHED } from '../campaigns/runs/results.ts';
import { RECIPIENT_STATES, type RunRecord, runRecord } from '../campaigns/runs/run.ts';
import type { ShardTally, TallyChange } from '../campaigns/runs/run-store.ts';
import type { Versioned } from '../versioned.ts';
import type { Item } from './items.ts';
import { packedResults, unpackResults } from './pack-results.ts';
import type { Changes } from './updates.ts';
import { parseItem, parseVersioned } from './versioned-items.ts';

/** A run as read. @throws UnreadableItemError */
export function toRun(item: Item): Versioned<RunRecord> {
  return parseVersioned(runRecord, item);
}

const batchItem = v.object({
  ...batchHeader.entries,
  openids: v.array(v.string()),
  /** By the index of the recipient. */
  variables: v.exactOptional(v.record(v.string(), v.record(v.string(), v.string()))),
});

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

/** Results as read; those of a batch that nobody has begun are empty. @throws UnreadableItemError */
export function toResults(item: Item | undefined): Versioned<BatchResults> {
  if (!item) return { value: UNTOUCHED, version: undefined };
  const { value, version } = parseVersioned(batchState, item);
  return { value: { ...value, results: unpackResults(parseItem(packedResults, item)) }, version };
}

const ERRCODE = 'errcode:';
const SLOT = 'slot:';

/** The numbers of a tally are attributes of their own, so that one can be added to without being read. */
const tallyItem = v.object({
  batchesDone: v.optional(v.number(), 0),
  plannedBatches: v.exactOptional(v.number()),
  plannedRecipients: v.exactOptional(v.number()),
});

/** What a change does to a tally. It drops time slots that no longer say how fast the run is. */
export function tallyChanges({ by: { counts, byErrcode }, batchDone, atMs }: TallyChange): Changes {
  const slot = slotOf(atMs);
  const states = Object.entries(counts).map(([state, each]): [string, number] => [state, each ?? 0]);
  const errcodes = Object.entries(byErrcode).map(([code, each]): [string, number] => [ERRCODE + code, each]);
  return {
    add: {
      ...Object.fromEntries([...states, ...errcodes]),
      [SLOT + slot]: states.reduce((sum, [, each]) => sum + Math.max(0, each), 0),
      batchesDone: batchDone ? 1 : 0,
    },
    remove: Array.from({ length: SLOTS_KEPT }, (_, back) => SLOT + (slot - SLOTS_KEPT - back)),
  };
}

/** A shard's tally as read. */
export function readTally(item: Item): ShardTally {
  const { batchesDone, plannedBatches, plannedRecipients } = v.parse(tallyItem, item);
  return {
    counts: Object.fromEntries(RECIPIENT_STATES.map((state) => [state, numberOf(item[state])])),
    byErrcode: numbersUnder(item, ERRCODE),
    batchesDone,
    ...(plannedBatches !== undefined &&
      plannedRecipients !== undefined && {
        planned: { batches: plannedBatches, recipients: plannedRecipients },
      }),
    recently: new Map(Object.entries(numbersUnder(item, SLOT)).map(([slot, count]) => [Number(slot), count])),
  };
}

function numbersUnder(item: Item, prefix: string): Record<string, number> {
  return Object.fromEntries(
    Object.entries(item)
      .filter(([name, value]) => name.startsWith(prefix) && numberOf(value) !== 0)
      .map(([name, value]) => [name.slice(prefix.length), numberOf(value)]),
  );
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

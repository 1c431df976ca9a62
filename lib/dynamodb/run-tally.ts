import type { Update } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { RecipientState } from '../campaigns/runs/run.ts';
import type { ShardTally, TallyChange } from '../campaigns/runs/run-store.ts';
import { recentSlots, SLOTS_KEPT, slotOf } from '../campaigns/runs/throughput.ts';
import type { Item } from './items.ts';
import { toAttributes } from './table.ts';

const STATES: readonly RecipientState[] = ['sent', 'delivered', 'refused', 'failed', 'unknown', 'skipped'];
const ERRCODE = 'errcode:';
const SLOT = 'slot:';

const count = v.optional(v.number(), 0);

/** The numbers of a tally are attributes of their own, so that one can be added to without being read. */
const tallyItem = v.object({
  batchesDone: count,
  plannedBatches: v.exactOptional(v.number()),
  plannedRecipients: v.exactOptional(v.number()),
});

/** Adds a change to a tally. What was counted long ago no longer says how fast the run is, and is dropped on the way. */
export function tallyUpdate({
  by,
  batchDone,
  atMs,
}: TallyChange): Required<
  Pick<Update, 'UpdateExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>
> {
  const slot = slotOf(atMs);
  const moved = Object.values(by.counts).reduce((sum, each) => sum + Math.max(0, each ?? 0), 0);
  const added: [string, number][] = [
    ...Object.entries(by.counts).map(([state, each]): [string, number] => [state, each ?? 0]),
    ...Object.entries(by.byErrcode).map(([errcode, each]): [string, number] => [ERRCODE + errcode, each]),
    [SLOT + slot, moved],
    ['batchesDone', batchDone ? 1 : 0],
  ];
  const stale = Array.from({ length: SLOTS_KEPT }, (_, back) => SLOT + (slot - SLOTS_KEPT - back));
  return {
    UpdateExpression: `ADD ${added.map((_, index) => `#a${index} :a${index}`).join(', ')} REMOVE ${stale.map((_, index) => `#r${index}`).join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries([
      ...added.map(([name], index) => [`#a${index}`, name]),
      ...stale.map((name, index) => [`#r${index}`, name]),
    ]),
    ExpressionAttributeValues: toAttributes(
      Object.fromEntries(added.map(([, value], index) => [`:a${index}`, value])),
    ),
  };
}

/** A tally as it stands. */
export function readTally(item: Item): ShardTally {
  const { batchesDone, plannedBatches, plannedRecipients } = v.parse(tallyItem, item);
  const planned =
    plannedBatches === undefined || plannedRecipients === undefined
      ? {}
      : { planned: { batches: plannedBatches, recipients: plannedRecipients } };
  return {
    counts: Object.fromEntries(STATES.map((state) => [state, numberOf(item[state])])),
    byErrcode: numbersUnder(item, ERRCODE),
    batchesDone,
    ...planned,
    recently: recentSlots(numbersUnder(item, SLOT)),
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

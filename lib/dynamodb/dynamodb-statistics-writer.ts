import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../clock.ts';
import { bucketOf, type Counts, sumOf } from '../statistics/statistics.ts';
import type { Count, CountedChange, StatisticsWriter } from '../stream/counts.ts';
import { withoutFormerlyCounted } from './formerly-counted.ts';
import { type Item, readItem } from './items.ts';
import { bucketKey, gaugeKey, type Key } from './keys.ts';
import {
  checkpointName,
  forgottenCheckpoints,
  sortableCheckpoint,
  storedCheckpoint,
} from './stream-checkpoints.ts';
import type { Table } from './table.ts';
import { updateRequest } from './updates.ts';

/** What is added to one item of the statistics, change by change in the order of the shard. */
interface Addition {
  readonly key: Key;
  readonly expiresAt?: number;
  readonly steps: readonly Step[];
}

interface Step {
  readonly checkpoint: string;
  readonly atMs: number;
  readonly counts: Counts;
}

const ITEMS_AT_ONCE = 10;

/**
 * Adds to the statistics in DynamoDB. Each item remembers how far each shard was counted in it, and the same
 * update that adds moves that on. So a change counts once in each item, whichever others it comes with.
 */
export function createStatisticsWriter(table: Table, { clock }: { readonly clock: Clock }): StatisticsWriter {
  const beganAtMs = clock();

  return {
    async add(shard, changes) {
      const additions = additionsOf(table, await withoutFormerlyCounted(table, changes, beganAtMs));
      for (let done = 0; done < additions.length; done += ITEMS_AT_ONCE) {
        const some = additions.slice(done, done + ITEMS_AT_ONCE);
        await Promise.all(some.map((addition) => addOnce(table, checkpointName(shard), addition)));
      }
    },
  };
}

/** Adds the steps that lie ahead of the checkpoint of the item. */
async function addOnce(table: Table, shardName: string, addition: Addition): Promise<void> {
  let { steps } = addition;
  while (steps.length > 0) {
    const answer = await update(table, shardName, { ...addition, steps });
    if (answer.type === 'added') {
      const latestMs = steps.at(-1)?.atMs ?? 0;
      return forget(table, addition.key, forgottenCheckpoints(answer.item, latestMs));
    }
    const left = steps.filter(({ checkpoint }) => checkpoint > answer.reached);
    // A condition that fails without a reason would be asked for ever.
    if (left.length === steps.length) throw answer.error;
    steps = left;
  }
}

type Answer =
  | { readonly type: 'added'; readonly item: Item }
  | { readonly type: 'ahead'; readonly reached: string; readonly error: Error };

async function update(table: Table, shardName: string, { key, expiresAt, steps }: Addition): Promise<Answer> {
  const [first, last] = [steps[0], steps.at(-1)];
  const reached = last && storedCheckpoint(last.checkpoint, last.atMs);
  const command = new UpdateItemCommand({
    ...updateRequest(
      table,
      key,
      {
        add: sumOf(steps.map(({ counts }) => counts)),
        set: { [shardName]: reached, ...(expiresAt !== undefined && { expiresAt }) },
      },
      {
        condition: 'attribute_not_exists(#shard) OR #shard < :first',
        names: { '#shard': shardName },
        values: { ':first': first?.checkpoint },
      },
    ),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    const { Attributes = {} } = await table.client.send(command);
    return { type: 'added', item: readItem(Attributes) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { type: 'ahead', reached: error.Item?.[shardName]?.S ?? '', error };
  }
}

async function forget(table: Table, key: Key, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await table.client.send(new UpdateItemCommand(updateRequest(table, key, { remove: names })));
}

const BUCKETS_KEPT_SECONDS = 800 * 24 * 60 * 60;

/** Leaves the gauge as it is and comes only after a grant, which made the template's gauge. */
const AFTER_A_GRANT: ReadonlySet<string> = new Set(['sent', 'delivered', 'refused', 'unknown']);

/** One addition for each template and time bucket, and one for each gauge. */
function additionsOf(table: Table, changes: readonly CountedChange[]): readonly Addition[] {
  const all = changes.flatMap((change) =>
    change.counts.map((count) => ({ count, change, startsAtMs: bucketOf(count.atMs) })),
  );
  const buckets = Map.groupBy(all, ({ count, startsAtMs }) => `${startsAtMs} ${count.templateId}`);
  const gauges = Map.groupBy(
    all.filter(({ count }) => !AFTER_A_GRANT.has(count.name)),
    ({ count }) => count.templateId,
  );
  return [
    ...[...buckets.values()].flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const { count, startsAtMs } = first;
      const expiresAt = Math.ceil(startsAtMs / 1000) + BUCKETS_KEPT_SECONDS;
      const key = bucketKey(table, count.templateId, startsAtMs);
      return [{ key, expiresAt, steps: stepsOf(group, ({ name, by }) => ({ [name]: by })) }];
    }),
    ...[...gauges].map(([templateId, group]) => ({
      key: gaugeKey(table, templateId),
      steps: stepsOf(group, ({ name, by }) => ({ available: name === 'available' ? by : 0 })),
    })),
  ];
}

function stepsOf(
  group: readonly { readonly count: Count; readonly change: CountedChange }[],
  countsOf: (count: Count) => Counts,
): readonly Step[] {
  const ofChanges = Map.groupBy(group, ({ change }) => change);
  return [...ofChanges].map(([{ sequenceNumber, atMs }, counts]) => ({
    checkpoint: sortableCheckpoint(sequenceNumber),
    atMs,
    counts: sumOf(counts.map(({ count }) => countsOf(count))),
  }));
}

import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import type { RunRecord } from '../campaigns/runs/run.ts';
import {
  campaignKey,
  campaignPartition,
  erasedRunsKey,
  RUN_PREFIX,
  runRateLimitPartition,
  runShardPartition,
} from './campaign-keys.ts';
import { deletePartition, keysUnder } from './delete-items.ts';
import { getItem, writeAtomically } from './items.ts';
import { type Key, SHARDS } from './keys.ts';
import { toRun } from './run-items.ts';
import { type Table, toAttributes } from './table.ts';
import { updateRequest } from './updates.ts';
import { UnreadableItemError } from './versioned-items.ts';

/**
 * Deletes a campaign with its recipients and its runs, for as long as `mayGoOn` says so. A run's own record
 * is deleted last, so that a repeat finds what this call left.
 */
export async function eraseCampaign(
  table: Table,
  campaignId: string,
  mayGoOn: () => boolean,
): Promise<'erased' | 'more'> {
  for await (const key of keysUnder(table, campaignPartition(table, campaignId))) {
    if (key.sk.startsWith(RUN_PREFIX) && !(await eraseRun(table, key, mayGoOn))) return 'more';
  }
  if (!(await deletePartition(table, campaignPartition(table, campaignId), mayGoOn))) return 'more';
  await table.client.send(
    new DeleteItemCommand({
      TableName: table.name,
      Key: toAttributes(campaignKey(table, campaignId)),
    }),
  );
  return 'erased';
}

async function eraseRun(table: Table, key: Key, mayGoOn: () => boolean): Promise<boolean> {
  const runId = key.sk.slice(RUN_PREFIX.length);
  const partitions = [
    ...SHARDS.map((shard) => runShardPartition(table, { runId, shard })),
    runRateLimitPartition(table, runId),
  ];
  for (const pk of partitions) {
    if (!(await deletePartition(table, pk, mayGoOn))) return false;
  }
  await forget(table, key);
  return true;
}

/** Deletes a run's record and counts it, in one step, so that a repeat does not count it again. */
async function forget(table: Table, key: Key): Promise<void> {
  const batchKey = { TableName: table.name, Key: toAttributes(key) };
  const run = await readRun(table, key);
  if (!run || sentNothing(run)) {
    await table.client.send(new DeleteItemCommand(batchKey));
    return;
  }
  // A conflict means that another call has erased it.
  await writeAtomically(table, [
    { Delete: { ...batchKey, ConditionExpression: 'attribute_exists(pk)' } },
    { Update: updateRequest(table, erasedRunsKey(table, run.content.templateId), { add: { runs: 1 } }) },
  ]);
}

async function readRun(table: Table, key: Key): Promise<RunRecord | undefined> {
  const item = await getItem(table, key);
  try {
    return item && toRun(item).value;
  } catch (error) {
    if (error instanceof UnreadableItemError) return undefined;
    throw error;
  }
}

function sentNothing({ dryRun, summary }: RunRecord): boolean {
  if (dryRun) return true;
  if (!summary) return false;
  const { sent, delivered, refused, failed, unknown } = summary.counts;
  return sent + delivered + refused + failed + unknown === 0;
}

import type { BatchKey } from '../campaigns/runs/batch.ts';
import type { Key } from './keys.ts';
import type { Table } from './table.ts';

/** All campaigns stand together, so that listing them is a query. */
export function campaignsPartition({ appId }: Pick<Table, 'appId'>): string {
  return `${appId}#campaigns`;
}

/** A campaign; its id sorts by the moment it was made. */
export function campaignKey(table: Table, campaignId: string): Key {
  return { pk: campaignsPartition(table), sk: campaignId };
}

/** What belongs to one campaign: its recipients and its runs. */
export function campaignPartition({ appId }: Pick<Table, 'appId'>, campaignId: string): string {
  return `${appId}#campaign#${campaignId}`;
}

/** What the sort keys of named recipients begin with; they sort by the number of their batch. */
export const RECIPIENTS_PREFIX = 'recipients#';

/** One batch of the recipients that the owner named. */
export function recipientsKey(table: Table, campaignId: string, page: number): Key {
  return {
    pk: campaignPartition(table, campaignId),
    sk: `${RECIPIENTS_PREFIX}${String(page).padStart(6, '0')}`,
  };
}

/** What the sort keys of runs begin with; they sort by the moment the run began. */
export const RUN_PREFIX = 'run#';

/** A run of a campaign. */
export function runKey(table: Table, campaignId: string, runId: string): Key {
  return { pk: campaignPartition(table, campaignId), sk: `${RUN_PREFIX}${runId}` };
}

/** One shard of a run: its batches, their results and its tally. */
export function runShardPartition(
  { appId }: Pick<Table, 'appId'>,
  { runId, shard }: Omit<BatchKey, 'start'>,
): string {
  return `${appId}#run#${runId}#${shard}`;
}

/** What the sort keys of a shard's batches and of their results begin with; they sort by openid. */
export const BATCH_PREFIX = 'batch#';
export const RESULTS_PREFIX = 'results#';

/** A batch of a run's recipients, which is written once. */
export function batchItemKey(table: Table, key: BatchKey): Key {
  return { pk: runShardPartition(table, key), sk: `${BATCH_PREFIX}${key.start}` };
}

/** The key of the results of a batch, which its worker writes over and over. */
export function resultsKey(table: Table, key: BatchKey): Key {
  return { pk: runShardPartition(table, key), sk: `${RESULTS_PREFIX}${key.start}` };
}

/** What belongs to one run and to none of its shards. */
export function runRateLimitPartition({ appId }: Table, runId: string): string {
  return `${appId}#run#${runId}`;
}

/** The rate limit of one run. */
export function runRateLimitKey(table: Table, runId: string): Key {
  return { pk: runRateLimitPartition(table, runId), sk: 'rate-limit' };
}

/** How many runs were erased with their campaigns, by template. */
export function erasedRunsPartition({ appId }: Pick<Table, 'appId'>): string {
  return `${appId}#forgotten-runs`;
}

/** How many runs of one template were erased. */
export function erasedRunsKey(table: Table, templateId: string): Key {
  return { pk: erasedRunsPartition(table), sk: templateId };
}

/** How far one shard of a run has come. */
export function tallyKey(table: Table, shard: Omit<BatchKey, 'start'>): Key {
  return { pk: runShardPartition(table, shard), sk: 'tally' };
}

import { QueryCommand, type TransactWriteItem, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { BatchKey } from '../campaigns/runs/batch.ts';
import type { BatchResults } from '../campaigns/runs/results.ts';
import { type RunRecord, runStartsAtMs } from '../campaigns/runs/run.ts';
import type { RunStore } from '../campaigns/runs/run-store.ts';
import type { Logger } from '../logger.ts';
import type { Versioned } from '../versioned.ts';
import {
  BATCH_PREFIX,
  batchItemKey,
  campaignPartition,
  RESULTS_PREFIX,
  RUN_PREFIX,
  resultsKey,
  runKey,
  runShardPartition,
  tallyKey,
} from './campaign-keys.ts';
import {
  type ConditionalPut,
  getItem,
  getItems,
  type Item,
  listItems,
  putAll,
  putRequest,
  readItem,
  writeTogether,
} from './items.ts';
import { type Key, SHARDS, shardOf } from './keys.ts';
import { packResults } from './pack-results.ts';
import { packBatch, readTally, tallyUpdate, toBatch, toResults, toRun } from './run-items.ts';
import { type Table, toAttributes } from './table.ts';
import { type NewVersion, onVersion, putLedger, readable } from './versioned-items.ts';

/** The outcome of a recipient can be read for so long. */
const KEPT_SECONDS = 400 * 24 * 60 * 60;

/** When DynamoDB may delete the batches and results of a run, in epoch seconds. */
export function runExpiresAt(runId: string): number {
  return Math.ceil(runStartsAtMs(runId) / 1000) + KEPT_SECONDS;
}

interface RunStoreOptions {
  readonly newVersion: NewVersion;
  readonly logger: Logger;
}

/** Runs in DynamoDB, each beside its campaign, with a partition for the batches of each shard. */
export function createRunStore(table: Table, { newVersion, logger }: RunStoreOptions): RunStore {
  function putRun({ value, version }: Versioned<RunRecord>): ConditionalPut {
    const item = { ...runKey(table, value.campaignId, value.id), ...value, version: newVersion() };
    return { item, ...onVersion(version) };
  }

  function putResults(key: BatchKey, { value, version }: Versioned<BatchResults>, written: string) {
    const { results, ...rest } = value;
    const item = {
      ...resultsKey(table, key),
      ...packResults(results),
      ...rest,
      version: written,
      expiresAt: runExpiresAt(key.runId),
    };
    return { item, ...onVersion(version) };
  }

  /** The last item of a shard whose sort key begins with `prefix` and comes before `before`. */
  async function lastBefore(shard: Omit<BatchKey, 'after'>, prefix: string, before?: string) {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: toAttributes({
          ':pk': runShardPartition(table, shard),
          ':first': prefix,
          // A batch begins behind its `after`, so one whose `after` is this very openid does not hold it.
          ':last': before === undefined ? `${prefix}~` : prefix + before,
        }),
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: 2,
      }),
    );
    const items = Items.map(readItem);
    return before === undefined ? items[0] : items.find((item) => item['sk'] !== prefix + before);
  }

  return {
    async create(run) {
      const put = putRun({ value: run, version: undefined });
      return (await putAll(table, [put])) === 'committed' ? 'created' : 'exists';
    },

    async load(campaignId, runId) {
      const item = await getItem(table, runKey(table, campaignId, runId));
      return item && toRun(item);
    },

    put: (run) => putAll(table, [putRun(run)]),

    async list(campaignId, limit, after) {
      const pk = campaignPartition(table, campaignId);
      const page = await listItems(table, { pk, prefix: RUN_PREFIX, limit, after });
      return { ...page, items: readable(page.items, toRun, logger).map(({ value }) => value) };
    },

    shards: SHARDS,
    shardOf,

    async createBatch(key, batch) {
      const item = {
        ...batchItemKey(table, key),
        ...packBatch(batch),
        version: newVersion(),
        expiresAt: runExpiresAt(key.runId),
      };
      const result = await putAll(table, [{ item, condition: 'attribute_not_exists(pk)' }]);
      return result === 'committed' ? 'created' : 'exists';
    },

    async loadBatch(key) {
      const item = await getItem(table, batchItemKey(table, key));
      return item && toBatch(item);
    },

    async batchBefore(runId, shard, openid) {
      const item = await lastBefore({ runId, shard }, BATCH_PREFIX, openid);
      return item && { key: { runId, shard, after: afterOf(item, BATCH_PREFIX) }, batch: toBatch(item) };
    },

    async loadResults(key) {
      return toResults(await getItem(table, resultsKey(table, key)));
    },

    async resultsOf(runId, openid) {
      const shard = shardOf(openid);
      const item = await lastBefore({ runId, shard }, RESULTS_PREFIX, openid);
      if (!item) return undefined;
      return { key: { runId, shard, after: afterOf(item, RESULTS_PREFIX) }, results: toResults(item) };
    },

    async putResults(key, results, change) {
      const version = newVersion();
      const put = putResults(key, results, version);
      const result = change
        ? await writeTogether(table, [
            { Put: putRequest(table.name, put) },
            { Update: { ...tallyUpdate(change), ...keyOf(table, tallyKey(table, key)) } },
          ] satisfies TransactWriteItem[])
        : await putAll(table, [put]);
      return result === 'conflict' ? result : { value: results.value, version };
    },

    putWithLedger(ledger, key, results, change) {
      const puts = [putLedger(table, ledger, newVersion), putResults(key, results, newVersion())];
      return writeTogether(table, [
        ...puts.map((put): TransactWriteItem => ({ Put: putRequest(table.name, put) })),
        { Update: { ...tallyUpdate(change), ...keyOf(table, tallyKey(table, key)) } },
      ]);
    },

    async loadTallies(runId) {
      const keys = SHARDS.map((shard) => tallyKey(table, { runId, shard }));
      const items = await getItems(table, keys);
      return new Map(
        SHARDS.flatMap((shard, index) => {
          const item = items.find(({ pk }) => pk === keys[index]?.pk);
          return item ? [[shard, readTally(item)]] : [];
        }),
      );
    },

    async setPlanned(runId, shard, { batches, recipients }) {
      await table.client.send(
        new UpdateItemCommand({
          ...keyOf(table, tallyKey(table, { runId, shard })),
          UpdateExpression: 'SET plannedBatches = :batches, plannedRecipients = :recipients',
          ExpressionAttributeValues: toAttributes({ ':batches': batches, ':recipients': recipients }),
        }),
      );
    },
  };
}

function keyOf(table: Table, key: Key) {
  return { TableName: table.name, Key: toAttributes(key) };
}

function afterOf(item: Item, prefix: string): string {
  return String(item['sk']).slice(prefix.length);
}

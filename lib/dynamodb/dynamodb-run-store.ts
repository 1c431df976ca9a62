import { type TransactWriteItem, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { BatchKey } from '../campaigns/runs/batch.ts';
import type { BatchResults } from '../campaigns/runs/results.ts';
import { type RunRecord, runStartsAtMs } from '../campaigns/runs/run.ts';
import type { RunStore, TallyChange } from '../campaigns/runs/run-store.ts';
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
  putAtomically,
  putRequest,
  writeAtomically,
} from './items.ts';
import { SHARDS, shardOf } from './keys.ts';
import { packResults } from './pack-results.ts';
import { listItems, queryPage } from './queries.ts';
import { packBatch, readTally, tallyChanges, toBatch, toResults, toRun } from './run-items.ts';
import type { Table } from './table.ts';
import { updateRequest } from './updates.ts';
import { type NewVersion, putLedger, putVersion, readable } from './versioned-items.ts';

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
    const item = { ...runKey(table, value.campaignId, value.id), ...value };
    return putVersion(item, version, newVersion());
  }

  function putResults(key: BatchKey, { value, version }: Versioned<BatchResults>, written: string) {
    const { results, ...rest } = value;
    const item = {
      ...resultsKey(table, key),
      ...packResults(results),
      ...rest,
      expiresAt: runExpiresAt(key.runId),
    };
    return putVersion(item, version, written);
  }

  function addToTally(shard: Omit<BatchKey, 'start'>, change: TallyChange): TransactWriteItem {
    return { Update: updateRequest(table, tallyKey(table, shard), tallyChanges(change)) };
  }

  /** The last item of a shard whose sort key begins with `prefix` and comes before `before`. */
  async function lastBefore(shard: Omit<BatchKey, 'start'>, prefix: string, before?: string) {
    const { items } = await queryPage(table, {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      values: {
        ':pk': runShardPartition(table, shard),
        ':first': prefix,
        // A batch begins behind its `after`, so one whose `after` is this very openid does not hold it.
        ':last': before === undefined ? `${prefix}~` : prefix + before,
      },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: 2,
    });
    return before === undefined ? items[0] : items.find((item) => item['sk'] !== prefix + before);
  }

  return {
    async create(run) {
      const put = putRun({ value: run, version: undefined });
      return (await putAtomically(table, [put])) === 'committed' ? 'created' : 'exists';
    },

    async load(campaignId, runId) {
      const item = await getItem(table, runKey(table, campaignId, runId));
      return item && toRun(item);
    },

    put: (run) => putAtomically(table, [putRun(run)]),

    async list(campaignId, limit, after) {
      const pk = campaignPartition(table, campaignId);
      const page = await listItems(table, { pk, prefix: RUN_PREFIX, limit, after });
      return { ...page, items: readable(page.items, toRun, logger).map(({ value }) => value) };
    },

    shards: SHARDS,
    shardOf,

    async createBatch(key, batch) {
      const expiresAt = runExpiresAt(key.runId);
      const item = { ...batchItemKey(table, key), ...packBatch(batch), expiresAt };
      const result = await putAtomically(table, [putVersion(item, undefined, newVersion())]);
      return result === 'committed' ? 'created' : 'exists';
    },

    async loadBatch(key) {
      const item = await getItem(table, batchItemKey(table, key));
      return item && toBatch(item);
    },

    async batchBefore(runId, shard, openid) {
      const item = await lastBefore({ runId, shard }, BATCH_PREFIX, openid);
      return item && { key: { runId, shard, start: afterOf(item, BATCH_PREFIX) }, batch: toBatch(item) };
    },

    async loadResults(key) {
      return toResults(await getItem(table, resultsKey(table, key)));
    },

    async resultsOf(runId, openid) {
      const shard = shardOf(openid);
      const item = await lastBefore({ runId, shard }, RESULTS_PREFIX, openid);
      if (!item) return undefined;
      return { key: { runId, shard, start: afterOf(item, RESULTS_PREFIX) }, results: toResults(item) };
    },

    async putResults(key, results, change) {
      const version = newVersion();
      const put = putResults(key, results, version);
      const result = change
        ? await writeAtomically(table, [{ Put: putRequest(table.name, put) }, addToTally(key, change)])
        : await putAtomically(table, [put]);
      return result === 'conflict' ? result : { value: results.value, version };
    },

    putWithLedger(ledger, key, results, change) {
      const puts = [putLedger(table, ledger, newVersion), putResults(key, results, newVersion())];
      return writeAtomically(table, [
        ...puts.map((put): TransactWriteItem => ({ Put: putRequest(table.name, put) })),
        addToTally(key, change),
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
      const set = { plannedBatches: batches, plannedRecipients: recipients };
      const request = updateRequest(table, tallyKey(table, { runId, shard }), { set });
      await table.client.send(new UpdateItemCommand(request));
    },
  };
}

function afterOf(item: Item, prefix: string): string {
  return String(item['sk']).slice(prefix.length);
}

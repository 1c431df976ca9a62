import type { BatchKey } from '../campaigns/runs/batch.ts';
import type { RunRecord } from '../campaigns/runs/run.ts';
import type { RunStore } from '../campaigns/runs/run-store.ts';
import type { Logger } from '../logger.ts';
import { movedResults, type SentBatch, type StreamRecord } from './stream-record.ts';

/** What tells whom a batch's results are about. */
export interface SentBatchServices {
  /** The recipients that a batch's results are about; undefined where the batch is gone. */
  readonly batchOf: (key: BatchKey) => Promise<SentBatch | undefined>;
  readonly logger: Logger;
}

/** A record of results with its batch; any other as it is. */
export async function withBatch(
  { batchOf, logger }: SentBatchServices,
  record: StreamRecord,
): Promise<StreamRecord> {
  if (record.type !== 'results' || movedResults(record).length === 0) return record;
  const batch = await batchOf(record.key);
  if (batch) return { ...record, batch };
  logger.warn('Results of a batch that is gone are left out of events and statistics.', {
    runId: record.key.runId,
  });
  return record;
}

/** So many runs are cached. What is read of them never changes. */
const MAX_CACHED_RUNS = 100;

/** Reads a batch with its run, each run once; undefined where one of them is gone. */
export function createSentBatches(
  store: Pick<RunStore, 'load' | 'loadBatch'>,
): (key: BatchKey) => Promise<SentBatch | undefined> {
  const cache = new Map<string, RunRecord>();

  async function runOf(campaignId: string, runId: string): Promise<RunRecord | undefined> {
    const known = cache.get(runId) ?? (await store.load(campaignId, runId))?.value;
    if (known) cache.set(runId, known);
    if (cache.size > MAX_CACHED_RUNS) cache.clear();
    return known;
  }

  return async (key) => {
    const batch = await store.loadBatch(key);
    const run = batch && (await runOf(batch.campaignId, key.runId));
    return run && { run, recipients: batch.recipients };
  };
}

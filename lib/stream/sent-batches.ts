import type { BatchKey } from '../campaigns/runs/batch.ts';
import type { RunRecord } from '../campaigns/runs/run.ts';
import type { RunStore } from '../campaigns/runs/run-store.ts';
import type { SentBatch } from './stream-record.ts';

/** Runs that are remembered. What is read of them never changes. */
const RUNS_REMEMBERED = 100;

/** Reads whom a batch's results are about; undefined where that is not kept any more. Each run is read once. */
export function createSentBatches(
  store: Pick<RunStore, 'load' | 'loadBatch'>,
): (key: BatchKey) => Promise<SentBatch | undefined> {
  const remembered = new Map<string, RunRecord>();

  async function runOf(campaignId: string, runId: string): Promise<RunRecord | undefined> {
    const known = remembered.get(runId) ?? (await store.load(campaignId, runId))?.value;
    if (known) remembered.set(runId, known);
    if (remembered.size > RUNS_REMEMBERED) remembered.clear();
    return known;
  }

  return async (key) => {
    const batch = await store.loadBatch(key);
    const run = batch && (await runOf(batch.campaignId, key.runId));
    return run && { run, recipients: batch.recipients };
  };
}

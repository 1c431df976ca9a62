import type { Clock } from '../../clock.ts';
import { type Backoff, retryOnConflict } from '../../retry.ts';
import { updated } from '../../versioned.ts';
import { sumTallies } from './progress.ts';
import { isOver, type RunRecord } from './run.ts';
import type { RunStore, ShardTally } from './run-store.ts';

export interface FinishServices extends Backoff {
  readonly runs: RunStore;
  readonly clock: Clock;
}

/**
 * Finishes the run if all recipients are planned and dealt with. Who plans the last batch, or is done with
 * it, asks after writing so: one of the two sees both.
 */
export function finishRunIfDone(
  { runs, clock, ...backoff }: FinishServices,
  { campaignId, id }: Pick<RunRecord, 'campaignId' | 'id'>,
): Promise<void> {
  return retryOnConflict(async () => {
    const tallies = await runs.loadTallies(id);
    if (!runs.shards.every((shard) => isDone(tallies.get(shard)))) return undefined;
    const stored = await runs.load(campaignId, id);
    if (!stored || isOver(stored.value)) return undefined;
    const summary = await sumTallies(runs, id, tallies);
    const finished: RunRecord = { ...stored.value, status: 'finished', finishedAtMs: clock(), summary };
    const result = await runs.put(updated(stored, finished));
    return result === 'conflict' ? result : undefined;
  }, backoff);
}

function isDone(tally: ShardTally | undefined): boolean {
  return tally?.planned !== undefined && tally.batchesDone >= tally.planned.batches;
}

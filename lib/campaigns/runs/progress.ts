import type { Clock } from '../../clock.ts';
import { type Contention, retryOnConflict } from '../../retry.ts';
import { updated } from '../../versioned.ts';
import { runQuietUntilMs } from './quiet-hours.ts';
import type { Tally } from './results.ts';
import {
  isOver,
  NO_COUNTS,
  type Run,
  type RunCounts,
  type RunRecord,
  type RunSummary,
  runWith,
} from './run.ts';
import type { RunStore, ShardTally } from './run-store.ts';
import { ratePerSecond } from './throughput.ts';

export type ProgressStore = Pick<RunStore, 'loadTallies' | 'batchBefore' | 'shards'>;

/** A run as callers see it, summed from its shards. */
export async function showRun(runs: ProgressStore, record: RunRecord, nowMs: number): Promise<Run> {
  const tallies = await runs.loadTallies(record.id);
  const summary = await sum(runs, record.id, tallies);
  return {
    ...runWith(record, summary),
    ...(record.status === 'running' && {
      ...quietness(record, nowMs),
      ...speed(record, summary, tallies, nowMs),
    }),
  };
}

function quietness(record: RunRecord, nowMs: number): Pick<Run, 'quietUntilMs'> {
  const quietUntilMs = runQuietUntilMs(record, nowMs);
  return quietUntilMs === undefined ? {} : { quietUntilMs };
}

function speed(
  { startedAtMs }: RunRecord,
  { counts }: RunSummary,
  tallies: ReadonlyMap<number, ShardTally>,
  nowMs: number,
): Pick<Run, 'perSecond' | 'secondsLeft'> {
  const shards = [...tallies.values()];
  const rate = ratePerSecond(
    shards.map(({ recently }) => recently),
    startedAtMs,
    nowMs,
  );
  const perSecond = Math.round(rate * 10) / 10;
  if (rate === 0 || shards.some(({ planned }) => !planned)) return { perSecond };
  return { perSecond, secondsLeft: Math.ceil(counts.pending / rate) };
}

/** What has come of a run so far. */
export async function summarise(runs: ProgressStore, { id }: Pick<RunRecord, 'id'>): Promise<RunSummary> {
  return sum(runs, id, await runs.loadTallies(id));
}

async function sum(
  runs: ProgressStore,
  runId: string,
  tallies: ReadonlyMap<number, ShardTally>,
): Promise<RunSummary> {
  const planned = await Promise.all(
    runs.shards.map(async (shard) => {
      const known = tallies.get(shard)?.planned ?? (await runs.batchBefore(runId, shard))?.batch.upTo;
      return known?.recipients ?? 0;
    }),
  );
  const recipients = planned.reduce((total, each) => total + each, 0);
  const { counts, byErrcode } = [...tallies.values()].reduce<Tally>(add, { counts: {}, byErrcode: {} });
  const closed: RunCounts = { ...NO_COUNTS, ...counts };
  const done = Object.values(closed).reduce((total, each) => total + each, 0);
  return { recipients, counts: { ...closed, pending: Math.max(0, recipients - done) }, byErrcode };
}

function add(one: Tally, other: Tally): Tally {
  return { counts: addEach(one.counts, other.counts), byErrcode: addEach(one.byErrcode, other.byErrcode) };
}

function addEach(
  one: Readonly<Record<string, number | undefined>>,
  other: Readonly<Record<string, number | undefined>>,
): Record<string, number> {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, (one[key] ?? 0) + (other[key] ?? 0)]));
}

export interface FinishServices extends Contention {
  readonly runs: RunStore;
  readonly clock: Clock;
}

/**
 * Finishes the run if all of its recipients are known and nothing is left to do for any of them. Whoever plans the last batch or is
 * done with the last one looks after they wrote that down, so that one of them sees it.
 */
export function finishIfDone(
  { runs, clock, ...contention }: FinishServices,
  { campaignId, id }: Pick<RunRecord, 'campaignId' | 'id'>,
): Promise<void> {
  return retryOnConflict(async () => {
    const tallies = await runs.loadTallies(id);
    if (!runs.shards.every((shard) => isDone(tallies.get(shard)))) return undefined;
    const stored = await runs.load(campaignId, id);
    if (!stored || isOver(stored.value)) return undefined;
    const summary = await sum(runs, id, tallies);
    const finished: RunRecord = { ...stored.value, status: 'finished', finishedAtMs: clock(), summary };
    const result = await runs.put(updated(stored, finished));
    return result === 'conflict' ? result : undefined;
  }, contention);
}

function isDone(tally: ShardTally | undefined): boolean {
  return tally?.planned !== undefined && tally.batchesDone >= tally.planned.batches;
}

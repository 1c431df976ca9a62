import { runQuietUntilMs } from '../quiet-hours.ts';
import { NO_TALLY, sumOfTallies } from './results.ts';
import { NO_COUNTS, type RunCounts, type RunRecord, type RunSummary, type RunView, runWith } from './run.ts';
import type { RunStore, ShardTally } from './run-store.ts';

type ProgressStore = Pick<RunStore, 'loadTallies' | 'batchBefore' | 'shards'>;

/** A run as callers see it, summed up from its shards. */
export async function showRun(runs: ProgressStore, record: RunRecord, nowMs: number): Promise<RunView> {
  const tallies = await runs.loadTallies(record.id);
  const run = runWith(record, await sumTallies(runs, record.id, tallies));
  if (record.status !== 'running') return run;
  const quietUntilMs = runQuietUntilMs(record, nowMs);
  return {
    ...run,
    ...(quietUntilMs !== undefined && { quietUntilMs }),
    ...speed(run, [...tallies.values()], nowMs),
  };
}

function speed(
  { startedAtMs, counts }: RunView,
  shards: readonly ShardTally[],
  nowMs: number,
): Pick<RunView, 'perSecond' | 'secondsLeft'> {
  const slots = shards.map(({ recently }) => recently);
  const rate = ratePerSecond(slots, startedAtMs, nowMs);
  const perSecond = Math.round(rate * 10) / 10;
  if (rate === 0 || shards.some(({ planned }) => !planned)) return { perSecond };
  return { perSecond, secondsLeft: Math.ceil(counts.pending / rate) };
}

/** The outcome of a run so far. */
export async function summarise(runs: ProgressStore, { id }: Pick<RunRecord, 'id'>): Promise<RunSummary> {
  return sumTallies(runs, id, await runs.loadTallies(id));
}

/** What the shards of a run have counted. */
export async function sumTallies(
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
  const { counts, byErrcode } = [...tallies.values()].reduce(sumOfTallies, NO_TALLY);
  const closed: RunCounts = { ...NO_COUNTS, ...counts };
  const done = Object.values(closed).reduce((total, each) => total + each, 0);
  return { recipients, counts: { ...closed, pending: Math.max(0, recipients - done) }, byErrcode };
}

/** What was done is counted by time slots of this length. */
const SLOT_MS = 10_000;
/** Slots older than this say nothing about the rate now. */
export const SLOTS_KEPT = 6;
/** The rate is taken over the current slot and so many before it. */
const SLOTS_BEFORE = 2;

/** The time slot that a moment falls into. */
export function slotOf(atMs: number): number {
  return Math.floor(atMs / SLOT_MS);
}

/** How many recipients were done with per second lately, by the slots of all shards; 0 when none were. */
export function ratePerSecond(
  shards: readonly ReadonlyMap<number, number>[],
  startedAtMs: number,
  nowMs: number,
): number {
  const current = slotOf(nowMs);
  const fromMs = Math.max(startedAtMs, (current - SLOTS_BEFORE) * SLOT_MS);
  const done = shards
    .flatMap((slots) => [...slots])
    .filter(([slot]) => slot >= current - SLOTS_BEFORE && slot <= current)
    .reduce((total, [, count]) => total + count, 0);
  return done / Math.max(1, (nowMs - fromMs) / 1_000);
}

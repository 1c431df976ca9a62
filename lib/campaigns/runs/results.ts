import * as v from 'valibot';
import { mergeLateAnswer } from '../../sends/record-transitions.ts';
import type { Outcome, SendRecord, SettledClaim } from '../../sends/send-record.ts';
import { instant } from '../../stored-schemas.ts';
import { RECIPIENT_STATES, type RecipientState } from './run.ts';

/** What is known of one recipient's send. */
export interface RecipientRecord extends SendRecord {
  readonly state: RecipientState;
  /** When the next attempt may be made. */
  readonly notBeforeMs?: number;
  /** When the first attempt was made; patience with an outage is counted from then. */
  readonly firstAtMs?: number;
  /** Why no message can be made for this recipient. */
  readonly problems?: readonly string[];
}

/** The record of a recipient who has an outcome: that of the last attempt, or why there was none. */
export interface RecipientResult extends RecipientRecord {
  readonly outcome: Outcome;
}

const tally = v.object({
  counts: v.object(v.entriesFromList(RECIPIENT_STATES, v.exactOptional(v.number()))),
  byErrcode: v.record(v.string(), v.number()),
});

/** Recipients by what became of them, pending ones left out. */
export type Tally = Readonly<v.InferOutput<typeof tally>>;

/** The state of a batch without its results, which are stored packed. */
export const batchState = v.object({
  /** The one worker that may begin sends of the batch. */
  lease: v.exactOptional(v.object({ workerId: v.string(), untilMs: instant })),
  /**
   * A worker died or was held up over the batch. A recipient may be claimed although no result says so, so
   * results are read after the ledger, each time.
   */
  needsRecovery: v.boolean(),
  /** What of the results has been added to the run's tally. */
  counted: tally,
  /** Nothing is left to do. */
  done: v.boolean(),
});

/** What became of the recipients of one batch. */
export interface BatchResults extends Readonly<v.InferOutput<typeof batchState>> {
  /** By the recipient's index in the batch. */
  readonly results: ReadonlyMap<number, RecipientResult>;
}

/** Nothing counted. */
export const NO_TALLY: Tally = { counts: {}, byErrcode: {} };

/** A batch that nobody has begun. */
export const UNTOUCHED: BatchResults = {
  needsRecovery: false,
  results: new Map(),
  counted: NO_TALLY,
  done: false,
};

/** A recipient who has not been sent to. */
export const NOT_BEGUN: RecipientRecord = { state: 'pending', attempts: 0 };

/** The result of a recipient whose grant is gone. */
export function skipped(nowMs: number): RecipientResult {
  return { state: 'skipped', attempts: 0, outcome: { atMs: nowMs, reason: 'no-grant' } };
}

/** Whether this recipient may still be sent to. */
export function isOpen(result: RecipientResult | undefined): boolean {
  return result === undefined || result.state === 'pending';
}

/** A new result, not stored yet. One without a claim counts only from the worker that holds the batch. */
export interface NewResult {
  readonly result: RecipientResult;
  /** The last claim of the record that the result was made from. */
  readonly follows?: SettledClaim | undefined;
}

/** The stored result after a finding came in. */
export function withNewResult(
  before: RecipientResult | undefined,
  { result, follows }: NewResult,
): RecipientResult {
  return mergeLateAnswer(before, result, follows);
}

/** The batch after a worker's findings came in. `hasBatch`: the worker still holds the lease. */
export function withNewResults(
  batch: BatchResults,
  newResults: ReadonlyMap<number, NewResult>,
  hasBatch: boolean,
): BatchResults {
  const results = new Map(batch.results);
  for (const [index, newResult] of newResults) {
    if (!hasBatch && !newResult.result.lastClaim) continue;
    results.set(index, withNewResult(results.get(index), newResult));
  }
  return { ...batch, results };
}

/** Counts a batch's recipients. */
export function tallyOf({ results }: Pick<BatchResults, 'results'>): Tally {
  const closed = [...results.values()].filter((result) => !isOpen(result));
  const errcodes = closed.flatMap(({ outcome: { errcode } }) => (errcode ? [String(errcode)] : []));
  return { counts: countEach(closed.map(({ state }) => state)), byErrcode: countEach(errcodes) };
}

function countEach(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/** The sum of two tallies. */
export function sumOfTallies(one: Tally, other: Tally): Tally {
  return {
    counts: combined(one.counts, other.counts, 1),
    byErrcode: combined(one.byErrcode, other.byErrcode, 1),
  };
}

/** What must be added to `from` to get `to`. */
export function difference(from: Tally, to: Tally): Tally {
  return {
    counts: combined(to.counts, from.counts, -1),
    byErrcode: combined(to.byErrcode, from.byErrcode, -1),
  };
}

/** Whether adding this tally changes nothing. */
export function isNothing({ counts, byErrcode }: Tally): boolean {
  return Object.keys(counts).length === 0 && Object.keys(byErrcode).length === 0;
}

type Counts = Readonly<Record<string, number | undefined>>;

function combined(one: Counts, other: Counts, sign: 1 | -1): Record<string, number> {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  const sums = [...keys].map((key): [string, number] => [key, (one[key] ?? 0) + sign * (other[key] ?? 0)]);
  return Object.fromEntries(sums.filter(([, sum]) => sum !== 0));
}

/** Whether a stopped run has work left on the batch: a lease, a need for recovery, or results to count. */
export function needsTidying(batch: BatchResults): boolean {
  return (
    batch.lease !== undefined || batch.needsRecovery || !isNothing(difference(batch.counted, tallyOf(batch)))
  );
}

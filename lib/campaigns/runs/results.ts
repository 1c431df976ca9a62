import type { Outcome } from '../../messages/message.ts';
import { merged, type SendRecord, type SettledClaim } from '../../sends/send-record.ts';
import type { RecipientState } from './run.ts';

/** What is known of one recipient. */
export interface RecipientRecord extends SendRecord {
  readonly state: RecipientState;
  /** When the next attempt may be made. */
  readonly notBeforeMs?: number;
  /** When the first attempt was made: patience with an outage is counted from then. */
  readonly firstAtMs?: number;
  /** What stands against the texts for this recipient. */
  readonly problems?: readonly string[];
}

/** What has become of one recipient so far. */
export interface RecipientResult extends RecipientRecord {
  /** How the last attempt ended. */
  readonly outcome: Outcome;
}

/** The one worker that may begin sends of a batch. */
export interface BatchLease {
  readonly workerId: string;
  readonly untilMs: number;
}

/** What became of the recipients of one batch. */
export interface BatchResults {
  readonly lease?: BatchLease;
  /**
   * Whether a worker died or was held up over the batch: then a recipient may have been claimed although nothing stands here, and
   * these results must be read after the ledger, each time.
   */
  readonly needsRecovery: boolean;
  /** By the recipient's place in the batch. */
  readonly results: ReadonlyMap<number, RecipientResult>;
  /** What of this has been added to the run's counts. */
  readonly counted: Tally;
  /** Nothing is left to do. */
  readonly done: boolean;
}

/** Recipients by what became of them, those that are still pending left out. */
export interface Tally {
  readonly counts: Readonly<Partial<Record<RecipientState, number>>>;
  readonly byErrcode: Readonly<Record<string, number>>;
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

/** One whose grant was gone when their turn came. */
export function skipped(nowMs: number): RecipientResult {
  return { state: 'skipped', attempts: 0, outcome: { atMs: nowMs, reason: 'no-grant' } };
}

/** Whether this recipient may still be sent to. */
export function isOpen(result: RecipientResult | undefined): boolean {
  return result === undefined || result.state === 'pending';
}

/** What a worker found out about a recipient. It has a claim where they were sent to; else only the batch's worker may say it. */
export interface Finding {
  readonly result: RecipientResult;
  /** The last claim of the result that it was made from. */
  readonly follows?: SettledClaim | undefined;
}

/** What stands there after a finding came in. */
export function withFinding(
  before: RecipientResult | undefined,
  { result, follows }: Finding,
): RecipientResult {
  return merged(before, result, follows);
}

/** The batch with a worker's findings come in, by the recipients' places. Without the batch only its own sends are news of the worker's. */
export function withFindings(
  batch: BatchResults,
  findings: ReadonlyMap<number, Finding>,
  hasBatch: boolean,
): BatchResults {
  const results = new Map(batch.results);
  for (const [index, finding] of findings) {
    if (!hasBatch && !finding.result.lastClaim) continue;
    results.set(index, withFinding(results.get(index), finding));
  }
  return { ...batch, results };
}

/** Whether a send to this recipient has a grant on its account for good. What a refusal zeroed is nobody's. */
export function tookGrant({ state, attempts, lastClaim }: RecipientResult): boolean {
  const effect = lastClaim?.effect ?? 'spend';
  return state !== 'pending' && state !== 'refused' && attempts > 0 && effect === 'spend';
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

/** What must be added to `from` to get `to`. */
export function difference(from: Tally, to: Tally): Tally {
  return {
    counts: subtract(to.counts, from.counts),
    byErrcode: subtract(to.byErrcode, from.byErrcode),
  };
}

/** Whether adding it would change nothing. */
export function isNothing({ counts, byErrcode }: Tally): boolean {
  return Object.keys(counts).length === 0 && Object.keys(byErrcode).length === 0;
}

function subtract<Counts extends Readonly<Record<string, number | undefined>>>(
  from: Counts,
  what: Counts,
): Record<string, number> {
  const keys = new Set([...Object.keys(from), ...Object.keys(what)]);
  const differences = [...keys].map((key): [string, number] => [key, (from[key] ?? 0) - (what[key] ?? 0)]);
  return Object.fromEntries(differences.filter(([, by]) => by !== 0));
}

/** Whether a worker has the batch or died over it, or something has come in that was not counted. */
export function isLeftInTheMiddle(batch: BatchResults): boolean {
  return (
    batch.lease !== undefined || batch.needsRecovery || !isNothing(difference(batch.counted, tallyOf(batch)))
  );
}

import type { Claim, GrantEffect } from '../../grants/ledger.ts';
import type { ClaimOutcome } from '../../messages/claim-outcome.ts';
import type { RetryPolicyName } from '../../messages/message.ts';
import type { RecipientState } from './run.ts';

/** What has become of one recipient so far. */
export interface RecipientResult {
  readonly state: RecipientState;
  /** When the last attempt ended. */
  readonly atMs: number;
  /** A stable slug, as a message's outcome has it. */
  readonly reason: string;
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly rid?: string;
  readonly msgid?: string;
  /** Requests that left for WeChat. */
  readonly attempts: number;
  /** What became of the grant, where it was not simply spent. */
  readonly effect?: GrantEffect;
  /** The claim that this accounts for: while pending the last one, of a recipient who was given up that of the lost sender. */
  readonly settledClaimId?: string;
  /** When the next attempt may be made. */
  readonly notBeforeMs?: number;
  /** When the first attempt was made: patience with an outage is counted from then. */
  readonly firstAtMs?: number;
  readonly retries?: Partial<Record<RetryPolicyName, number>>;
  /** What stands against the texts for this recipient. */
  readonly problems?: readonly string[];
}

/** The one worker that may begin sends of a page. */
export interface PageLease {
  readonly workerId: string;
  readonly untilMs: number;
}

/** What became of the recipients of one page. */
export interface PageResults {
  readonly lease?: PageLease;
  /**
   * Whether a worker died or was held up over the page: then a recipient may have been claimed although nothing stands here, and
   * these results must be read after the ledger, each time.
   */
  readonly doubtful: boolean;
  /** By the recipient's place in the page. */
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

/** A page that nobody has begun. */
export const UNTOUCHED: PageResults = {
  doubtful: false,
  results: new Map(),
  counted: NO_TALLY,
  done: false,
};

/** Whether this recipient may still be sent to. */
export function isOpen(result: RecipientResult | undefined): boolean {
  return result === undefined || result.state === 'pending';
}

/** What a worker found out about a recipient. */
export interface Finding {
  readonly result: RecipientResult;
  /** The claim under which the recipient was sent to; absent where nothing was sent, which only the page's worker may say. */
  readonly claimId?: string;
  /** The `settledClaimId` of the result that it was made from. */
  readonly follows?: string | undefined;
}

/**
 * What stands there after a finding came in. A recipient who was given up as `unknown` while their sender was slow takes the late
 * answer of that sender on, with the grant spent as it was; whatever else is final stays, and so does what came later.
 */
export function withFinding(
  before: RecipientResult | undefined,
  { result, claimId, follows }: Finding,
): RecipientResult {
  if (before === undefined) return result;
  if (isOpen(before)) {
    return claimId === undefined || before.settledClaimId === follows ? result : before;
  }
  const isLate = before.state === 'unknown' && claimId !== undefined && before.settledClaimId === claimId;
  return isLate && !isOpen(result) ? late(before, result) : before;
}

/** The page with a worker's findings come in, by the recipients' places. Without the page only its own sends are news of the worker's. */
export function withFindings(
  page: PageResults,
  findings: ReadonlyMap<number, Finding>,
  hasPage: boolean,
): PageResults {
  const results = new Map(page.results);
  for (const [index, finding] of findings) {
    if (finding.claimId === undefined && !hasPage) continue;
    results.set(index, withFinding(results.get(index), finding));
  }
  return { ...page, results };
}

function late(
  { attempts }: RecipientResult,
  { effect: _closedLongAgo, ...verdict }: RecipientResult,
): RecipientResult {
  return { ...verdict, attempts: Math.max(attempts, verdict.attempts) };
}

/** Whether a send to this recipient has a grant on its account for good. What a refusal zeroed is nobody's. */
export function tookGrant(result: RecipientResult): boolean {
  return !isOpen(result) && result.state !== 'refused' && result.attempts > 0 && result.effect === undefined;
}

/** Reads the fate of a recipient's open claim off their result, which must have been read no earlier than the claim. */
export function recipientClaimOutcome(
  claim: Claim,
  result: RecipientResult | undefined,
  nowMs: number,
): ClaimOutcome {
  if (!isOpen(result)) return { type: 'settled', effect: result?.effect ?? 'spend' };
  if (result?.settledClaimId === claim.claimId) return { type: 'settled', effect: result.effect ?? 'refund' };
  return nowMs < claim.leaseUntilMs ? { type: 'under-way' } : { type: 'abandoned' };
}

/** Counts a page's recipients. */
export function tallyOf({ results }: Pick<PageResults, 'results'>): Tally {
  const closed = [...results.values()].filter((result) => !isOpen(result));
  const errcodes = closed.flatMap(({ errcode }) => (errcode ? [String(errcode)] : []));
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

/** Whether a worker has the page or died over it, or something has come in that was not counted. */
export function isLeftInTheMiddle(page: PageResults): boolean {
  return page.lease !== undefined || page.doubtful || !isNothing(difference(page.counted, tallyOf(page)));
}

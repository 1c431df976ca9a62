import type { Claim, GrantEffect } from '../grants/ledger.ts';
import { internalOutcome } from './internal-outcome.ts';
import type { SendDecision } from './judge-answer.ts';
import type { Outcome, SendRecord, SettledClaim } from './send-record.ts';

/** What an open claim stands for. */
export type ClaimFate =
  /** The send is accounted for: the claim can be closed. */
  | { readonly type: 'settled'; readonly effect: GrantEffect }
  /** A sender is at it. */
  | { readonly type: 'under-way' }
  /** The sender died between claim and outcome: nobody knows whether the request left. */
  | { readonly type: 'abandoned' };

/**
 * The fate of an open claim by its send's record, read no earlier than the claim. No record: it ended long
 * ago.
 */
export function claimFate(
  claim: Claim,
  record: Pick<SendRecord, 'state' | 'lastClaim'> | undefined,
  nowMs: number,
): ClaimFate {
  if (!record) return { type: 'settled', effect: 'spend' };
  const { state, lastClaim } = record;
  const endedUnclaimed = lastClaim?.claimId === undefined && state !== 'pending';
  if (lastClaim && (endedUnclaimed || lastClaim.claimId === claim.claimId)) {
    return { type: 'settled', effect: lastClaim.effect };
  }
  if (state !== 'pending') return { type: 'settled', effect: 'spend' };
  return nowMs < claim.leaseUntilMs ? { type: 'under-way' } : { type: 'abandoned' };
}

/** The record after an attempt. Without `keepsGrant` the grant is given back between attempts. */
export function afterAttempt<Send extends SendRecord>(
  record: Send,
  { claimId, epoch }: Claim,
  { state, effect, outcome, retry }: SendDecision,
  { keepsGrant }: { readonly keepsGrant: boolean },
) {
  return {
    ...record,
    state,
    attempts: record.attempts + (noRequestLeft(outcome) ? 0 : 1),
    outcome,
    lastClaim: { claimId, epoch, effect: retry && !keepsGrant ? ('refund' as const) : effect },
    ...(retry && {
      retries: { ...record.retries, [retry.policy]: (record.retries?.[retry.policy] ?? 0) + 1 },
    }),
  };
}

/** Whether nothing left for WeChat that it would have looked at. */
function noRequestLeft({ reason }: Outcome): boolean {
  return reason === 'not-reached' || reason === 'token-unavailable' || reason === 'expired';
}

/**
 * The record to write: `after` was made from a record whose last claim was `base`, and `standing` is stored
 * now.
 *
 * A send that was given up as `unknown` takes the late answer of its slow sender, and its grant stays spent.
 * Any other send that has ended keeps its record, and so does one with a later attempt. An end without a
 * request is no late answer.
 */
export function mergeLateAnswer<Send extends SendRecord>(
  standing: Send | undefined,
  after: Send,
  base: SettledClaim | undefined,
): Send {
  if (!standing) return after;
  const { state, lastClaim } = standing;
  const mine = after.lastClaim?.claimId;
  if (state === 'pending')
    return mine === undefined || lastClaim?.claimId === base?.claimId ? after : standing;
  const isLate = state === 'unknown' && mine !== undefined && lastClaim?.claimId === mine;
  if (!isLate || after.state === 'pending') return standing;
  return { ...after, attempts: Math.max(standing.attempts, after.attempts), lastClaim };
}

/**
 * The record of a send whose sender died: its request may have left, so it is never repeated by itself.
 * `claim` is the sender's; undefined where nobody can tell whether there is one.
 */
export function givenUp<Send extends SendRecord>(record: Send, claim: Claim | undefined, nowMs: number) {
  return {
    ...record,
    state: 'unknown' as const,
    attempts: record.attempts + 1,
    outcome: internalOutcome('sender-lost', nowMs),
    ...(claim && { lastClaim: { claimId: claim.claimId, epoch: claim.epoch, effect: 'spend' as const } }),
  };
}

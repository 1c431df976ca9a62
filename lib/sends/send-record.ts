import type { Claim, GrantEffect } from '../grants/ledger.ts';
import type { MessageState, Outcome, RetryPolicyName } from '../messages/message.ts';
import type { Decision } from './judge-answer.ts';
import { ownOutcome } from './reasons.ts';

/** What became of the grant that a send's last claim took. */
export interface SettledClaim {
  /** Absent in the stored result of a recipient who is done with: no other claim of theirs can be open. */
  readonly claimId?: string;
  readonly effect: GrantEffect;
  /** The epoch of the grant; absent where nothing is ever given back later. */
  readonly epoch?: number;
}

/** How far one send has come: what a message and a recipient of a run have in common. */
export interface SendRecord {
  readonly state: MessageState | 'skipped';
  /** Requests that left for WeChat. */
  readonly attempts: number;
  readonly outcome?: Outcome;
  /** Whoever finds the claim still open in the ledger closes it accordingly. */
  readonly lastClaim?: SettledClaim;
  readonly retries?: Partial<Record<RetryPolicyName, number>>;
  readonly deliveredAtMs?: number;
}

/** What an open claim stands for. */
export type ClaimFate =
  /** The send is accounted for: the claim can be closed. */
  | { readonly type: 'settled'; readonly effect: GrantEffect }
  /** A sender is at it. */
  | { readonly type: 'under-way' }
  /** The sender died between claim and outcome: nobody knows whether the request left. */
  | { readonly type: 'abandoned' };

/** Reads the fate of an open claim off the record of its send, read no earlier than the claim. A record that is gone ended long ago. */
export function claimFate(
  claim: Claim,
  record: Pick<SendRecord, 'state' | 'lastClaim'> | undefined,
  nowMs: number,
): ClaimFate {
  if (!record) return { type: 'settled', effect: 'spend' };
  const { state, lastClaim } = record;
  const isAnyClaims = lastClaim?.claimId === undefined && state !== 'pending';
  if (lastClaim && (isAnyClaims || lastClaim.claimId === claim.claimId)) {
    return { type: 'settled', effect: lastClaim.effect };
  }
  if (state !== 'pending') return { type: 'settled', effect: 'spend' };
  return nowMs < claim.leaseUntilMs ? { type: 'under-way' } : { type: 'abandoned' };
}

/** The record after an attempt. `keepsGrant`: the grant stays set aside between attempts, rather than being given back meanwhile. */
export function afterAttempt<Send extends SendRecord>(
  record: Send,
  { claimId, epoch }: Claim,
  { state, effect, outcome, retry }: Decision,
  { keepsGrant }: { readonly keepsGrant: boolean },
) {
  return {
    ...record,
    state,
    attempts: record.attempts + (leftNothing(outcome) ? 0 : 1),
    outcome,
    lastClaim: { claimId, epoch, effect: retry && !keepsGrant ? ('refund' as const) : effect },
    ...(retry && {
      retries: { ...record.retries, [retry.policy]: (record.retries?.[retry.policy] ?? 0) + 1 },
    }),
  };
}

/** Whether nothing left for WeChat that it would have looked at. */
function leftNothing({ reason }: Outcome): boolean {
  return reason === 'not-reached' || reason === 'token-unavailable';
}

/**
 * What stands there once `after` is written, which was made from `base`, where by now there is `standing`. Who was given up as `unknown`
 * while the sender was slow takes that sender's late answer on, with the grant spent as it was. Whatever else has ended stays, and so
 * does what came later; and nothing that was found out without a request is an answer.
 */
export function merged<Send extends SendRecord>(
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

/** The record of a send whose sender died between claim and outcome: its request may have left, so it is never made again by itself. */
export function givenUp<Send extends SendRecord>(record: Send, { claimId, epoch }: Claim, nowMs: number) {
  return {
    ...record,
    state: 'unknown' as const,
    attempts: record.attempts + 1,
    outcome: ownOutcome('sender-lost', nowMs),
    lastClaim: { claimId, epoch, effect: 'spend' as const },
  };
}

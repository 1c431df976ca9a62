import type { Claim, GrantEffect } from '../grants/ledger.ts';
import { isPending, type Message } from './message.ts';

/** What an open claim stands for, judged by the message it belongs to. */
export type ClaimOutcome =
  /** The send is accounted for in the message: the claim can be closed. */
  | { readonly type: 'settled'; readonly effect: GrantEffect }
  /** A sender is at it. */
  | { readonly type: 'under-way' }
  /** The sender died between claim and settling: nobody knows whether the request left. */
  | { readonly type: 'abandoned' };

/** Reads the fate of an open claim off its message. `message` must have been read no earlier than the claim. */
export function claimOutcome(
  claim: Claim,
  message: Pick<Message, 'state' | 'lastClaim'> | undefined,
  nowMs: number,
): ClaimOutcome {
  if (!message) return { type: 'settled', effect: 'spend' };
  if (message.lastClaim?.claimId === claim.claimId)
    return { type: 'settled', effect: message.lastClaim.effect };
  if (!isPending(message)) return { type: 'settled', effect: 'spend' };
  return nowMs < claim.leaseUntilMs ? { type: 'under-way' } : { type: 'abandoned' };
}

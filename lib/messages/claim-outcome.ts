import { closeClaim } from '../grants/claims.ts';
import type { Claim, GrantEffect, Ledger } from '../grants/ledger.ts';
import { isPending, type Message } from './message.ts';
import type { MessageStore } from './message-store.ts';

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

/** The ledger with its open claim closed, where that claim's send is already accounted for. */
export async function settledLedger(
  ledger: Ledger,
  store: Pick<MessageStore, 'load' | 'findOtherSend'>,
  nowMs: number,
): Promise<Ledger> {
  const { claim } = ledger;
  if (!claim) return ledger;
  const other = await store.findOtherSend(claim.messageId);
  const outcome = other
    ? other.outcomeOf(claim, nowMs)
    : claimOutcome(claim, (await store.load(claim.messageId)).message?.value, nowMs);
  return outcome.type === 'settled' ? closeClaim(ledger, outcome.effect) : ledger;
}

import { closeClaim } from '../grants/claims.ts';
import type { Claim, Ledger } from '../grants/ledger.ts';
import { claimFate } from '../sends/send-record.ts';
import { type ClaimOutcome, claimOutcome } from './claim-outcome.ts';
import type { MessageStore } from './message-store.ts';

type Sends = Pick<MessageStore, 'load' | 'findOtherSend'>;

/** What an open claim stands for, whatever kind of send it belongs to. */
export async function outcomeOfClaim(claim: Claim, store: Sends, nowMs: number): Promise<ClaimOutcome> {
  const other = await store.findOtherSend(claim.messageId);
  if (other) return claimFate(claim, other.record, nowMs);
  return claimOutcome(claim, (await store.load(claim.messageId)).message?.value, nowMs);
}

/** The ledger with its open claim closed, where that claim's send is already accounted for. */
export async function settledLedger(ledger: Ledger, store: Sends, nowMs: number): Promise<Ledger> {
  if (!ledger.claim) return ledger;
  const outcome = await outcomeOfClaim(ledger.claim, store, nowMs);
  return outcome.type === 'settled' ? closeClaim(ledger, outcome.effect) : ledger;
}

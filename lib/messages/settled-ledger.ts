import { closeClaim } from '../grants/claims.ts';
import type { Claim, Ledger } from '../grants/ledger.ts';
import { claimFate } from '../sends/send-record.ts';
import { type ClaimOutcome, claimOutcome } from './claim-outcome.ts';
import type { MessageStore } from './message-store.ts';
import { findWaiting } from './waiting-messages.ts';

type Sends = Pick<MessageStore, 'loadRecord' | 'findOtherSend'>;

/** What the open claim of a ledger stands for, whatever kind of send it belongs to. */
export async function outcomeOfClaim(
  ledger: Ledger,
  claim: Claim,
  store: Sends,
  nowMs: number,
): Promise<ClaimOutcome> {
  const other = await store.findOtherSend(claim.messageId);
  if (other) return claimFate(claim, other.record, nowMs);
  const record = await store.loadRecord(claim.messageId);
  return claimOutcome(claim, record?.value ?? findWaiting(ledger, claim.messageId), nowMs);
}

/** The ledger with its open claim closed, where that claim's send is already accounted for. */
export async function settledLedger(ledger: Ledger, store: Sends, nowMs: number): Promise<Ledger> {
  if (!ledger.claim) return ledger;
  const outcome = await outcomeOfClaim(ledger, ledger.claim, store, nowMs);
  return outcome.type === 'settled' ? closeClaim(ledger, outcome.effect) : ledger;
}

import { closeClaim, revokeGrantedBefore } from '../grants/claims.ts';
import type { Claim, GrantEffect, Ledger } from '../grants/ledger.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { type Contention, retryOnConflict } from '../retry-on-conflict.ts';
import { updated } from '../versioned.ts';

export interface CloseServices extends Contention {
  readonly store: Pick<MessageStore, 'loadLedger' | 'commit'>;
}

/** Closes a claim whose send is accounted for, unless that has been done; a refusal zeroes the grants even then. */
export function closeInLedger(
  { store, ...contention }: CloseServices,
  openid: string,
  claim: Claim,
  effect: GrantEffect,
): Promise<void> {
  return retryOnConflict(async () => {
    const stored = await store.loadLedger(openid);
    const closed = afterSend(stored.value, claim, effect);
    if (closed === stored.value) return;
    const result = await store.commit({ ledger: updated(stored, closed) });
    return result === 'conflict' ? result : undefined;
  }, contention);
}

/** A refusal is news about the user's grants even when it comes so late that the claim has been given up. */
function afterSend(ledger: Ledger, claim: Claim, effect: GrantEffect): Ledger {
  if (ledger.claim?.claimId === claim.claimId) return closeClaim(ledger, effect);
  return effect === 'zero' ? revokeGrantedBefore(ledger, claim) : ledger;
}

import type { Clock } from '../clock.ts';
import { closeClaim } from '../grants/claims.ts';
import type { Claim, Ledger } from '../grants/ledger.ts';
import { updated, type Versioned } from '../versioned.ts';
import type { Send } from './send.ts';
import { type ClaimFate, claimFate, givenUp } from './send-record.ts';

/** Looks sends up. */
export interface SendFinder {
  /** Any send by the id that its claims carry. Its record is read here, so no earlier than this ledger. */
  findSend(id: string, ledger: Ledger): Promise<Send>;
}

/** Another send to the user is under way. */
export interface Busy {
  readonly type: 'busy';
  readonly untilMs: number;
}

/** What the open claim of a ledger stands for, whatever kind of send it belongs to. */
export async function fateOfClaim(
  ledger: Ledger,
  claim: Claim,
  store: SendFinder,
  nowMs: number,
): Promise<ClaimFate> {
  return claimFate(claim, (await store.findSend(claim.messageId, ledger)).record, nowMs);
}

/** The ledger with its open claim closed, where that claim's send is already accounted for. */
export async function settledLedger(ledger: Ledger, store: SendFinder, nowMs: number): Promise<Ledger> {
  if (!ledger.claim) return ledger;
  const fate = await fateOfClaim(ledger, ledger.claim, store, nowMs);
  return fate.type === 'settled' ? closeClaim(ledger, fate.effect) : ledger;
}

/**
 * The ledger with no claim open, or what stands in the way. A send whose sender is taken to be dead is given up: its record and the
 * ledger in one step, because by now the claim may be closed and the send on its next attempt. `conflict`: read everything again.
 */
export async function freeLedger(
  { store, clock }: { readonly store: SendFinder; readonly clock: Clock },
  ledger: Versioned<Ledger>,
): Promise<Ledger | Busy | 'conflict'> {
  const { claim } = ledger.value;
  if (!claim) return ledger.value;
  const send = await store.findSend(claim.messageId, ledger.value);
  const nowMs = clock();
  const fate = claimFate(claim, send.record, nowMs);
  switch (fate.type) {
    case 'settled':
      return closeClaim(ledger.value, fate.effect);
    case 'under-way':
      return { type: 'busy', untilMs: claim.leaseUntilMs };
    case 'abandoned': {
      const closed = updated(ledger, closeClaim(ledger.value, 'spend'));
      await send.write((record) => givenUp(record, claim, nowMs), closed);
      return 'conflict';
    }
  }
}

import type { Clock } from '../clock.ts';
import { closeClaim, revokeGrantedBefore } from '../grants/claims.ts';
import type { Claim, GrantEffect, Ledger } from '../grants/ledger.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { updated, type Versioned } from '../versioned.ts';
import { type ClaimFate, claimFate, givenUp } from './record-transitions.ts';
import type { Send, SendPort } from './send-port.ts';
import type { SendRecord } from './send-record.ts';

/** Where users' ledgers are kept. Every read sees the latest write. */
export interface LedgerStore {
  loadLedger(openid: string): Promise<Versioned<Ledger>>;
  /** `conflict`: the ledger changed since it was read; nothing was written. */
  commit(change: { readonly ledger: Versioned<Ledger> }): Promise<'committed' | 'conflict'>;
}

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
  return claimFate(claim, (await store.findSend(claim.sendId, ledger)).record, nowMs);
}

/** The ledger with its open claim closed, where that claim's send is already accounted for. */
export async function closeIfSettled(ledger: Ledger, store: SendFinder, nowMs: number): Promise<Ledger> {
  if (!ledger.claim) return ledger;
  const fate = await fateOfClaim(ledger, ledger.claim, store, nowMs);
  return fate.type === 'settled' ? closeClaim(ledger, fate.effect) : ledger;
}

/**
 * The ledger with no claim open, or what stands in the way. A send whose sender is taken to be dead is given
 * up: its record and the ledger in one step, because by now the claim may be closed and the send on its next
 * attempt. `conflict`: read everything again.
 *
 * @param own the send that the caller is about, whose claim is judged by the record that the caller acts on, and
 *   not by another read of it, which could be newer
 */
export async function resolveOpenClaim(
  services: { readonly store: SendFinder; readonly clock: Clock },
  ledger: Versioned<Ledger>,
  own?: Pick<Send, 'id' | 'record'>,
): Promise<Ledger | Busy | 'conflict'> {
  const { claim } = ledger.value;
  if (!claim) return ledger.value;
  const isOwn = claim.sendId === own?.id;
  const found = isOwn ? undefined : await services.store.findSend(claim.sendId, ledger.value);
  const nowMs = services.clock();
  const fate = claimFate(claim, (isOwn ? own : found)?.record, nowMs);
  switch (fate.type) {
    case 'settled':
      return closeClaim(ledger.value, fate.effect);
    case 'under-way':
      return { type: 'busy', untilMs: claim.leaseUntilMs };
    case 'abandoned':
      if (found) {
        const closed = updated(ledger, closeClaim(ledger.value, 'spend'));
        await found.write((record) => givenUp(record, claim, nowMs), closed);
      } else await resolveOpenClaim(services, ledger);
      return 'conflict';
  }
}

export interface ResolveServices extends Backoff {
  readonly store: SendFinder & LedgerStore;
  readonly clock: Clock;
}

/** Accounts for a send whose sender may be dead, and claims nothing. `busy`: it is too early to tell. */
export function resolveClaim<R extends SendRecord>(
  services: ResolveServices,
  send: Pick<SendPort<R>, 'id' | 'openid' | 'read'>,
): Promise<{ readonly type: 'resolved' } | Busy> {
  return retryOnConflict(async () => {
    const ledger = await services.store.loadLedger(send.openid);
    if (ledger.value.claim?.sendId !== send.id) return { type: 'resolved' };
    const left = await resolveLeftOpen(services, send.id, ledger, await send.read(ledger.value));
    return left === 'resolved' ? { type: left } : left;
  }, services);
}

/**
 * Closes the claim of a send that has ended, where its sender left it open. A campaign plans by the ledger
 * alone, so a grant that goes back must be in it. Where the grant is spent, the claim stays for whoever needs
 * the ledger next.
 */
export async function resolveLeftOpen(
  services: ResolveServices,
  id: string,
  ledger: Versioned<Ledger>,
  record: SendRecord | undefined,
): Promise<'resolved' | Busy | 'conflict'> {
  if (ledger.value.claim?.sendId !== id) return 'resolved';
  const free = await resolveOpenClaim(services, ledger, { id, record });
  if (free === 'conflict' || 'type' in free) return free;
  if ((record?.lastClaim?.effect ?? 'spend') === 'spend') return 'resolved';
  const result = await services.store.commit({ ledger: updated(ledger, free) });
  return result === 'conflict' ? result : 'resolved';
}

export interface CloseServices extends Backoff {
  readonly store: LedgerStore;
}

/**
 * Closes a claim whose send is accounted for, unless that has been done; a refusal zeroes the grants even
 * then.
 */
export function closeStoredClaim(
  { store, ...backoff }: CloseServices,
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
  }, backoff);
}

/** A refusal is news about the user's grants even when it comes so late that the claim has been given up. */
function afterSend(ledger: Ledger, claim: Claim, effect: GrantEffect): Ledger {
  if (ledger.claim?.claimId === claim.claimId) return closeClaim(ledger, effect);
  return effect === 'zero' ? revokeGrantedBefore(ledger, claim) : ledger;
}

import type { Clock } from '../clock.ts';
import { type Contention, untilUncontended } from '../contention.ts';
import { CLAIM_LEASE_MS, freeLedger } from '../delivery/take-turn.ts';
import { closeClaim, openClaim } from '../grants/claims.ts';
import type { Claim, Ledger } from '../grants/ledger.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { changed, type Stored } from '../stored.ts';
import type { SendPort } from './send-port.ts';
import { claimFate, type SendRecord } from './send-record.ts';

/** What claiming a send needs from outside. */
export interface ClaimServices extends Contention {
  readonly store: MessageStore;
  readonly newClaimId: () => string;
  readonly clock: Clock;
}

/** What came of the wish to claim a send. */
export type SendClaim<R extends SendRecord> =
  | { readonly type: 'claimed'; readonly claim: Claim; readonly record: R }
  | Busy
  /** It has been dealt with. */
  | { readonly type: 'ended' }
  | { readonly type: 'missing' }
  /** The grant is gone, was zeroed, or came too late for it. */
  | { readonly type: 'no-grant' | 'hold-void'; readonly record: R; readonly ledger: Stored<Ledger> }
  /** Somebody else is to perform it by now. */
  | { readonly type: 'not-mine' };

/** Another send to this user is under way. */
interface Busy {
  readonly type: 'busy';
  readonly untilMs: number;
}

/**
 * Takes the user lock and a grant for a send, in one conditional write of the ledger. `known` is the ledger where it was read not long
 * ago. The record is read after the ledger: read the other way round, the send could end and its claim be closed in between.
 */
export function claimSend<R extends SendRecord>(
  services: ClaimServices,
  send: SendPort<R>,
  known?: Stored<Ledger>,
): Promise<SendClaim<R>> {
  let ahead = known;
  return untilUncontended(async () => {
    const ledger = ahead ?? (await services.store.loadLedger(send.openid));
    ahead = undefined;
    const record = await send.read(ledger.value);
    if (!record) return { type: 'missing' };
    if (record.state !== 'pending') return { type: 'ended' };
    const free = await freed(services, send.id, ledger, record);
    if (free === 'conflict' || 'type' in free) return free;
    return claim(services, send, ledger, free, record);
  }, services);
}

/**
 * Finds out what became of a send that somebody claimed who may be dead, and claims nothing. What its claim took is given back, or
 * zeroed, where the record says so: planning goes by the ledger alone. Where the grant is spent, the claim stays for whoever needs the
 * ledger next. `busy`: it is too early to tell.
 */
export function resolveClaim<R extends SendRecord>(
  services: ClaimServices,
  send: Pick<SendPort<R>, 'id' | 'openid' | 'read'>,
): Promise<{ readonly type: 'resolved' } | Busy> {
  const { store } = services;
  return untilUncontended(async () => {
    const ledger = await store.loadLedger(send.openid);
    if (ledger.value.claim?.messageId !== send.id) return { type: 'resolved' };
    const record = await send.read(ledger.value);
    const free = await freed(services, send.id, ledger, record);
    if (free === 'conflict' || 'type' in free) return free;
    const effect = record?.lastClaim?.effect ?? 'spend';
    if (effect === 'spend') return { type: 'resolved' };
    return (await store.commit({ ledger: changed(ledger, free) })) === 'conflict'
      ? 'conflict'
      : { type: 'resolved' };
  }, services);
}

/**
 * The ledger with no claim open, or what stands in the way. The record that says what became of the send's own claim is the one that is
 * acted on: where another was read in between, everything is read again.
 */
async function freed(
  services: ClaimServices,
  id: string,
  ledger: Stored<Ledger>,
  record: SendRecord | undefined,
): Promise<Ledger | Busy | 'conflict'> {
  const open = ledger.value.claim;
  if (open?.messageId !== id) return freeLedger(services, ledger);
  const fate = claimFate(open, record, services.clock());
  switch (fate.type) {
    case 'settled':
      return closeClaim(ledger.value, fate.effect);
    case 'under-way':
      return { type: 'busy', untilMs: open.leaseUntilMs };
    case 'abandoned':
      await freeLedger(services, ledger);
      return 'conflict';
  }
}

async function claim<R extends SendRecord>(
  { store, clock, newClaimId }: ClaimServices,
  send: SendPort<R>,
  stored: Stored<Ledger>,
  free: Ledger,
  record: R,
): Promise<SendClaim<R> | 'conflict'> {
  const without = { record, ledger: changed(stored, free) };
  if (send.isEntitled && !send.isEntitled(free)) return { type: 'no-grant', ...without };
  const hold = send.holdOf?.(record);
  const opened = openClaim(free, {
    claimId: newClaimId(),
    messageId: send.id,
    templateId: send.templateId,
    ...(hold && { hold }),
    nowMs: clock(),
    leaseMs: CLAIM_LEASE_MS,
  });
  if (opened.type !== 'claimed') return { type: opened.type, ...without };
  // The ledger was read while it was this worker's, so a claim over it collides with whatever another does afterwards.
  if (send.isMine && !send.isMine()) return { type: 'not-mine' };
  const result = await store.commit({ ledger: changed(stored, opened.ledger) });
  return result === 'conflict' ? result : { type: 'claimed', claim: opened.claim, record };
}

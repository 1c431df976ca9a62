import { openClaim } from '../grants/claims.ts';
import { grantKeyOf } from '../grants/grant-key.ts';
import type { Claim, Ledger } from '../grants/ledger.ts';
import { retryOnConflict } from '../retry.ts';
import { updated, type Versioned } from '../versioned.ts';
import { type Busy, type ResolveServices, resolveLeftOpen, resolveOpenClaim } from './resolve-claim.ts';
import type { SendPort } from './send-port.ts';
import type { SendRecord } from './send-record.ts';

export interface ClaimServices extends ResolveServices {
  readonly newClaimId: () => string;
}

/**
 * How long a sender may take between claim and outcome; past it the sender is taken to be dead. It covers a
 * request, a new access token and the repeated request, ten seconds each at most.
 */
export const CLAIM_LEASE_MS = 45_000;

/**
 * How far ahead of its moment a send is claimed, so that only the request is left to do then. The queue
 * delays in whole seconds, so a job comes half a second to one and a half seconds early.
 */
const CLAIM_AHEAD_MS = 1_600;

/**
 * How far apart sends to one user that are due together are tried, in order, counted from the last claim. All
 * at once would collide over the user's item, and a refused write is billed by its size.
 */
const APART_MS = 50;

/** The claim of a send, or why there is none. */
export type SendClaim<R extends SendRecord> =
  | { readonly type: 'claimed'; readonly claim: Claim; readonly record: R }
  /** Another send to the same user is under way, or `ahead` others of theirs are due first. */
  | (Busy & { readonly ahead: number })
  /** It has been dealt with. */
  | { readonly type: 'ended'; readonly record: R }
  /** Its moment is still to come. */
  | { readonly type: 'not-due'; readonly record: R }
  | { readonly type: 'missing' }
  /** The grant is gone, was zeroed, or came too late for it; or its time is over. */
  | {
      readonly type: 'no-grant' | 'hold-void' | 'expired';
      readonly record: R;
      readonly ledger: Versioned<Ledger>;
    }
  /** Somebody else is to perform it by now. */
  | { readonly type: 'lease-lost' };

/**
 * Takes the user lock and a grant for a send, in one conditional write of the ledger. `known` is the ledger
 * where it was read a moment ago. The record is read after the ledger, or the send could end and its claim be
 * closed in between.
 */
export function claimSend<R extends SendRecord>(
  services: ClaimServices,
  send: SendPort<R>,
  known?: Versioned<Ledger>,
): Promise<SendClaim<R>> {
  let readAhead = known;
  return retryOnConflict(async () => {
    const ledger = readAhead ?? (await services.store.loadLedger(send.openid));
    readAhead = undefined;
    const record = await send.read(ledger.value);
    if (!record) return { type: 'missing' };
    const ahead = send.aheadOf?.(record, ledger.value) ?? 0;
    if (record.state !== 'pending') {
      const left = await resolveLeftOpen(services, send.id, ledger, record);
      if (left === 'resolved') return { type: 'ended', record };
      return left === 'conflict' ? left : { ...left, ahead };
    }
    const isClaimed = ledger.value.claim?.sendId === send.id;
    // Whoever else is being sent to: that needs no user lock.
    if (!isClaimed && hasExpired(send, record, services.clock())) return { type: 'expired', record, ledger };
    const free = await resolveOpenClaim(services, ledger, { id: send.id, record });
    if (free === 'conflict') return free;
    if ('type' in free) return { ...free, ahead };
    return claim(services, send, ledger, free, record);
  }, services);
}

/** Whether a send's time is over: no request is made for it from then on. */
export function hasExpired<R extends SendRecord>(send: SendPort<R>, record: R, nowMs: number): boolean {
  return nowMs >= (send.expiresAtMs?.(record) ?? Number.POSITIVE_INFINITY);
}

async function claim<R extends SendRecord>(
  { store, clock, newClaimId, sleep }: ClaimServices,
  send: SendPort<R>,
  stored: Versioned<Ledger>,
  free: Ledger,
  record: R,
): Promise<SendClaim<R> | 'conflict'> {
  const nowMs = clock();
  const dueAtMs = send.dueAtMs?.(record) ?? nowMs;
  const aheadMs = dueAtMs - nowMs;
  if (aheadMs > CLAIM_AHEAD_MS) return { type: 'not-due', record };
  if (aheadMs > 0 && hasExpired(send, record, dueAtMs)) {
    // It was put off until its end, which is waited for here.
    await sleep(aheadMs);
    return 'conflict';
  }
  const ahead = send.aheadOf?.(record, stored.value) ?? 0;
  const slotAtMs = Math.max(dueAtMs, stored.value.claim?.startedAtMs ?? 0) + ahead * APART_MS;
  if (ahead > 0 && nowMs < slotAtMs) return { type: 'busy', untilMs: slotAtMs, ahead };
  const hold = send.holdOf?.(record);
  const opened =
    send.mayClaim?.(free) === false
      ? ({ type: 'no-grant' } as const)
      : openClaim(free, {
          claimId: newClaimId(),
          sendId: send.id,
          grantKey: grantKeyOf(send.grantSubjectOf(record)),
          ...(hold && { hold }),
          nowMs,
          leaseMs: CLAIM_LEASE_MS,
        });
  if (opened.type === 'no-grant' && aheadMs > 0) {
    // Before the message is due a grant may still come.
    await sleep(aheadMs);
    return 'conflict';
  }
  if (opened.type !== 'claimed') return { type: opened.type, record, ledger: updated(stored, free) };
  // The ledger was read while this worker held the batch. Where another worker claims afterwards, this write
  // conflicts.
  if (send.holdsLease?.() === false) return { type: 'lease-lost' };
  const result = await store.commit({ ledger: updated(stored, opened.ledger) });
  return result === 'conflict' ? result : { type: 'claimed', claim: opened.claim, record };
}

import type { Clock } from '../clock.ts';
import { type Contention, untilUncontended } from '../contention.ts';
import { closeClaim, openClaim } from '../grants/claims.ts';
import type { Claim, Ledger } from '../grants/ledger.ts';
import { claimOutcome } from '../messages/claim-outcome.ts';
import { isPending, type Message } from '../messages/message.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { countAhead, findWaiting } from '../messages/waiting-messages.ts';
import type { Send } from '../sends/send.ts';
import { claimFate, givenUp } from '../sends/send-record.ts';
import { changed, type Stored } from '../stored.ts';
import { ownOutcome } from './reasons.ts';

/** What taking a user's turn needs from outside. */
export interface TurnServices extends Contention {
  readonly store: MessageStore;
  readonly clock: Clock;
  readonly newClaimId: () => string;
}

/** Another send to the same user is under way. */
interface Busy {
  readonly type: 'busy';
  readonly untilMs: number;
}

/** What came of the wish to send a message. */
export type Turn =
  | { readonly type: 'claimed'; readonly claim: Claim; readonly message: Message }
  /** Another send to the same user is under way, or others of theirs come first; so many of them are due before this one. */
  | (Busy & { readonly ahead: number })
  /** Its moment is still to come. */
  | { readonly type: 'not-due'; readonly message: Message }
  /** Nothing to do: the message has ended. */
  | { readonly type: 'ended'; readonly message: Message }
  | { readonly type: 'missing' }
  | {
      readonly type: 'no-grant' | 'hold-void';
      readonly message: Message;
      readonly ledger: Stored<Ledger>;
    };

/**
 * How long a sender may take between claim and settling. It covers a request, a new access token and the repeated
 * request, ten seconds each at the most; past it the sender is taken to be dead.
 */
export const CLAIM_LEASE_MS = 45_000;

/**
 * A message is claimed this long ahead of its moment, so that at the moment itself only the request is left to do.
 * The queue delays in whole seconds, so a note comes half a second to one and a half seconds early.
 */
const CLAIM_AHEAD_MS = 1_600;

/**
 * Messages to one user that are due together are tried so far apart, in their order, counted from the last claim: all their senders at
 * once would only collide over the user's item, and a refused write is billed by its size. Nobody waits for those before them for
 * longer than that.
 */
const APART_MS = 50;

/**
 * Claims a message: takes the user's turn and the grant, in one conditional write of the ledger.
 *
 * A claim that an earlier sender left open is closed on the way, by what its message says; where the message says nothing
 * and the lease is over, that message is first settled as `unknown`, because its request may have left.
 */
export function takeTurn(services: TurnServices, messageId: string): Promise<Turn> {
  return untilUncontended(() => tryTakeTurn(services, messageId), services);
}

async function tryTakeTurn(services: TurnServices, messageId: string): Promise<Turn | 'conflict'> {
  const { store, clock } = services;
  const { message, ledger } = await store.load(messageId);
  if (!message) return { type: 'missing' };
  const { value } = message;
  const free = await freeLedger(services, ledger, value);
  if (free === 'conflict') return free;
  if ('type' in free) return { ...free, ahead: countAhead(ledger.value, value) };
  if (!isPending(value)) return ended(store, value, ledger, free);
  const { dueAtMs } = value;
  const nowMs = clock();
  if (dueAtMs - nowMs > CLAIM_AHEAD_MS) return { type: 'not-due', message: value };
  const ahead = countAhead(ledger.value, value);
  const turnAtMs = Math.max(dueAtMs, ledger.value.claim?.startedAtMs ?? 0) + ahead * APART_MS;
  if (nowMs < turnAtMs) return { type: 'busy', untilMs: turnAtMs, ahead };
  const claimed = openClaim(free, {
    claimId: services.newClaimId(),
    messageId,
    templateId: value.templateId,
    ...(value.hold ? { hold: value.hold } : {}),
    nowMs,
    leaseMs: CLAIM_LEASE_MS,
  });
  if (claimed.type === 'no-grant' && nowMs < dueAtMs) {
    // Ahead of its moment that is not the last word: a grant may still come.
    await services.sleep(dueAtMs - nowMs);
    return 'conflict';
  }
  if (claimed.type !== 'claimed')
    return { type: claimed.type, message: value, ledger: changed(ledger, free) };
  const result = await store.commit({ ledger: changed(ledger, claimed.ledger) });
  return result === 'conflict' ? result : { type: 'claimed', claim: claimed.claim, message: value };
}

/**
 * The ledger with no claim open, or what stands in the way. `own` is the message that the turn is wanted for, read after the ledger.
 * `conflict`: read everything again.
 */
export async function freeLedger(
  { store, clock }: Pick<TurnServices, 'store' | 'clock'>,
  ledger: Stored<Ledger>,
  own?: Message,
): Promise<Ledger | Busy | 'conflict'> {
  const { claim } = ledger.value;
  if (!claim) return ledger.value;
  const other = await store.findOtherSend(claim.messageId);
  if (other) return freeFromOther(ledger, claim, other, clock());
  const holder = claim.messageId === own?.id ? own : await holderOf(claim, store, ledger.value);
  const outcome = claimOutcome(claim, holder, clock());
  if (outcome.type === 'settled') return closeClaim(ledger.value, outcome.effect);
  if (outcome.type === 'under-way' || !holder) return { type: 'busy', untilMs: claim.leaseUntilMs };
  // Both or none: by now the claim may be closed, and the message on its next attempt.
  await store.commit({
    ledger: changed(ledger, closeClaim(ledger.value, 'spend')),
    records: [{ value: abandoned(holder, claim, clock()), version: undefined }],
  });
  // Read everything again: what was just written, or what somebody else wrote first.
  return 'conflict';
}

/** The message of a claim: its record, read after the ledger, or else what the ledger keeps of it. */
async function holderOf(
  { messageId }: Claim,
  store: Pick<MessageStore, 'loadRecord'>,
  ledger: Ledger,
): Promise<Message | undefined> {
  return (await store.loadRecord(messageId))?.value ?? findWaiting(ledger, messageId);
}

/** The same where the claim is that of a campaign's send. */
async function freeFromOther(
  ledger: Stored<Ledger>,
  claim: Claim,
  other: Send,
  nowMs: number,
): Promise<Ledger | Busy | 'conflict'> {
  const outcome = claimFate(claim, other.record, nowMs);
  if (outcome.type === 'settled') return closeClaim(ledger.value, outcome.effect);
  if (outcome.type === 'under-way') return { type: 'busy', untilMs: claim.leaseUntilMs };
  const closed = changed(ledger, closeClaim(ledger.value, 'spend'));
  await other.write((record) => givenUp(record, claim, nowMs), closed);
  return 'conflict';
}

/** A message whose sender died between claim and settling: its request may have left, so it is never sent again by itself. */
function abandoned(message: Message, claim: Claim, nowMs: number): Message {
  return {
    ...message,
    state: 'unknown',
    attempts: message.attempts + 1,
    updatedAtMs: nowMs,
    lastClaim: { claimId: claim.claimId, effect: 'spend', epoch: claim.epoch },
    outcome: ownOutcome('sender-lost', nowMs),
  };
}

/** A message that ended while its claim was still open in the ledger: the claim is closed for good. */
async function ended(
  store: MessageStore,
  message: Message,
  stored: Stored<Ledger>,
  free: Ledger,
): Promise<Turn | 'conflict'> {
  if (free === stored.value) return { type: 'ended', message };
  const result = await store.commit({ ledger: changed(stored, free) });
  return result === 'conflict' ? result : { type: 'ended', message };
}

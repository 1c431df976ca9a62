import { type Contention, untilUncontended } from '../contention.ts';
import { closeClaim, revokeGrantedBefore } from '../grants/claims.ts';
import { releaseHold } from '../grants/holds.ts';
import { type Claim, type GrantEffect, type Ledger, withoutWaiting } from '../grants/ledger.ts';
import { isPending, type Message, type MessageState } from '../messages/message.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { LONGEST_QUEUE_DELAY_MS } from '../messages/send-job.ts';
import { changed, type Stored } from '../stored.ts';
import type { Verdict } from './judge-answer.ts';
import { type OwnReason, ownOutcome } from './reasons.ts';

/** What settling needs from outside. */
export interface SettleServices extends Contention {
  readonly store: MessageStore;
}

/**
 * Writes a verdict down. The message first, because it is the truth about the send; then the ledger, where the claim is
 * closed at once unless the grant is simply spent: then the next sender to this user closes it, which saves a write.
 * A crash in between loses nothing: the claim still stands, and says which message to ask.
 */
export async function settle(
  services: SettleServices,
  claim: Claim,
  message: Stored<Message>,
  verdict: Verdict,
): Promise<Message> {
  const settled = await insisting(() => recordVerdict(services, claim, message, verdict), services);
  const effect = settled.lastClaim?.claimId === claim.claimId ? settled.lastClaim.effect : 'spend';
  if (effect !== 'spend' || verdict.effect === 'zero') {
    await closeInLedger(services, message.value.openid, claim, verdict.effect === 'zero' ? 'zero' : effect);
  }
  return settled;
}

const MOST_TRIES = 4;

/** WeChat's answer is known to this process alone: a table that fails for a moment must not turn it into an unknown. */
export async function insisting<T>(write: () => Promise<T>, { sleep, random }: Contention): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries === MOST_TRIES) throw error;
      await sleep(250 * 2 ** tries * (0.5 + random()));
    }
  }
}

function recordVerdict(
  { store, ...contention }: SettleServices,
  claim: Claim,
  asClaimed: Stored<Message>,
  verdict: Verdict,
): Promise<Message> {
  let current: Stored<Message> | undefined = asClaimed;
  return untilUncontended(async () => {
    current ??= (await store.load(asClaimed.value.id)).message;
    if (!current) return asClaimed.value;
    const after = withVerdict(current.value, claim, verdict);
    if (after === current.value) return after;
    const result = await store.commit({ message: changed(current, after) });
    current = undefined;
    return result === 'conflict' ? result : after;
  }, contention);
}

/**
 * The message after the verdict. Where it was given up as `unknown` while its sender was slow, the late answer still says
 * how the send ended; the grant stays spent, and it is not tried again.
 */
function withVerdict(message: Message, claim: Claim, verdict: Verdict): Message {
  const atMs = verdict.outcome.atMs;
  if (!isPending(message)) {
    if (message.state !== 'unknown' || verdict.state === 'pending') return message;
    return { ...message, state: verdict.state, outcome: verdict.outcome, updatedAtMs: atMs };
  }
  // An earlier try wrote it, though it was told that it failed.
  if (message.lastClaim?.claimId === claim.claimId) return message;
  const { retry } = verdict;
  return {
    ...message,
    state: verdict.state,
    attempts: message.attempts + (leftNothing(verdict) ? 0 : 1),
    updatedAtMs: atMs,
    lastClaim: { claimId: claim.claimId, effect: verdict.effect, epoch: claim.epoch },
    outcome: verdict.outcome,
    parked: retry !== undefined && retry.atMs - atMs > LONGEST_QUEUE_DELAY_MS,
    ...(retry && {
      dueAtMs: retry.atMs,
      hold: { epoch: claim.epoch },
      retries: { ...message.retries, [retry.policy]: (message.retries?.[retry.policy] ?? 0) + 1 },
    }),
  };
}

/** Whether nothing left for WeChat that it would have looked at. */
function leftNothing({ outcome: { reason } }: Verdict): boolean {
  return reason === 'not-reached' || reason === 'token-unavailable';
}

/** Closes a claim whose send is accounted for, unless that has been done; a refusal zeroes the grants even then. */
export function closeInLedger(
  { store, ...contention }: SettleServices,
  openid: string,
  claim: Claim,
  effect: GrantEffect,
): Promise<void> {
  return untilUncontended(async () => {
    const stored = await store.loadLedger(openid);
    const closed = afterSend(stored.value, claim, effect);
    if (closed === stored.value) return;
    const result = await store.commit({ ledger: changed(stored, closed) });
    return result === 'conflict' ? result : undefined;
  }, contention);
}

/** A refusal is news about the user's grants even when it comes so late that the claim has been given up. */
function afterSend(ledger: Ledger, claim: Claim, effect: GrantEffect): Ledger {
  if (ledger.claim?.claimId === claim.claimId) return closeClaim(ledger, effect);
  return effect === 'zero' ? revokeGrantedBefore(ledger, claim) : ledger;
}

/** Ends a message that no request was made for, and gives back the grant set aside for it, in one step. */
export async function endWithoutRequest(
  store: MessageStore,
  message: Stored<Message>,
  ledger: Stored<Ledger>,
  end: { state: Extract<MessageState, 'refused' | 'failed'>; reason: OwnReason; atMs: number },
): Promise<Message | 'conflict'> {
  const { id, hold, templateId } = message.value;
  const released = hold ? releaseHold(ledger.value, templateId, hold) : ledger.value;
  const ended: Message = {
    ...message.value,
    state: end.state,
    parked: false,
    updatedAtMs: end.atMs,
    outcome: ownOutcome(end.reason, end.atMs),
  };
  const result = await store.commit({
    ledger: changed(ledger, withoutWaiting(released, id)),
    message: changed(message, ended),
  });
  return result === 'conflict' ? result : ended;
}

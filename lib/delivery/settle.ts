import { type Contention, untilUncontended } from '../contention.ts';
import { closeClaim, revokeGrantedBefore } from '../grants/claims.ts';
import { releaseHold } from '../grants/holds.ts';
import type { Claim, GrantEffect, Ledger } from '../grants/ledger.ts';
import { withoutWaiting } from '../grants/packed-waiting.ts';
import type { Message, MessageState, Outcome } from '../messages/message.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { type DueEntries, withDueEntry } from '../messages/send-job.ts';
import { putWaiting } from '../messages/waiting-messages.ts';
import { changed, type Stored } from '../stored.ts';
import type { Verdict } from './judge-answer.ts';
import { type OwnReason, ownOutcome } from './reasons.ts';

/** What settling needs from outside. */
export interface SettleServices extends Contention {
  readonly store: MessageStore;
  readonly dueEntries: Pick<DueEntries, 'put'>;
}

/**
 * Writes a verdict down. A message that is tried again goes back into its user's item, which closes the claim in the same write. One that
 * has ended gets its record, which counts from then on; the claim is closed at once unless the grant is simply spent: then the next
 * sender to this user closes it, which saves a write. A crash in between loses nothing: the claim still stands, and says which record
 * to ask.
 */
export async function settle(
  services: SettleServices,
  claim: Claim,
  message: Message,
  verdict: Verdict,
): Promise<Message> {
  if (verdict.retry) return insisting(() => putBack(services, claim, message, verdict), services);
  const record = createRecorder(services, afterAttempt(message, claim, verdict));
  const settled = await insisting(record, services);
  const effect = settled.lastClaim?.claimId === claim.claimId ? settled.lastClaim.effect : 'spend';
  if (effect !== 'spend' || verdict.effect === 'zero') {
    await closeInLedger(services, message.openid, claim, verdict.effect === 'zero' ? 'zero' : effect);
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

/** Puts a message that is tried again back where it waits, unless its claim has been closed: by this write before, or given up. */
async function putBack(
  { store, dueEntries, ...contention }: SettleServices,
  claim: Claim,
  message: Message,
  verdict: Verdict,
): Promise<Message> {
  const waiting = await withDueEntry(dueEntries, afterAttempt(message, claim, verdict), verdict.outcome.atMs);
  return untilUncontended(async () => {
    const ledger = await store.loadLedger(message.openid);
    if (ledger.value.claim?.claimId !== claim.claimId) {
      return (await store.load(message.id)).message?.value ?? waiting;
    }
    const closed = closeClaim(ledger.value, verdict.effect);
    const result = await store.commit({ ledger: changed(ledger, putWaiting(closed, waiting)) });
    return result === 'conflict' ? result : waiting;
  }, contention);
}

/**
 * Writes the record of a message that has ended, however often it is called: an insert at first. When that was not plainly answered, it
 * looks before it writes again: the record may stand already, from an earlier try or from somebody who gave the claim up, or the user
 * may have been erased.
 */
function createRecorder({ store, ...contention }: SettleServices, ended: Message): () => Promise<Message> {
  let tried = false;
  return () =>
    untilUncontended(async () => {
      const { message } = tried
        ? await store.load(ended.id)
        : { message: { value: ended, version: undefined } };
      tried = true;
      if (!message) return ended;
      const after = message.version === undefined ? ended : withLateAnswer(message.value, ended);
      if (after === message.value && message.version !== undefined) return after;
      const result = await store.commit({ records: [changed(message, after)] });
      return result === 'conflict' ? result : after;
    }, contention);
}

function afterAttempt(message: Message, claim: Claim, { state, effect, outcome, retry }: Verdict): Message {
  return {
    ...message,
    state,
    attempts: message.attempts + (leftNothing(outcome) ? 0 : 1),
    updatedAtMs: outcome.atMs,
    lastClaim: { claimId: claim.claimId, effect, epoch: claim.epoch },
    outcome,
    ...(retry && {
      dueAtMs: retry.atMs,
      hold: { epoch: claim.epoch },
      retries: { ...message.retries, [retry.policy]: (message.retries?.[retry.policy] ?? 0) + 1 },
    }),
  };
}

/** Whether nothing left for WeChat that it would have looked at. */
function leftNothing({ reason }: Outcome): boolean {
  return reason === 'not-reached' || reason === 'token-unavailable';
}

/**
 * A record that stands already. Where the message was given up as `unknown` while its sender was slow, the late answer still says how
 * the send ended; the grant stays spent.
 */
function withLateAnswer(record: Message, { state, outcome, updatedAtMs }: Message): Message {
  if (record.state !== 'unknown' || !outcome) return record;
  return { ...record, state, outcome, updatedAtMs };
}

/** Closes a claim whose send is accounted for, unless that has been done; a refusal zeroes the grants even then. */
export function closeInLedger(
  { store, ...contention }: Contention & Pick<SettleServices, 'store'>,
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

/** Ends messages of one user that no request was made for, and gives back the grants set aside for them, in one step. */
export async function endWithoutRequest(
  store: Pick<MessageStore, 'commit'>,
  messages: readonly Message[],
  ledger: Stored<Ledger>,
  end: { state: Extract<MessageState, 'refused' | 'failed'>; reason: OwnReason; atMs: number },
): Promise<readonly Message[] | 'conflict'> {
  const ended = messages.map(
    (message): Message => ({
      ...message,
      state: end.state,
      updatedAtMs: end.atMs,
      outcome: ownOutcome(end.reason, end.atMs),
    }),
  );
  const released = messages.reduce(
    (before, { hold, templateId }) => (hold ? releaseHold(before, templateId, hold) : before),
    ledger.value,
  );
  const ids = messages.map(({ id }) => id);
  const result = await store.commit({
    ledger: changed(ledger, withoutWaiting(released, ids)),
    records: ended.map((value) => ({ value, version: undefined })),
  });
  return result === 'conflict' ? result : ended;
}

import { releaseHold } from '../grants/holds.ts';
import type { Ledger } from '../grants/ledger.ts';
import { withoutWaiting } from '../grants/packed-waiting.ts';
import { type OwnReason, ownOutcome } from '../sends/reasons.ts';
import { updated, type Versioned } from '../versioned.ts';
import type { Message, MessageState } from './message.ts';
import type { MessageStore } from './message-store.ts';

/** Ends messages of one user that no request was made for, and gives back the grants set aside for them, in one step. */
export async function endWithoutRequest(
  store: Pick<MessageStore, 'commit'>,
  messages: readonly Message[],
  ledger: Versioned<Ledger>,
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
    ledger: updated(ledger, withoutWaiting(released, ids)),
    records: ended.map((value) => ({ value, version: undefined })),
  });
  return result === 'conflict' ? result : ended;
}

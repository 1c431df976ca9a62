import { type Contention, untilUncontended } from '../contention.ts';
import { type Ledger, withoutWaiting } from '../grants/ledger.ts';
import { isPending, type Message } from '../messages/message.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { changed, type Stored } from '../stored.ts';

/** What became of the wish to put a message off. */
export type Parking =
  /** It stands in the due index, or has ended: its note is not needed any more. */
  | { readonly type: 'done' }
  /** It is due only then in any case, or somebody has it in hand. Its note is to come up again. */
  | { readonly type: 'not-now'; readonly untilMs: number }
  /** It has been waiting for longer than is worth while. */
  | {
      readonly type: 'waited-too-long';
      readonly message: Stored<Message>;
      readonly ledger: Stored<Ledger>;
    }
  | { readonly type: 'missing' };

/** A message that somebody has in hand is looked at again after this. */
const IN_HAND_MS = 60_000;

/**
 * Puts a message that is held back for longer than the queue can delay it into the due index, in one conditional write. It keeps the
 * grant that is set aside for it, and no retry of its own is used up.
 */
export function parkMessage(
  {
    store,
    nowMs,
    patienceMs = Number.POSITIVE_INFINITY,
    ...contention
  }: Contention & { readonly store: MessageStore; readonly nowMs: number; readonly patienceMs?: number },
  messageId: string,
  untilMs: number,
): Promise<Parking> {
  return untilUncontended(async () => {
    const { message, ledger } = await store.load(messageId);
    if (!message) return { type: 'missing' };
    const { value } = message;
    if (!isPending(value) || value.parked) return { type: 'done' };
    if (value.dueAtMs > nowMs) return { type: 'not-now', untilMs: value.dueAtMs };
    if (isInHand(value, ledger.value.claim)) return { type: 'not-now', untilMs: nowMs + IN_HAND_MS };
    if (nowMs >= value.sendAtMs + patienceMs) return { type: 'waited-too-long', message, ledger };
    const dueAtMs = Math.ceil(untilMs);
    const parked = changed(message, { ...value, dueAtMs, heldUntilMs: dueAtMs, parked: true });
    const without = withoutWaiting(ledger.value, messageId);
    const result = await store.commit({
      message: parked,
      ...(without !== ledger.value && { ledger: changed(ledger, without) }),
    });
    return result === 'conflict' ? result : { type: 'done' };
  }, contention);
}

/** Whether a sender has claimed it, and has not settled it yet or died over it. */
function isInHand(
  message: Message,
  claim: { readonly messageId: string; readonly claimId: string } | undefined,
): boolean {
  return claim?.messageId === message.id && message.lastClaim?.claimId !== claim.claimId;
}

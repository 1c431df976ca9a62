import type { Ledger } from '../grants/ledger.ts';
import { type Contention, retryOnConflict } from '../retry.ts';
import { type DueEntries, hasEntryAhead, type SendJob, withDueEntry } from '../sends/send-job.ts';
import { updated, type Versioned } from '../versioned.ts';
import { isPending, type Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { putWaiting } from './waiting-messages.ts';

export interface DeferServices extends Contention {
  readonly store: MessageStore;
  readonly dueEntries: Pick<DueEntries, 'put'>;
}

/** What became of the wish to defer a message. */
export type Deferral =
  /** Another job follows, from a due entry, or none is needed: the job is done with. */
  | { readonly type: 'done'; readonly message: Message }
  /** It is due only then in any case, or somebody has it in hand. Its job is to come up again. */
  | { readonly type: 'not-now'; readonly untilMs: number }
  /** It has been waiting for longer than is worth while. */
  | { readonly type: 'waited-too-long'; readonly message: Message; readonly ledger: Versioned<Ledger> }
  | { readonly type: 'missing' };

/** Until when a message is deferred, and for how long after its moment it may wait at all. */
export interface Deferring {
  readonly untilMs: number;
  readonly nowMs: number;
  readonly patienceMs: number;
}

/** A message that somebody has in hand is looked at again after this. */
const IN_HAND_MS = 60_000;

/**
 * Defers a message that is held back for longer than the queue can delay its job: a due entry, then one write of the user's item. It
 * keeps the grant that is set aside for it, and no retry of its own is used up.
 */
export function deferMessage(
  { store, dueEntries, ...contention }: DeferServices,
  job: SendJob,
  { untilMs, nowMs, patienceMs }: Deferring,
): Promise<Deferral> {
  const dueAtMs = Math.ceil(untilMs);
  return retryOnConflict(async () => {
    const { message, ledger } = await store.load(job.messageId);
    if (!message) return { type: 'missing' };
    const { value } = message;
    if (!isPending(value) || hasEntryAhead(value, job)) return { type: 'done', message: value };
    if (value.dueAtMs > nowMs) return { type: 'not-now', untilMs: value.dueAtMs };
    if (ledger.value.claim?.messageId === value.id) return { type: 'not-now', untilMs: nowMs + IN_HAND_MS };
    if (nowMs >= value.sendAtMs + patienceMs) return { type: 'waited-too-long', message: value, ledger };
    const deferred = await withDueEntry(dueEntries, { ...value, dueAtMs, heldUntilMs: dueAtMs }, nowMs);
    const result = await store.commit({ ledger: updated(ledger, putWaiting(ledger.value, deferred)) });
    return result === 'conflict' ? result : { type: 'done', message: deferred };
  }, contention);
}

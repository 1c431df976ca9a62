import type { Clock } from '../clock.ts';
import { releaseHolds } from '../grants/holds.ts';
import { withoutPending } from '../grants/packed-pending-messages.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { updated } from '../versioned.ts';
import { isPending, type Message } from './message.ts';
import type { MessageStore } from './message-store.ts';

/** The canceled message, or why it is not. Canceling twice is no error. */
export type CancelResult =
  | { readonly type: 'canceled'; readonly message: Message }
  | { readonly type: 'not-found' | 'already-sending' };

interface CancelServices extends Backoff {
  readonly store: MessageStore;
  readonly clock: Clock;
}

/** Cancels a message that no sender has claimed and gives its grant back, in one step. */
export function cancelMessage(services: CancelServices, messageId: string): Promise<CancelResult> {
  return retryOnConflict(async () => {
    const nowMs = services.clock();
    const { message, ledger } = await services.store.load(messageId);
    if (!message) return { type: 'not-found' };
    if (message.value.state === 'canceled') return { type: 'canceled', message: message.value };
    if (!isPending(message.value)) return { type: 'already-sending' };
    if (ledger.value.claim?.sendId === messageId) return { type: 'already-sending' };
    const canceled: Message = { ...message.value, state: 'canceled', updatedAtMs: nowMs };
    const released = releaseHolds(ledger.value, [message.value]);
    const result = await services.store.commit({
      // Written even when nothing is given back: a claim begun meanwhile must collide with this.
      ledger: updated(ledger, withoutPending(released, [messageId])),
      records: [updated(message, canceled)],
    });
    return result === 'conflict' ? result : { type: 'canceled', message: canceled };
  }, services);
}

import type { Clock } from '../clock.ts';
import { closeClaim } from '../grants/claims.ts';
import type { Claim } from '../grants/ledger.ts';
import type { Logger } from '../logger.ts';
import { type Contention, retryOnConflict } from '../retry-on-conflict.ts';
import { logOutcome } from '../sends/outcome-log.ts';
import { retryOnFailure } from '../sends/retry-on-failure.ts';
import type { SendPort } from '../sends/send-port.ts';
import { merged, type SettledClaim } from '../sends/send-record.ts';
import { updated } from '../versioned.ts';
import { readMessage } from './find-message-send.ts';
import type { Message } from './message.ts';
import { openidOf } from './message-id.ts';
import type { MessageStore } from './message-store.ts';
import { type DueEntries, withDueEntry } from './send-job.ts';
import { countAhead, putWaiting } from './waiting-messages.ts';

export interface MessagePortServices extends Contention {
  readonly store: MessageStore;
  readonly dueEntries: Pick<DueEntries, 'put'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The send of a message. One that is tried again goes back into its user's item, which closes the claim in the same write. One that has
 * ended gets its record, which counts from then on.
 */
export function messagePort(services: MessagePortServices, id: string): SendPort<Message> {
  return {
    id,
    openid: openidOf(id) ?? '',
    keepsGrant: true,
    read: async (ledger) => (await readMessage(services.store, id, ledger))?.value,
    templateOf: ({ templateId }) => templateId,
    dueAtMs: ({ dueAtMs }) => dueAtMs,
    aheadOf: (message, ledger) => countAhead(ledger, message),
    holdOf: ({ hold }) => hold,
    outgoing: (message) => message,
    attempted: (message) => message,
    async settle(after, { claim, before, retryAtMs }) {
      const attempted = { ...after, updatedAtMs: after.outcome.atMs };
      const settled =
        retryAtMs === undefined
          ? await retryOnFailure(createRecorder(services, attempted, before.lastClaim), services)
          : await retryOnFailure(
              () =>
                putBack(services, claim, { ...attempted, dueAtMs: retryAtMs, hold: { epoch: claim.epoch } }),
              services,
            );
      logOutcome(services.logger, settled, services.clock());
      return settled;
    },
  };
}

/** Puts a message that is tried again back where it waits, unless its claim has been closed: by this write before, or given up. */
async function putBack(
  { store, dueEntries, ...contention }: MessagePortServices,
  claim: Claim,
  message: Message,
): Promise<Message> {
  const waiting = await withDueEntry(dueEntries, message, message.updatedAtMs);
  return retryOnConflict(async () => {
    const ledger = await store.loadLedger(message.openid);
    if (ledger.value.claim?.claimId !== claim.claimId) {
      return (await readMessage(store, message.id, ledger.value))?.value ?? waiting;
    }
    const closed = closeClaim(ledger.value, 'keep');
    const result = await store.commit({ ledger: updated(ledger, putWaiting(closed, waiting)) });
    return result === 'conflict' ? result : waiting;
  }, contention);
}

/**
 * Writes the record of a message that has ended, however often it is called: an insert at first. When that was not plainly answered, it
 * looks before it writes again: the record may stand already, from an earlier try or from somebody who gave the claim up, or the user
 * may have been erased.
 */
function createRecorder(
  { store, ...contention }: MessagePortServices,
  ended: Message,
  base: SettledClaim | undefined,
): () => Promise<Message> {
  let tried = false;
  return () =>
    retryOnConflict(async () => {
      const { message } = tried
        ? await store.load(ended.id)
        : { message: { value: ended, version: undefined } };
      tried = true;
      if (!message) return ended;
      const standing = message.version === undefined ? undefined : message.value;
      const after = merged(standing, ended, base);
      if (after === standing) return after;
      const result = await store.commit({ records: [updated(message, after)] });
      return result === 'conflict' ? result : after;
    }, contention);
}

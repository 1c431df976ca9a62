import type { Clock } from '../clock.ts';
import { closeClaim } from '../grants/claims.ts';
import type { Claim, Ledger } from '../grants/ledger.ts';
import type { Logger } from '../logger.ts';
import { type Backoff, retryOnConflict, retryOnFailure } from '../retry.ts';
import { mergeLateAnswer } from '../sends/record-transitions.ts';
import type { Send, SendPort } from '../sends/send-port.ts';
import type { SettledClaim } from '../sends/send-record.ts';
import { updated } from '../versioned.ts';
import { dueAgainAtMs, type Message, openidOf } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { countAhead, putPending, readMessage } from './pending-messages.ts';
import { type DueIndexWriter, withDueEntry } from './send-job.ts';

export interface MessagePortServices extends Backoff {
  readonly store: MessageStore;
  readonly dueEntries: Pick<DueIndexWriter, 'put'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The send of a message. One that is tried again goes back into its user's item, which closes the claim in
 * the same write. One that has ended gets its record, which counts from then on.
 */
export function messagePort(services: MessagePortServices, id: string): SendPort<Message> {
  return {
    id,
    openid: openidOf(id) ?? '',
    keepsGrant: true,
    read: async (ledger) => (await readMessage(services.store, id, ledger))?.value,
    grantSubjectOf: (message) => message,
    kindOf: ({ templateKind }) => templateKind,
    dueAtMs: ({ dueAtMs }) => dueAtMs,
    expiresAtMs: ({ expiresAtMs }) => expiresAtMs,
    aheadOf: (message, ledger) => countAhead(ledger, message),
    holdOf: ({ hold }) => hold,
    outgoing: (message) => message,
    retryBasis: (message) => message,
    async settle(after, { claim, before, retryAtMs }) {
      const attempted = { ...after, updatedAtMs: after.outcome.atMs };
      const settled =
        retryAtMs === undefined
          ? await retryOnFailure(createRecorder(services, attempted, before.lastClaim), services)
          : await retryOnFailure(
              () =>
                putBack(services, claim, {
                  ...attempted,
                  dueAtMs: dueAgainAtMs(attempted, retryAtMs),
                  hold: { epoch: claim.epoch },
                }),
              services,
            );
      logOutcome(services.logger, settled, services.clock());
      return settled;
    },
  };
}

/**
 * Puts a message that is tried again back where it waits, unless its claim has been closed: by this write
 * before, or given up.
 */
async function putBack(
  { store, dueEntries, ...backoff }: MessagePortServices,
  claim: Claim,
  message: Message,
): Promise<Message> {
  const pending = await withDueEntry(dueEntries, message, message.updatedAtMs);
  return retryOnConflict(async () => {
    const ledger = await store.loadLedger(message.openid);
    if (ledger.value.claim?.claimId !== claim.claimId) {
      return (await readMessage(store, message.id, ledger.value))?.value ?? pending;
    }
    const closed = closeClaim(ledger.value, 'keep');
    const result = await store.commit({ ledger: updated(ledger, putPending(closed, pending)) });
    return result === 'conflict' ? result : pending;
  }, backoff);
}

/**
 * Writes the record of a message that has ended; safe to repeat. The first call inserts it. Further calls
 * read first: the record may exist, from an insert whose answer was lost or from whoever gave the claim up,
 * or the user may have been erased.
 */
function createRecorder(
  { store, ...backoff }: MessagePortServices,
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
      const after = mergeLateAnswer(standing, ended, base);
      if (after === standing) return after;
      const result = await store.commit({ records: [updated(message, after)] });
      return result === 'conflict' ? result : after;
    }, backoff);
}

/** Says how an attempt ended, or a message without one. */
export function logOutcome(logger: Logger, message: Message, nowMs: number): void {
  const fields = {
    messageId: message.id,
    templateId: message.templateId,
    state: message.state,
    reason: message.outcome?.reason,
    errcode: message.outcome?.errcode,
    rid: message.outcome?.rid,
    attempts: message.attempts,
    lateMs: nowMs - message.sendAtMs,
  };
  if (message.state === 'sent') logger.info('message sent', fields);
  else logger.warn('message not sent', fields);
}

/** The send of a message by its id. */
export async function findMessageSend(
  { store, clock }: { readonly store: Pick<MessageStore, 'loadRecord' | 'commit'>; readonly clock: Clock },
  id: string,
  ledger: Ledger,
): Promise<Send> {
  const found = await readMessage(store, id, ledger);
  return {
    id,
    record: found?.value,
    async write(change, closed) {
      const after = found && change(found.value);
      if (!after) return 'unchanged';
      const records = [updated(found, { ...after, updatedAtMs: clock() })];
      return store.commit({ ...(closed && { ledger: closed }), records });
    },
  };
}

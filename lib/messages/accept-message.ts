import type { Clock } from '../clock.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { closeIfSettled } from '../sends/resolve-claim.ts';
import { updated } from '../versioned.ts';
import {
  type AcceptanceDecision,
  type AcceptRequest,
  type AcceptResult,
  type Candidate,
  decideAcceptance,
} from './decide-acceptance.ts';
import { bindKeys, type IdempotencyKeys, type KeyLookup, lookUpKey } from './idempotency-keys.ts';
import type { Message, NewMessageId } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { putPending } from './pending-messages.ts';
import { type DueIndexWriter, type Enqueue, jobDelayMs, withDueEntry } from './send-job.ts';

export interface AcceptServices extends Backoff {
  readonly store: MessageStore;
  readonly keys: IdempotencyKeys;
  readonly enqueue: Enqueue;
  readonly dueEntries: Pick<DueIndexWriter, 'put'>;
  readonly newMessageId: NewMessageId;
  readonly clock: Clock;
}

/** Accepts one message as {@link acceptMessages} does. */
export async function acceptMessage(services: AcceptServices, request: AcceptRequest): Promise<AcceptResult> {
  const [result] = await acceptMessages(services, request.openid, [request]);
  if (!result) throw new Error('A message was neither accepted nor refused.');
  return result;
}

/**
 * Accepts messages to one user, each on its own, in one write of the user's item: it sets their grants aside
 * and keeps them until they have ended. A message with a collapse key ends those that are pending under it, and
 * takes over their grant. Where that makes more records than one write has room for, there are several.
 *
 * The job for the sender goes onto the queue *before* that write, or its entry into the due index. A crash in
 * between leaves a job without a message, which the sender drops; the other way round it would leave a
 * message that nobody ever sends. Idempotency keys are bound before that write too, and only once there is a
 * grant: a refused try must not take the key.
 */
export async function acceptMessages(
  services: AcceptServices,
  openid: string,
  requests: readonly AcceptRequest[],
): Promise<readonly AcceptResult[]> {
  const results: AcceptResult[] = [];
  const gone = new Map<string, Message>();
  while (results.length < requests.length) {
    const some = await acceptSome(services, openid, requests.slice(results.length));
    results.push(...some.results);
    for (const message of some.collapsed) gone.set(message.id, message);
  }
  return results.map((result) =>
    'message' in result ? { ...result, message: gone.get(result.message.id) ?? result.message } : result,
  );
}

/** Accepts the first of the messages, as many as one write has room for. */
function acceptSome(
  services: AcceptServices,
  openid: string,
  requests: readonly AcceptRequest[],
): Promise<Pick<AcceptanceDecision, 'results' | 'collapsed'>> {
  const { store } = services;
  const nowMs = services.clock();
  const ids = requests.map(() => services.newMessageId(openid));
  const announce = createAnnouncer(services, nowMs);
  return retryOnConflict(async () => {
    const read = await store.loadLedger(openid);
    // Keys are read after the item, so that a concurrent request with the same key is found once it has taken
    // the last grant.
    const lookups = await Promise.all(
      requests.map(({ idempotency }) => (idempotency ? lookUpKey(services, read.value, idempotency) : {})),
    );
    const asked = requests.map((request, index): Candidate => {
      const known: KeyLookup = lookups[index] ?? {};
      // Each try under a key takes a new id: a concurrent request may have accepted the id of the try before,
      // and its message been erased since.
      const own = request.idempotency ? undefined : ids[index];
      const id = known.messageId ?? own ?? services.newMessageId(openid);
      return { request, lookup: known, draft: newMessage(request, id, nowMs) };
    });
    const ledger = await closeIfSettled(read.value, store, nowMs);
    const decision = decideAcceptance(ledger, asked, nowMs);
    const { accepted, pending, collapsed, after } = decision;
    if (accepted.length === 0) return decision;
    const messages = await Promise.all(pending.map(announce));
    if ((await bindKeys(services, read, accepted)) === 'conflict') return 'conflict';
    const result = await store.commit({
      ledger: updated(read, putPending(after, ...messages)),
      records: collapsed.map((value) => ({ value, version: undefined })),
    });
    return result === 'conflict' ? result : decision;
  }, services);
}

/** Queues each message's job or due entry, once over all tries. Returns the message with its due entries. */
function createAnnouncer(services: AcceptServices, nowMs: number): (message: Message) => Promise<Message> {
  const entriesOf = new Map<string, readonly number[]>();
  return async (message) => {
    const known = entriesOf.get(message.id);
    const { dueEntries = [] } = known ? { dueEntries: known } : await announce(services, message, nowMs);
    entriesOf.set(message.id, dueEntries);
    return dueEntries.length === 0 ? message : { ...message, dueEntries };
  };
}

async function announce(services: AcceptServices, message: Message, nowMs: number): Promise<Message> {
  const announced = await withDueEntry(services.dueEntries, message, nowMs);
  if (announced.dueEntries) return announced;
  const { id: messageId, dueAtMs, expiresAtMs } = message;
  const expiry = expiresAtMs !== undefined && { expiresAtMs };
  const job = { messageId, sinceMs: nowMs, ...(dueAtMs > nowMs && { dueAtMs }), ...expiry };
  await services.enqueue(job, jobDelayMs(dueAtMs - nowMs));
  return announced;
}

function newMessage(request: AcceptRequest, id: string, nowMs: number): Message {
  const { openid, templateId, templateKind, device, data, page, miniprogramState, lang, fitted } = request;
  const { expiresAtMs, collapseKey } = request;
  const sendAtMs = Math.max(request.sendAtMs ?? nowMs, nowMs);
  return {
    id,
    openid,
    templateId,
    ...(templateKind === 'limited' && { templateKind }),
    ...(device && { device }),
    data,
    ...(page !== undefined && { page }),
    miniprogramState,
    lang,
    state: 'pending',
    sendAtMs,
    dueAtMs: sendAtMs,
    ...(expiresAtMs !== undefined && { expiresAtMs }),
    ...(collapseKey !== undefined && { collapseKey }),
    attempts: 0,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    ...(fitted.length > 0 && { fitted }),
  };
}

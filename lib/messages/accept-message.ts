import type { Clock } from '../clock.ts';
import { type Contention, untilUncontended } from '../contention.ts';
import { holdGrant } from '../grants/holds.ts';
import type { Ledger } from '../grants/ledger.ts';
import type { TemplateKind } from '../grants/template-kind.ts';
import { changed, type Stored } from '../stored.ts';
import type { FittedValue } from '../templates/fit-data.ts';
import type { Language, Message, MiniprogramState } from './message.ts';
import type { NewMessageId } from './message-id.ts';
import type { Change, IdempotencyRecord, MessageStore } from './message-store.ts';
import { type BookNote, type Enqueue, isFarAhead, noteDelayMs } from './send-job.ts';
import { settledLedger } from './settled-ledger.ts';
import { keepWaiting } from './waiting-messages.ts';

/** A message that a caller wants sent, its data already checked against the template. */
export interface AcceptRequest {
  readonly openid: string;
  readonly templateId: string;
  readonly templateKind: TemplateKind;
  readonly data: Readonly<Record<string, string>>;
  readonly fitted: readonly FittedValue[];
  readonly page?: string;
  readonly miniprogramState: MiniprogramState;
  readonly lang: Language;
  /** When it shall leave; absent means now. */
  readonly sendAtMs?: number;
  /** Whether a grant is set aside at once. */
  readonly hold: boolean;
  readonly idempotency?: IdempotencyClaim;
}

/** What came of it. `repeated`: the same idempotency key and body have been accepted before. */
export type AcceptResult =
  | { readonly type: 'accepted' | 'repeated'; readonly message: Message }
  | { readonly type: 'idempotency-conflict' | 'no-grant' | 'send-at-too-old' };

/** What accepting a message needs from outside. */
export interface AcceptServices extends Contention {
  readonly store: MessageStore;
  readonly enqueue: Enqueue;
  readonly bookNote: BookNote;
  readonly newMessageId: NewMessageId;
  readonly clock: Clock;
}

const DAY_MS = 24 * 60 * 60_000;
const IDEMPOTENCY_KEPT_MS = 7 * DAY_MS;

/**
 * Takes a message in: sets its grant aside and stores it, in one step.
 *
 * The note for the sender goes onto the queue *before* that step, or into the table where the moment is further ahead than the queue can
 * delay it. A crash in between leaves a note without a message, which the sender drops; the other way round it would leave a message that
 * nobody ever sends.
 */
export function acceptMessage(services: AcceptServices, request: AcceptRequest): Promise<AcceptResult> {
  const nowMs = services.clock();
  const sendAtMs = Math.max(request.sendAtMs ?? nowMs, nowMs);
  const draft = newMessage(request, services.newMessageId(request.openid), sendAtMs, nowMs);
  let noted = false;
  return untilUncontended(async () => {
    const stored = await services.store.loadLedger(request.openid);
    // After the ledger: a twin of this request that took the last grant has been stored by then, and is found.
    const earlier = request.idempotency && (await findEarlier(services, request.idempotency));
    if (earlier) return earlier;
    if (request.sendAtMs !== undefined && request.sendAtMs < nowMs - DAY_MS)
      return { type: 'send-at-too-old' };
    const ledger = await settledLedger(stored.value, services.store, nowMs);
    const booked = book(ledger, draft, request);
    if (!booked) return { type: 'no-grant' };
    const kept = request.hold ? keepWaiting(booked.ledger, booked.message) : undefined;
    // What is far ahead and has a record of its own stands in the due index by that, and needs no note.
    const message = { ...booked.message, parked: isFarAhead(draft) && !kept };
    if (!noted && !message.parked) {
      await note(services, message);
      noted = true;
    }
    const result = await services.store.commit({
      ...(kept ? { ledger: changed(stored, kept) } : recorded(stored, booked.ledger, message)),
      ...idempotencyPart(request, draft.id, nowMs),
    });
    return result === 'conflict' ? result : { type: 'accepted', message };
  }, services);
}

function newMessage(request: AcceptRequest, id: string, sendAtMs: number, nowMs: number): Message {
  return {
    id,
    openid: request.openid,
    templateId: request.templateId,
    data: request.data,
    ...(request.page === undefined ? {} : { page: request.page }),
    miniprogramState: request.miniprogramState,
    lang: request.lang,
    state: 'pending',
    sendAtMs,
    dueAtMs: sendAtMs,
    parked: false,
    attempts: 0,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    ...(request.fitted.length > 0 ? { fitted: request.fitted } : {}),
  };
}

/** With `hold`, ledger and message change together; a message booked without a grant takes one at send time. */
function book(
  ledger: Ledger,
  draft: Message,
  request: AcceptRequest,
): { ledger: Ledger; message: Message } | undefined {
  if (!request.hold) return { ledger, message: draft };
  const held = holdGrant(ledger, request.templateId, request.templateKind);
  if (held.type === 'no-grant') return undefined;
  return { ledger: held.ledger, message: { ...draft, hold: held.hold } };
}

/** Lets the sender know of a message in time. */
function note(services: AcceptServices, message: Message): Promise<void> {
  const { id: messageId, templateId, createdAtMs: sinceMs, sendAtMs: dueAtMs } = message;
  if (isFarAhead(message)) return services.bookNote({ messageId, templateId, sinceMs, dueAtMs });
  const job = { messageId, sinceMs, ...(dueAtMs > sinceMs && { dueAtMs }) };
  return services.enqueue(job, noteDelayMs(dueAtMs - sinceMs));
}

/** A message with a record of its own, and the ledger that sets its grant aside. */
function recorded(read: Stored<Ledger>, ledger: Ledger, message: Message): Change {
  return {
    ...(message.hold && { ledger: changed(read, ledger) }),
    message: { value: message, version: undefined },
  };
}

async function loadValue(store: MessageStore, messageId: string): Promise<Message | undefined> {
  return (await store.load(messageId)).message?.value;
}

/** What a caller names a message by, before it has an id: who calls, their key, and a hash of what they asked for. */
export interface IdempotencyClaim extends Pick<IdempotencyRecord, 'scope' | 'key' | 'bodyHash'> {
  /** Hashes of the same request in other words, such as with the template's id in the place of its alias. */
  readonly sameHashes?: readonly string[];
}

/** The message that an idempotency key stands for already; `idempotency-conflict` when it was another body's. */
export async function findEarlier(
  { store, clock }: Pick<AcceptServices, 'store' | 'clock'>,
  { scope, key, bodyHash, sameHashes = [] }: IdempotencyClaim,
): Promise<AcceptResult | undefined> {
  const earlier = await store.findIdempotency(scope, key);
  if (!earlier || earlier.expiresAtMs <= clock()) return undefined;
  if (![bodyHash, ...sameHashes].includes(earlier.bodyHash)) return { type: 'idempotency-conflict' };
  const message = await loadValue(store, earlier.messageId);
  return message && { type: 'repeated', message };
}

function idempotencyPart(
  request: AcceptRequest,
  messageId: string,
  nowMs: number,
): { idempotency?: IdempotencyRecord } {
  if (!request.idempotency) return {};
  const { scope, key, bodyHash } = request.idempotency;
  return { idempotency: { scope, key, bodyHash, messageId, expiresAtMs: nowMs + IDEMPOTENCY_KEPT_MS } };
}

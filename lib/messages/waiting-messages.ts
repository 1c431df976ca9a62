import * as v from 'valibot';
import type { Ledger } from '../grants/ledger.ts';
import { packWaiting, UnreadableWaitingError, unpackWaiting } from '../grants/packed-waiting.ts';
import type { Page } from '../listing.ts';
import type { Versioned } from '../versioned.ts';
import { LANGUAGES, type Message, MINIPROGRAM_STATES, type Outcome, openidOf } from './message.ts';
import type { MessageWithLedger } from './message-store.ts';

/** A message in its user's item, without what can be derived. */
const waitingText = v.object({
  templateId: v.string(),
  data: v.record(v.string(), v.string()),
  page: v.exactOptional(v.string()),
  miniprogramState: v.exactOptional(v.picklist(MINIPROGRAM_STATES), 'formal'),
  lang: v.exactOptional(v.picklist(LANGUAGES), 'zh_CN'),
  createdAtMs: v.number(),
  updatedAtMs: v.exactOptional(v.number()),
  sendAtMs: v.exactOptional(v.number()),
  dueAtMs: v.exactOptional(v.number()),
  heldUntilMs: v.exactOptional(v.number()),
  dueEntries: v.exactOptional(v.array(v.number())),
  hold: v.exactOptional(v.object({ epoch: v.number() })),
  fitted: v.exactOptional(v.array(v.object({ key: v.string(), from: v.string(), to: v.string() }))),
  attempts: v.exactOptional(v.number(), 0),
  retries: v.exactOptional(
    v.object({
      busy: v.exactOptional(v.number()),
      concurrent: v.exactOptional(v.number()),
      rate: v.exactOptional(v.number()),
      quota: v.exactOptional(v.number()),
      connection: v.exactOptional(v.number()),
      gateway: v.exactOptional(v.number()),
    }),
  ),
  outcome: v.exactOptional(
    v.object({
      atMs: v.number(),
      errcode: v.exactOptional(v.number()),
      errmsg: v.exactOptional(v.string()),
      rid: v.exactOptional(v.string()),
      reason: v.string(),
    }),
  ),
});

/** So many messages may wait for one user, in so many bytes: the item is written with each claim, and billed by its size. */
const MOST_WAITING = 200;
const MOST_BYTES = 100_000;
/** What is shorter than this in plain is certainly within {@link MOST_BYTES} when packed. */
const SURE_BYTES = 70_000;
/** Of what WeChat said at the last attempt so much is kept; with that, retries cannot make an item too large to be written. */
const ERRMSG_LENGTH = 200;

/** The ledger with messages in it, each in the place of what was kept of it before. */
export function putWaiting(ledger: Ledger, ...messages: readonly Message[]): Ledger {
  const texts = messages.map((message) => [message.id, textOf(message)] as const);
  return packWaiting(ledger, new Map([...unpackWaiting(ledger), ...texts]));
}

/**
 * Takes new messages to a user in for as long as there is room beside what waits already, and says so of each. What is put back for
 * another try is not asked: it was in before.
 */
export function createRoom(ledger: Ledger): (message: Message) => boolean {
  const texts = new Map(unpackWaiting(ledger));
  let bytes = 0;
  for (const text of texts.values()) bytes += bytesOf(text);
  return (message) => {
    if (texts.size >= MOST_WAITING) return false;
    const text = textOf(message);
    texts.set(message.id, text);
    bytes += bytesOf(text);
    if (bytes <= SURE_BYTES || (packWaiting(ledger, texts).waiting ?? '').length <= MOST_BYTES) return true;
    texts.delete(message.id);
    bytes -= bytesOf(text);
    return false;
  };
}

function bytesOf(text: unknown): number {
  return Buffer.byteLength(JSON.stringify(text));
}

function textOf(message: Message): unknown {
  // Its last claim was closed by the write that put it here, and tells nothing any more.
  const { id: _, openid: _openid, state: _state, lastClaim: _claim, ...kept } = message;
  const { miniprogramState, lang, createdAtMs, updatedAtMs, sendAtMs, dueAtMs, attempts, outcome } = kept;
  return {
    ...kept,
    ...(miniprogramState === 'formal' && { miniprogramState: undefined }),
    ...(lang === 'zh_CN' && { lang: undefined }),
    ...(updatedAtMs === createdAtMs && { updatedAtMs: undefined }),
    ...(sendAtMs === createdAtMs && { sendAtMs: undefined }),
    ...(dueAtMs === sendAtMs && { dueAtMs: undefined }),
    ...(attempts === 0 && { attempts: undefined }),
    ...(outcome && { outcome: outcomeText(outcome) }),
  };
}

/** Without the remedy, which follows from the rest: in two languages it would be most of a message. */
function outcomeText({ remedy: _, errmsg, ...kept }: Outcome): object {
  return { ...kept, ...(errmsg !== undefined && { errmsg: errmsg.slice(0, ERRMSG_LENGTH) }) };
}

function messageOf(ledger: Ledger, id: string, text: unknown): Message {
  const read = v.safeParse(waitingText, text);
  if (!read.success) throw new UnreadableWaitingError(ledger.openid, id);
  const kept = read.output;
  const { createdAtMs, sendAtMs = createdAtMs, dueAtMs = sendAtMs, updatedAtMs = createdAtMs } = kept;
  const openid = openidOf(id) ?? ledger.openid;
  return { ...kept, id, openid, state: 'pending', sendAtMs, dueAtMs, updatedAtMs };
}

/** A message that waits in a ledger. @throws UnreadableWaitingError */
export function findWaiting(ledger: Ledger, messageId: string): Message | undefined {
  const text = unpackWaiting(ledger).get(messageId);
  return text === undefined ? undefined : messageOf(ledger, messageId, text);
}

/** All messages that wait in a ledger but those that have records by now. @throws UnreadableWaitingError */
export function waitingBeside(ledger: Ledger, recorded: ReadonlySet<string> = new Set()): readonly Message[] {
  return [...unpackWaiting(ledger)]
    .filter(([id]) => !recorded.has(id))
    .map(([id, text]) => messageOf(ledger, id, text));
}

const dueText = v.object({
  createdAtMs: v.number(),
  sendAtMs: v.exactOptional(v.number()),
  dueAtMs: v.exactOptional(v.number()),
});

/** How many of the messages that wait in a ledger are due before this one. */
export function countAhead(ledger: Ledger, { id, dueAtMs }: Pick<Message, 'id' | 'dueAtMs'>): number {
  return [...unpackWaiting(ledger)].filter(([other, text]) => {
    const { success, output } = v.safeParse(dueText, text);
    if (!success || other === id) return false;
    const otherAtMs = output.dueAtMs ?? output.sendAtMs ?? output.createdAtMs;
    return otherAtMs < dueAtMs || (otherAtMs === dueAtMs && other < id);
  }).length;
}

/**
 * Whether a message has no record, by its user's item alone: what waits and is not claimed has none. That saves a read of each send.
 */
export function isOnlyWaiting(ledger: Ledger, messageId: string): boolean {
  return ledger.claim?.messageId !== messageId && unpackWaiting(ledger).has(messageId);
}

/** A message as it was read after its user's item: its record, or else what waits there, of which the first record is an insert. */
export function messageWithLedger(
  messageId: string,
  record: Versioned<Message> | undefined,
  ledger: Versioned<Ledger>,
): MessageWithLedger {
  const waiting = record ? undefined : findWaiting(ledger.value, messageId);
  return { ledger, message: record ?? (waiting && { value: waiting, version: undefined }) };
}

/** A page of a user's records, read after their item, with those among them that wait, newest first. */
export function withWaiting(
  page: Page<Versioned<Message>>,
  ledger: Ledger,
  limit: number,
  after: string | undefined,
): Page<Versioned<Message>> {
  const recorded = new Set(page.items.map(({ value }) => value.id));
  const waiting = waitingBeside(ledger, recorded)
    .filter(({ id }) => (after === undefined || id < after) && (page.next === undefined || id > page.next))
    .map((value) => ({ value, version: undefined }));
  if (waiting.length === 0) return page;
  const items = [...page.items, ...waiting].toSorted((one, other) =>
    one.value.id < other.value.id ? 1 : -1,
  );
  const last = items[limit - 1];
  return items.length > limit && last
    ? { items: items.slice(0, limit), next: last.value.id }
    : { ...page, items };
}

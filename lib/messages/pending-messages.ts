import * as v from 'valibot';
import { grantKeyOf } from '../grants/grant-key.ts';
import type { Ledger } from '../grants/ledger.ts';
import { packPending, UnreadablePendingError, unpackPending } from '../grants/packed-pending-messages.ts';
import type { Page } from '../paginate.ts';
import type { Outcome } from '../sends/send-record.ts';
import { storedObject } from '../stored-schemas.ts';
import type { Versioned } from '../versioned.ts';
import { type Message, messageSchema, openidOf } from './message.ts';
import type { MessageStore } from './message-store.ts';

const { entries } = messageSchema;

/** When a pending message is due, and what that follows from. */
const dueText = storedObject({
  createdAtMs: entries.createdAtMs,
  sendAtMs: v.exactOptional(entries.sendAtMs),
  dueAtMs: v.exactOptional(entries.dueAtMs),
});

/** A message in its user's item, without what can be derived. */
const pendingText = storedObject({
  ...dueText.entries,
  templateId: entries.templateId,
  templateKind: entries.templateKind,
  device: entries.device,
  data: entries.data,
  page: entries.page,
  miniprogramState: v.exactOptional(entries.miniprogramState, 'formal'),
  lang: v.exactOptional(entries.lang, 'zh_CN'),
  updatedAtMs: v.exactOptional(entries.updatedAtMs),
  heldUntilMs: entries.heldUntilMs,
  expiresAtMs: entries.expiresAtMs,
  collapseKey: entries.collapseKey,
  dueEntries: entries.dueEntries,
  hold: entries.hold,
  fitted: entries.fitted,
  attempts: v.exactOptional(entries.attempts, 0),
  retries: entries.retries,
  outcome: entries.outcome,
});

/** What a pending message must have in common with a newer one that takes its place. */
const collapsibleText = storedObject({
  templateId: entries.templateId,
  device: entries.device,
  collapseKey: entries.collapseKey,
});

type Collapsible = Pick<Message, 'templateId' | 'device' | 'collapseKey'>;

/**
 * How many messages may be pending for one user, and their bytes: each claim writes the item, billed by its size.
 */
const MAX_PENDING = 200;
const MAX_BYTES = 100_000;
/** What is shorter than this in plain is certainly within {@link MAX_BYTES} when packed. */
const SURE_BYTES = 70_000;
/**
 * How much of WeChat's words at the last attempt is kept. Without it, retries could make an item too large.
 */
const ERRMSG_LENGTH = 200;

/** The ledger with messages in it, each in the place of what was kept of it before. */
export function putPending(ledger: Ledger, ...messages: readonly Message[]): Ledger {
  const texts = messages.map((message) => [message.id, textOf(message)] as const);
  return packPending(ledger, new Map([...unpackPending(ledger), ...texts]));
}

/**
 * Says of each new message whether there is room for it beside what is pending already, in the place of others. A
 * message that is put back for another try is not asked: it was in before.
 */
export function createCapacityCheck(
  ledger: Ledger,
): (message: Message, inPlaceOf: readonly Message[]) => boolean {
  let texts = new Map(unpackPending(ledger));
  let bytes = bytesOf([...texts.values()]);
  return (message, inPlaceOf) => {
    const gone = inPlaceOf.map(({ id }) => id);
    const after = new Map([...texts].filter(([id]) => !gone.includes(id))).set(message.id, textOf(message));
    const bytesAfter = bytes + bytesOf([textOf(message)]) - bytesOf(gone.map((id) => texts.get(id)));
    const fits = bytesAfter <= SURE_BYTES || (packPending(ledger, after).waiting ?? '').length <= MAX_BYTES;
    if (after.size > MAX_PENDING || !fits) return false;
    [texts, bytes] = [after, bytesAfter];
    return true;
  };
}

function bytesOf(texts: readonly unknown[]): number {
  return texts.reduce<number>((sum, text) => sum + Buffer.byteLength(JSON.stringify(text ?? '')), 0);
}

function textOf(message: Message): unknown {
  // Its last claim was closed by the write that put it here, and says nothing any more.
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
  const read = v.safeParse(pendingText, text);
  if (!read.success) throw new UnreadablePendingError(ledger.openid, id);
  const kept = read.output;
  const { createdAtMs, sendAtMs = createdAtMs, dueAtMs = sendAtMs, updatedAtMs = createdAtMs } = kept;
  const openid = openidOf(id) ?? ledger.openid;
  return { ...kept, id, openid, state: 'pending', sendAtMs, dueAtMs, updatedAtMs };
}

/** A pending message of a ledger. @throws UnreadablePendingError */
export function findPending(ledger: Ledger, messageId: string): Message | undefined {
  const text = unpackPending(ledger).get(messageId);
  return text === undefined ? undefined : messageOf(ledger, messageId, text);
}

/**
 * All pending messages of a ledger, without those that have records by now.
 *
 * @throws UnreadablePendingError
 */
export function listPending(ledger: Ledger, recorded: ReadonlySet<string> = new Set()): readonly Message[] {
  return [...unpackPending(ledger)]
    .filter(([id]) => !recorded.has(id))
    .map(([id, text]) => messageOf(ledger, id, text));
}

/** Whether a newer message takes the place of an earlier one of the same user, as long as that is pending. */
export function isCollapsible(earlier: Collapsible, newer: Collapsible): boolean {
  return (
    newer.collapseKey !== undefined &&
    newer.collapseKey === earlier.collapseKey &&
    grantKeyOf(newer) === grantKeyOf(earlier)
  );
}

/** The pending messages of a ledger that no sender has claimed and whose place a newer one takes. */
export function listCollapsible(ledger: Ledger, newer: Collapsible): readonly Message[] {
  if (newer.collapseKey === undefined) return [];
  return [...unpackPending(ledger)].flatMap(([id, text]) => {
    const { success, output } = v.safeParse(collapsibleText, text);
    const isMeant = success && isCollapsible(output, newer) && id !== ledger.claim?.sendId;
    return isMeant ? [messageOf(ledger, id, text)] : [];
  });
}

/** How many of the pending messages of a ledger are due before this one. */
export function countAhead(ledger: Ledger, { id, dueAtMs }: Pick<Message, 'id' | 'dueAtMs'>): number {
  return [...unpackPending(ledger)].filter(([other, text]) => {
    const { success, output } = v.safeParse(dueText, text);
    if (!success || other === id) return false;
    const otherAtMs = output.dueAtMs ?? output.sendAtMs ?? output.createdAtMs;
    return otherAtMs < dueAtMs || (otherAtMs === dueAtMs && other < id);
  }).length;
}

/**
 * Whether a message has no record: what is pending and not claimed has none. That saves a read of each send.
 */
function hasNoRecord(ledger: Ledger, messageId: string): boolean {
  return ledger.claim?.sendId !== messageId && unpackPending(ledger).has(messageId);
}

/**
 * A message, read after its user's item: its record, or else as it is pending there, of which the first record
 * is an insert.
 */
export async function readMessage(
  store: Pick<MessageStore, 'loadRecord'>,
  messageId: string,
  ledger: Ledger,
): Promise<Versioned<Message> | undefined> {
  const record = hasNoRecord(ledger, messageId) ? undefined : await store.loadRecord(messageId);
  const pending = record ? undefined : findPending(ledger, messageId);
  return record ?? (pending && { value: pending, version: undefined });
}

/** A page of a user's records, read after their item, with those among them that are pending, newest first. */
export function withPending(
  page: Page<Versioned<Message>>,
  ledger: Ledger,
  limit: number,
  after: string | undefined,
): Page<Versioned<Message>> {
  const recorded = new Set(page.items.map(({ value }) => value.id));
  const pending = listPending(ledger, recorded)
    .filter(({ id }) => (after === undefined || id < after) && (page.next === undefined || id > page.next))
    .map((value) => ({ value, version: undefined }));
  if (pending.length === 0) return page;
  const items = [...page.items, ...pending].toSorted((one, other) =>
    one.value.id < other.value.id ? 1 : -1,
  );
  const last = items[limit - 1];
  return items.length > limit && last
    ? { items: items.slice(0, limit), next: last.value.id }
    : { ...page, items };
}

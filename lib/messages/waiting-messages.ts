import * as v from 'valibot';
import type { Ledger } from '../grants/ledger.ts';
import type { Stored } from '../stored.ts';
import type { Message } from './message.ts';
import { openidOf } from './message-id.ts';
import type { MessageWithLedger, Page } from './message-store.ts';

/**
 * A message that is about to leave is kept in its user's ledger until there is something to say of it: then it gets a record of its
 * own, which counts from that moment on. Accepting it is one write of one item that way, not a transaction of two, which DynamoDB bills
 * four times as high.
 */
const waitingMessage = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    templateId: v.string(),
    data: v.record(v.string(), v.string()),
    page: v.exactOptional(v.string()),
    miniprogramState: v.exactOptional(v.picklist(['developer', 'trial', 'formal']), 'formal'),
    lang: v.exactOptional(v.picklist(['zh_CN', 'en_US', 'zh_HK', 'zh_TW']), 'zh_CN'),
    sendAtMs: v.exactOptional(v.number()),
    createdAtMs: v.number(),
    hold: v.exactOptional(v.object({ epoch: v.number() })),
    fitted: v.exactOptional(v.array(v.object({ key: v.string(), from: v.string(), to: v.string() }))),
  }),
);

/** Thrown when a ledger keeps what this version of the service did not write. */
export class UnreadableWaitingError extends Error {
  readonly code = 'unreadable-waiting';
  override readonly name = 'UnreadableWaitingError';
  constructor(messageId: string) {
    super(
      `The message ${messageId} in its user's ledger cannot be read. Mend or delete it in the attribute "waiting" there.`,
    );
  }
}

/** A user with more of them under way at once gets the others stored apart: the ledger is written with each claim, and billed by its size. */
const MOST_WAITING = 4;

/** The ledger with a new message in it; undefined where it has no room. */
export function keepWaiting(ledger: Ledger, message: Message): Ledger | undefined {
  const waiting = ledger.waiting ?? {};
  if (Object.keys(waiting).length >= MOST_WAITING) return undefined;
  return { ...ledger, waiting: { ...waiting, [message.id]: asText(message) } };
}

function asText({
  templateId,
  data,
  page,
  miniprogramState,
  lang,
  sendAtMs,
  createdAtMs,
  hold,
  fitted,
}: Message): string {
  return JSON.stringify({
    templateId,
    data,
    page,
    ...(miniprogramState !== 'formal' && { miniprogramState }),
    ...(lang !== 'zh_CN' && { lang }),
    ...(sendAtMs !== createdAtMs && { sendAtMs }),
    createdAtMs,
    hold,
    fitted,
  });
}

/** @throws UnreadableWaitingError */
function findWaiting(ledger: Ledger, messageId: string): Message | undefined {
  const text = ledger.waiting?.[messageId];
  if (text === undefined) return undefined;
  const read = v.safeParse(waitingMessage, text);
  if (!read.success) throw new UnreadableWaitingError(messageId);
  const kept = read.output;
  const sendAtMs = kept.sendAtMs ?? kept.createdAtMs;
  return {
    ...kept,
    id: messageId,
    openid: openidOf(messageId) ?? ledger.openid,
    state: 'pending',
    sendAtMs,
    dueAtMs: sendAtMs,
    parked: false,
    attempts: 0,
    updatedAtMs: kept.createdAtMs,
  };
}

/**
 * Whether a message has no record of its own, by its ledger alone: until it is claimed, whoever gives it one takes it out of the ledger
 * in the same step. That saves a read of each send.
 */
export function isOnlyWaiting({ claim, waiting }: Ledger, messageId: string): boolean {
  return waiting?.[messageId] !== undefined && claim?.messageId !== messageId;
}

/** A message as it was read after its ledger: its own record, or what the ledger keeps, which is written over by the first record. */
export function messageWithLedger(
  messageId: string,
  recorded: Stored<Message> | undefined,
  ledger: Stored<Ledger>,
): MessageWithLedger {
  const waiting = recorded ? undefined : findWaiting(ledger.value, messageId);
  return { ledger, message: recorded ?? (waiting && { value: waiting, version: undefined }) };
}

/** A page of a user's recorded messages, read after their ledger, with those among them that the ledger keeps, newest first. */
export function withWaiting(
  page: Page<Stored<Message>>,
  ledger: Ledger,
  limit: number,
  after: string | undefined,
): Page<Stored<Message>> {
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

/** The messages that the ledger keeps and of which none of `recorded` is; without that all, though some may have records by now. */
export function waitingBeside(ledger: Ledger, recorded: ReadonlySet<string> = new Set()): readonly Message[] {
  return Object.keys(ledger.waiting ?? {})
    .filter((id) => !recorded.has(id))
    .flatMap((id) => findWaiting(ledger, id) ?? []);
}

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Ledger } from './ledger.ts';

/** The pending messages of a user, by message id. Only lib/messages/pending-messages.ts reads the texts. */
type PendingTexts = ReadonlyMap<string, unknown>;

/** Thrown when the attribute `waiting` of a user's item holds what this service did not write. */
export class UnreadablePendingError extends Error {
  readonly code = 'unreadable-waiting';
  override readonly name = 'UnreadablePendingError';
  constructor(openid: string, messageId?: string) {
    const which = messageId === undefined ? '' : ` (${messageId})`;
    const next = 'Mend or delete the attribute "waiting" of their item.';
    super(`What waits for the user ${openid} cannot be read${which}. ${next}`);
  }
}

/**
 * What texts have in common, the most frequent last. A single message packs to two thirds by it, so that
 * claim and grants fit into the kilobyte of one write unit. What was packed with another dictionary cannot be
 * read.
 */
const COMMON = [
  '"heldUntilMs":17,"outcome":{"atMs":17,"errcode":450,"errmsg":" rid: ","rid":"","reason":"rate"},',
  '"attempts":1,"retries":{"busy":1,"concurrent":1,"quota":1,"connection":1},"updatedAtMs":17,',
  '"fitted":[{"key":"","from":"","to":""}],"lang":"en_US","miniprogramState":"trial","phrase":',
  '"character_string":"number":"phone_number":"name":"time":"date":"年月日 :00","amount":"元","thing":"},',
  '"page":"pages/index?id=","sendAtMs":17,"dueAtMs":17,"dueEntries":[17],"hold":{"epoch":0}},',
  '"createdAtMs":17,"templateId":"',
].join('');

function dictionaryOf(openid: string): Buffer {
  return Buffer.from(`${COMMON}{"msg_0_${openid}":{"templateId":"","data":{"thing1":"`);
}

const NOTHING: PendingTexts = new Map();

/**
 * What was unpacked last, by user and packed text, because two users' texts may be packed alike. One step
 * unpacks the same texts several times, which takes 1.5 ms for 200 messages.
 */
const unpacked = new Map<string, PendingTexts>();
const MAX_UNPACKED = 20;

/** The texts of a ledger. @throws UnreadablePendingError */
export function unpackPending({ openid, waiting }: Ledger): PendingTexts {
  if (!waiting) return NOTHING;
  const key = `${openid} ${waiting}`;
  const known = unpacked.get(key);
  if (known) return known;
  const texts = unpack(openid, waiting);
  if (!texts) throw new UnreadablePendingError(openid);
  remember(key, texts);
  return texts;
}

function unpack(openid: string, waiting: string): PendingTexts | undefined {
  try {
    const packed = Buffer.from(waiting, 'base64');
    const texts: unknown = JSON.parse(
      inflateRawSync(packed, { dictionary: dictionaryOf(openid) }).toString(),
    );
    return typeof texts === 'object' && texts !== null ? new Map(Object.entries(texts)) : undefined;
  } catch {
    return undefined;
  }
}

function remember(key: string, texts: PendingTexts): void {
  const [oldest] = unpacked.keys();
  if (oldest !== undefined && unpacked.size >= MAX_UNPACKED) unpacked.delete(oldest);
  unpacked.set(key, texts);
}

/**
 * The ledger with other pending messages. Each write of the item carries all of them and is billed by its size:
 * 200 messages of varied text are 77 kB plain and 11 kB packed.
 */
export function packPending(ledger: Ledger, texts: PendingTexts): Ledger {
  if (texts.size === 0 && ledger.waiting === undefined) return ledger;
  // An empty text and no absent attribute: PartiQL has no form for taking one away.
  if (texts.size === 0) return { ...ledger, waiting: '' };
  const json = JSON.stringify(Object.fromEntries(texts));
  const packed = deflateRawSync(json, { dictionary: dictionaryOf(ledger.openid) });
  return { ...ledger, waiting: packed.toString('base64') };
}

/** The ledger without some messages, because they have records by now. */
export function withoutPending(ledger: Ledger, messageIds: readonly string[]): Ledger {
  const texts = unpackPending(ledger);
  if (!messageIds.some((id) => texts.has(id))) return ledger;
  return packPending(ledger, new Map([...texts].filter(([id]) => !messageIds.includes(id))));
}

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Ledger } from './ledger.ts';

/** What waits for a user by message id, in a form that only lib/messages/waiting-messages.ts reads. */
export type WaitingTexts = ReadonlyMap<string, unknown>;

/** Thrown when the attribute `waiting` of a user's item holds what this service did not write. */
export class UnreadableWaitingError extends Error {
  readonly code = 'unreadable-waiting';
  override readonly name = 'UnreadableWaitingError';
  constructor(openid: string, messageId?: string) {
    super(
      `What waits for the user ${openid} cannot be read${messageId === undefined ? '' : ` (${messageId})`}. Mend or delete the attribute "waiting" of their item.`,
    );
  }
}

const NOTHING: WaitingTexts = new Map();

/** What was unpacked last. One step looks into the same texts several times, which takes 1.5 ms for 200 messages. */
const unpacked = new Map<string, WaitingTexts>();
const MOST_UNPACKED = 20;

/** @throws UnreadableWaitingError */
export function unpackWaiting({ openid, waiting }: Ledger): WaitingTexts {
  if (!waiting) return NOTHING;
  const known = unpacked.get(waiting);
  if (known) return known;
  const texts = unpack(waiting);
  if (!texts) throw new UnreadableWaitingError(openid);
  remember(waiting, texts);
  return texts;
}

function unpack(waiting: string): WaitingTexts | undefined {
  try {
    const texts: unknown = JSON.parse(inflateRawSync(Buffer.from(waiting, 'base64')).toString());
    return typeof texts === 'object' && texts !== null ? new Map(Object.entries(texts)) : undefined;
  } catch {
    return undefined;
  }
}

function remember(waiting: string, texts: WaitingTexts): void {
  const [oldest] = unpacked.keys();
  if (oldest !== undefined && unpacked.size >= MOST_UNPACKED) unpacked.delete(oldest);
  unpacked.set(waiting, texts);
}

/**
 * The ledger with other texts waiting. Each write of the item carries all of them and is billed by its size: 200 messages of varied
 * text are 77 kB plain and 11 kB packed.
 */
export function packWaiting(ledger: Ledger, texts: WaitingTexts): Ledger {
  if (texts.size === 0 && ledger.waiting === undefined) return ledger;
  // An empty text and no absent attribute: PartiQL has no form for taking one away.
  if (texts.size === 0) return { ...ledger, waiting: '' };
  const packed = deflateRawSync(JSON.stringify(Object.fromEntries(texts))).toString('base64');
  return { ...ledger, waiting: packed };
}

/** The ledger without some messages, because they have records by now. */
export function withoutWaiting(ledger: Ledger, messageIds: readonly string[]): Ledger {
  const texts = unpackWaiting(ledger);
  if (!messageIds.some((id) => texts.has(id))) return ledger;
  return packWaiting(ledger, new Map([...texts].filter(([id]) => !messageIds.includes(id))));
}

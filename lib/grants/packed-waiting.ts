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

/** @throws UnreadableWaitingError */
export function unpackWaiting({ openid, waiting }: Ledger): WaitingTexts {
  if (!waiting) return new Map();
  try {
    const texts: unknown = JSON.parse(inflateRawSync(Buffer.from(waiting, 'base64')).toString());
    if (typeof texts === 'object' && texts !== null) return new Map(Object.entries(texts));
  } catch {
    // Not packed by us.
  }
  throw new UnreadableWaitingError(openid);
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

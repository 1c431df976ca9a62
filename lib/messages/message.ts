import * as v from 'valibot';
import { holdSchema } from '../grants/holds.ts';
import type { Claim } from '../grants/ledger.ts';
import { outgoingMessage } from '../sends/send-port.ts';
import {
  MESSAGE_STATES,
  type MessageState,
  outcomeSchema,
  retriesSchema,
  settledClaimSchema,
} from '../sends/send-record.ts';
import { count, instant, instants, storedObject } from '../stored-schemas.ts';
import { fittedValue } from '../templates/template.ts';

/**
 * One subscribe message to one user: in the user's item while it is pending, a record of its own once it has
 * ended.
 */
export const messageSchema = storedObject({
  id: v.string(),
  ...outgoingMessage.entries,
  /** Kept where the outcome of a send depends on it. */
  templateKind: v.exactOptional(v.picklist(['limited'])),
  state: v.picklist(MESSAGE_STATES),
  /** When the caller wants it to leave. */
  sendAtMs: instant,
  /** When the next attempt may leave: `sendAtMs` at first, later after a retry, `expiresAtMs` at the latest. */
  dueAtMs: instant,
  /** A newer message of the same user, template and key takes its place while it is pending. */
  collapseKey: v.exactOptional(v.string()),
  /** The id of the message that took its place. */
  collapsedInto: v.exactOptional(v.string()),
  /**
   * Until when the rate limit of all sending has held it back. Its time limit for other failures starts then.
   */
  heldUntilMs: v.exactOptional(instant),
  /** The moments of its due entries, earliest first. Each entry is written before the message lists it. */
  dueEntries: v.exactOptional(instants),
  /**
   * The grant that is set aside for it. Absent before the first attempt of one accepted with `hold: false`.
   */
  hold: v.exactOptional(holdSchema),
  /** Requests that left for WeChat. */
  attempts: count,
  retries: v.exactOptional(retriesSchema),
  createdAtMs: instant,
  updatedAtMs: instant,
  /** What fitting changed in its data. */
  fitted: v.exactOptional(v.pipe(v.array(fittedValue), v.readonly())),
  /** How the last claim ended. Whoever finds it still open in the ledger closes it accordingly. */
  lastClaim: v.exactOptional(settledClaimSchema),
  outcome: v.exactOptional(outcomeSchema),
  deliveredAtMs: v.exactOptional(instant),
});

/** One subscribe message to one user. */
export type Message = Readonly<v.InferOutput<typeof messageSchema>>;

/** The state as callers see it: `pending` told apart into waiting, handed over and being sent. */
export type MessageStatus = Exclude<MessageState, 'pending'> | 'scheduled' | 'queued' | 'sending';

/** When a message is looked at again that may leave from `nextAtMs` on: when it expires, if that is earlier. */
export function dueAgainAtMs(
  { expiresAtMs = Number.POSITIVE_INFINITY }: Pick<Message, 'expiresAtMs'>,
  nextAtMs: number,
): number {
  return Math.min(expiresAtMs, nextAtMs);
}

/** Whether the message may still be sent. */
export function isPending(message: Pick<Message, 'state'>): boolean {
  return message.state === 'pending';
}

/** The status that callers see. `claim` is the open claim of the user's ledger, if there is one. */
export function messageStatusOf(message: Message, claim: Claim | undefined, nowMs: number): MessageStatus {
  if (message.state !== 'pending') return message.state;
  if (claim?.sendId === message.id && message.lastClaim?.claimId !== claim.claimId) return 'sending';
  return message.sendAtMs > nowMs ? 'scheduled' : 'queued';
}

/** Makes a new message id for a user. */
export type NewMessageId = (openid: string) => string;

const MESSAGE_ID = /^msg_([0-9a-f]{32})_([A-Za-z0-9_-]{1,128})$/;

/**
 * Makes ids that callers take as opaque. They carry their user, so that a message is found without an index.
 * They begin with a UUID of version 7, so that they sort by the moment they were made.
 */
export function createMessageIds(newTimeOrderedUuid: () => string): NewMessageId {
  return (openid) => messageIdOf(newTimeOrderedUuid().replaceAll('-', ''), openid);
}

/** The id of a user's message by its own part. */
export function messageIdOf(stem: string, openid: string): string {
  return `msg_${stem}_${openid}`;
}

/** The user that a message id belongs to, or undefined for what is no message id of this service. */
export function openidOf(messageId: string): string | undefined {
  return MESSAGE_ID.exec(messageId)?.[2];
}

/** The part of a message id that does not name the user. */
export function stemOf(messageId: string): string {
  return MESSAGE_ID.exec(messageId)?.[1] ?? messageId;
}

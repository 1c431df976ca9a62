import type { BilingualText } from '../bilingual-text.ts';
import type { Hold } from '../grants/holds.ts';
import type { Claim, GrantEffect } from '../grants/ledger.ts';
import type { FittedValue } from '../templates/prepare-data.ts';

/** The builds of the mini program that a card can open (WeChat contract §3.1). */
export const MINIPROGRAM_STATES = ['developer', 'trial', 'formal'] as const;

/** Which build of the mini program a card opens. */
export type MiniprogramState = (typeof MINIPROGRAM_STATES)[number];

/** The languages that WeChat can show its part of the card in (WeChat contract §3.1). */
export const LANGUAGES = ['zh_CN', 'en_US', 'zh_HK', 'zh_TW'] as const;

/** The language that WeChat shows its part of the card in. */
export type Language = (typeof LANGUAGES)[number];

/** Where a message is in its life. `pending` covers everything before its end: it waits in its user's item and has no record. */
export type MessageState = 'pending' | 'sent' | 'delivered' | 'refused' | 'failed' | 'unknown' | 'canceled';

/** The same as callers see it: `pending` told apart into waiting, handed over and being sent. */
export type MessageStatus = Exclude<MessageState, 'pending'> | 'scheduled' | 'queued' | 'sending';

/** How a message ended, or how its last attempt did. */
export interface Outcome {
  readonly atMs: number;
  /** WeChat's errcode; absent when WeChat was not asked or did not answer. */
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly rid?: string;
  readonly msgid?: string;
  /** A stable slug that a program can branch on. */
  readonly reason: string;
  readonly remedy?: BilingualText;
}

/** Why a message is tried again: WeChat busy, another send to the user, minute rate, day's quota, no connection, or a gateway in between. */
export type RetryPolicyName = 'busy' | 'concurrent' | 'rate' | 'quota' | 'connection' | 'gateway';

/** One subscribe message to one user. */
export interface Message {
  readonly id: string;
  readonly openid: string;
  readonly templateId: string;
  readonly data: Readonly<Record<string, string>>;
  readonly page?: string;
  readonly miniprogramState: MiniprogramState;
  readonly lang: Language;
  readonly state: MessageState;
  /** When the caller wants it to leave. */
  readonly sendAtMs: number;
  /** When the next attempt may leave: `sendAtMs` at first, later after a retry. */
  readonly dueAtMs: number;
  /** Until when the rate limit of all sending has held it back; its own patience with other trouble begins then. */
  readonly heldUntilMs?: number;
  /** The moments of its due entries, earliest first. Each entry was written before the message listed it. */
  readonly dueEntries?: readonly number[];
  /** The grant that is set aside for it. Absent when it was booked with `hold: false` and has not been tried yet. */
  readonly hold?: Hold;
  /** Requests that left for WeChat. */
  readonly attempts: number;
  /** How often each retry policy has been used for it. */
  readonly retries?: Partial<Record<RetryPolicyName, number>>;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly fitted?: readonly FittedValue[];
  /** How the last claim ended, and the epoch of the grant it took. Whoever finds it still open in the ledger closes it accordingly. */
  readonly lastClaim?: { readonly claimId: string; readonly effect: GrantEffect; readonly epoch: number };
  readonly outcome?: Outcome;
  readonly deliveredAtMs?: number;
}

/** Whether the message may still be sent. */
export function isPending(message: Pick<Message, 'state'>): boolean {
  return message.state === 'pending';
}

/** The status that callers see. `claim` is the open claim of the user's ledger, if there is one. */
export function statusOf(message: Message, claim: Claim | undefined, nowMs: number): MessageStatus {
  if (message.state !== 'pending') return message.state;
  if (claim?.messageId === message.id && message.lastClaim?.claimId !== claim.claimId) return 'sending';
  return message.sendAtMs > nowMs ? 'scheduled' : 'queued';
}

/** Makes a new message id for a user. */
export type NewMessageId = (openid: string) => string;

const MESSAGE_ID = /^msg_([0-9a-f]{32})_([A-Za-z0-9_-]{1,128})$/;

/**
 * Message ids carry their user, so that a message is found by its id alone, without an index, and begin with a UUID of
 * version 7, so that they sort by the moment they were made. To callers they are opaque.
 */
export function createMessageIds(newTimeOrderedUuid: () => string): NewMessageId {
  return (openid) => messageIdOf(newTimeOrderedUuid().replaceAll('-', ''), openid);
}

/** The id of a user's message by its own part. */
export function messageIdOf(stem: string, openid: string): string {
  return `msg_${stem}_${openid}`;
}

/** The user that a message id belongs to, or undefined for what is no message id of ours. */
export function openidOf(messageId: string): string | undefined {
  return MESSAGE_ID.exec(messageId)?.[2];
}

/** The part of a message id that does not name the user. */
export function stemOf(messageId: string): string {
  return MESSAGE_ID.exec(messageId)?.[1] ?? messageId;
}

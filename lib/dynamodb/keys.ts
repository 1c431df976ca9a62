import { createHash } from 'node:crypto';
import type { Message } from '../messages/message.ts';
import type { MessageState } from '../sends/send-record.ts';
import type { Table } from './table.ts';

/** The key of an item. Every `pk` begins with the appid, so that several mini programs can share a table. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** The shards of the due index, the needs-attention index and an audience, so that no partition runs hot. */
export const SHARDS = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** The part that something belongs to. */
export function shardOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt8(0) % SHARDS.length;
}

/** Everything about one user stands together: the ledger, the messages and the marks of counted reports. */
export function userPartition({ appId }: Pick<Table, 'appId'>, openid: string): string {
  return `${appId}#user#${openid}`;
}

/** The mini program and the user that a partition of a user belongs to. */
export function userOf(pk: string): { appId: string; openid: string } {
  const [appId = '', openid = ''] = pk.split('#user#');
  return { appId, openid };
}

/** The mini program that a partition belongs to. */
export function appIdOfKey(pk: string): string {
  return pk.slice(0, Math.max(0, pk.indexOf('#')));
}

/** The ledger of a user. */
export function ledgerKey(table: Table, openid: string): Key {
  return { pk: userPartition(table, openid), sk: 'ledger' };
}

/** What the sort keys of messages begin with; they sort by the moment the message was made. */
export const MESSAGE_PREFIX = 'message#';

/** A message of a user. */
export function messageKey(table: Table, openid: string, messageId: string): Key {
  return { pk: userPartition(table, openid), sk: `${MESSAGE_PREFIX}${messageId}` };
}

/** What the sort keys of a user's service cards begin with. */
export const CARD_PREFIX = 'card#';

/** A service card of a user, by the part of its id that does not name them. */
export function cardKey(table: Table, openid: string, stem: string): Key {
  return { pk: userPartition(table, openid), sk: `${CARD_PREFIX}${stem}` };
}

/** What the sort keys of marks begin with that no longer have room in their user's ledger. */
export const EARLIER_MARKS_PREFIX = 'counted#';

/** Marks that left the ledger together, by the version of the item that they stand in. */
export function earlierMarksKey(table: Table, openid: string, version: string): Key {
  return { pk: userPartition(table, openid), sk: `${EARLIER_MARKS_PREFIX}${version}` };
}

/** The message that an idempotency key stands for. The key is hashed: callers may put anything into it. */
export function idempotencyKey({ appId }: Table, scope: string, key: string): Key {
  return { pk: idempotencyPartition({ appId }, scope), sk: createHash('sha256').update(key).digest('hex') };
}

/** All idempotency keys of one API key or one user. */
export function idempotencyPartition({ appId }: Pick<Table, 'appId'>, scope: string): string {
  return `${appId}#idempotency#${scope}`;
}

/** One part of a template's audience: the users who ever answered for it. */
export function audiencePartition(
  { appId }: Pick<Table, 'appId'>,
  templateId: string,
  shard: number,
): string {
  return `${appId}#audience#${templateId}#${shard}`;
}

/** A user's place in the audience of a template. */
export function audienceKey(table: Table, templateId: string, openid: string): Key {
  return { pk: audiencePartition(table, templateId, shardOf(openid)), sk: openid };
}

/** The access token of a mini program, with the lease under which it is fetched. */
export function accessTokenKey({ appId }: Pick<Table, 'appId'>): Key {
  return { pk: `${appId}#token`, sk: 'access-token' };
}

/** The rate limit of all sending of a mini program. */
export function rateLimitKey({ appId }: Pick<Table, 'appId'>): Key {
  return { pk: `${appId}#rate-limit`, sk: 'rate-limit' };
}

/** One shard of the due index. */
export function duePartition({ appId }: Pick<Table, 'appId'>, shard: number): string {
  return `${appId}#due#${shard}`;
}

/** An entry of the due index; entries sort by the moment they are due. */
export function dueEntryKey(table: Pick<Table, 'appId'>, messageId: string, dueAtMs: number): Key {
  return { pk: duePartition(table, shardOf(messageId)), sk: `${sortableMoment(dueAtMs)}#${messageId}` };
}

/** A moment as sort keys begin with it: sixteen digits hold every time that there is. */
export function sortableMoment(atMs: number): string {
  return String(atMs).padStart(16, '0');
}

/** The last moment that a date of JavaScript can hold. */
export const LAST_MOMENT_MS = 8_640_000_000_000_000;

/** All changes that operators made. */
export function auditPartition({ appId }: Pick<Table, 'appId'>): string {
  return `${appId}#audit`;
}

/** A change that an operator made; changes sort by their moment. */
export function auditKey(table: Pick<Table, 'appId'>, atMs: number, requestId: string): Key {
  return { pk: auditPartition(table), sk: `${sortableMoment(atMs)}#${requestId}` };
}

/** How messages end that did not arrive. Those stand in the needs-attention index. */
type UndeliveredState = Extract<MessageState, 'refused' | 'failed' | 'unknown'>;

/** One shard of the messages in the needs-attention index that ended so. */
export function undeliveredPartition({ appId }: Table, state: UndeliveredState, shard: number): string {
  return `${appId}#${state}#${shard}`;
}

/** What puts a record into the needs-attention index; nothing for a message that arrived. */
export function undeliveredAttributes(
  table: Table,
  { id, state, outcome, updatedAtMs }: Message,
): { attentionPk?: string; attentionSk?: string } {
  if (state !== 'refused' && state !== 'failed' && state !== 'unknown') return {};
  return {
    attentionPk: undeliveredPartition(table, state, shardOf(id)),
    // With its id behind the moment, so that no two messages have the same place and a page can end anywhere.
    attentionSk: `${sortableMoment(outcome?.atMs ?? updatedAtMs)}#${id}`,
  };
}

/** All templates of which there are statistics. */
export function statisticsPartition({ appId }: Pick<Table, 'appId'>): string {
  return `${appId}#statistics`;
}

/** Earlier versions added to one of four counters, `#0` to `#3`; reading sums them. */
const COUNTER = '#0';

/** The grants that are left of a template. */
export function gaugeKey(table: Pick<Table, 'appId'>, templateId: string): Key {
  return { pk: statisticsPartition(table), sk: `${templateId}${COUNTER}` };
}

/** All time buckets of a template. */
export function bucketsPartition(table: Pick<Table, 'appId'>, templateId: string): string {
  return `${statisticsPartition(table)}#${templateId}`;
}

/** The statistics of a template for the time bucket that begins then. */
export function bucketKey(table: Pick<Table, 'appId'>, templateId: string, startsAtMs: number): Key {
  return { pk: bucketsPartition(table, templateId), sk: `${sortableMoment(startsAtMs)}${COUNTER}` };
}

/** Where earlier versions marked what they had counted of the changes of one moment. */
export function statisticsMarkKey(
  table: Pick<Table, 'appId'>,
  change: { readonly id: string; readonly atMs: number },
): Key {
  return {
    pk: `${statisticsPartition(table)}-counted#${change.atMs}#${shardOf(change.id)}`,
    sk: 'marks',
  };
}

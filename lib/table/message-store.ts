import { QueryCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { findRecipientSend } from '../campaigns/runs/find-recipient-send.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Message } from '../messages/message.ts';
import { openidOf } from '../messages/message-id.ts';
import type {
  Change,
  IdempotencyRecord,
  MessageStore,
  MessageWithLedger,
  Page,
} from '../messages/message-store.ts';
import { isOnlyWaiting, messageWithLedger, withWaiting } from '../messages/waiting-messages.ts';
import type { Stored } from '../stored.ts';
import { toAttributes } from './attributes.ts';
import type { Table } from './client.ts';
import { type ConditionalPut, getItem, putAll, readItem } from './items.ts';
import { idempotencyKey, ledgerKey, MESSAGE_PREFIX, messageKey, userPartition } from './keys.ts';
import { createRunStore } from './run-store.ts';
import type { ReadItem } from './shared-reads.ts';
import type { WriteItem } from './shared-writes.ts';
import { type NewVersion, putLedger, putMessage, toLedger, toMessage, toMessages } from './versioned.ts';

const idempotencyItem = v.object({
  scope: v.string(),
  key: v.string(),
  bodyHash: v.string(),
  messageId: v.string(),
  expiresAtMs: v.number(),
});

/** What the store needs beside its table. */
export interface MessageStoreOptions {
  readonly newVersion: NewVersion;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How messages and ledgers are read; by default each by a call of its own. */
  readonly read?: ReadItem;
  /** How a change of one item alone is written; by default by a call of its own. */
  readonly write?: WriteItem;
}

/** Messages in DynamoDB, each in its user's partition beside the ledger. */
export function createMessageStore(table: Table, options: MessageStoreOptions): MessageStore {
  const { newVersion, clock, logger } = options;
  const { read = (key) => getItem(table, key), write = (put) => putAll(table, [put]) } = options;
  const runs = createRunStore(table, { newVersion, logger });
  return {
    load: (messageId) => loadWithLedger(table, read, messageId),

    findOtherSend: (id) => findRecipientSend({ runs, clock }, id),

    async loadLedger(openid) {
      return toLedger(openid, await read(ledgerKey(table, openid)));
    },

    commit({ ledger, message, idempotency }: Change) {
      const puts = [
        ...(ledger ? [putLedger(table, ledger, newVersion)] : []),
        ...(message ? [putMessage(table, message, newVersion)] : []),
        ...(idempotency ? [putIdempotency(table, idempotency, clock())] : []),
      ];
      const [only, ...more] = puts;
      return only && more.length === 0 ? write(only) : putAll(table, puts);
    },

    async findIdempotency(scope, key) {
      const item = await getItem(table, idempotencyKey(table, scope, key));
      return item && v.parse(idempotencyItem, item);
    },

    async listOfUser(openid, limit, after) {
      // The ledger first: a message that it keeps may get a record of its own in between, and is then found there.
      const ledger = toLedger(openid, await read(ledgerKey(table, openid)));
      const page = await recordedOfUser(table, logger, openid, limit, after);
      return withWaiting(page, ledger.value, limit, after);
    },
  };
}

/** One page of the messages that have records of their own. */
async function recordedOfUser(
  table: Table,
  logger: Logger,
  openid: string,
  limit: number,
  after: string | undefined,
): Promise<Page<Stored<Message>>> {
  const { Items = [], LastEvaluatedKey } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: toAttributes({
        ':pk': userPartition(table, openid),
        ':prefix': MESSAGE_PREFIX,
      }),
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: limit,
      ...(after === undefined ? {} : { ExclusiveStartKey: toAttributes(messageKey(table, openid, after)) }),
    }),
  );
  const items = toMessages(Items.map(readItem), logger);
  const last = LastEvaluatedKey && readItem(LastEvaluatedKey)['sk'];
  return { items, ...(typeof last === 'string' ? { next: last.slice(MESSAGE_PREFIX.length) } : {}) };
}

async function loadWithLedger(table: Table, read: ReadItem, messageId: string): Promise<MessageWithLedger> {
  const openid = openidOf(messageId);
  if (openid === undefined) return { message: undefined, ledger: toLedger('', undefined) };
  // One after the other: were the message read first, it could end, and its claim be closed, before the ledger is read.
  const ledger = toLedger(openid, await read(ledgerKey(table, openid)));
  if (isOnlyWaiting(ledger.value, messageId)) return messageWithLedger(messageId, undefined, ledger);
  const message = await read(messageKey(table, openid, messageId));
  return messageWithLedger(messageId, message && toMessage(message), ledger);
}

/** A record whose time is over does not bind, even while DynamoDB has not deleted it yet. */
function putIdempotency(table: Table, record: IdempotencyRecord, nowMs: number): ConditionalPut {
  return {
    item: {
      ...idempotencyKey(table, record.scope, record.key),
      ...record,
      expiresAt: Math.ceil(record.expiresAtMs / 1000),
    },
    condition: 'attribute_not_exists(pk) OR expiresAtMs <= :now',
    values: { ':now': nowMs },
  };
}

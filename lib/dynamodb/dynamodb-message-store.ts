import { findSend } from '../campaigns/runs/find-send.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { openidOf } from '../messages/message.ts';
import type { Change, MessageStore } from '../messages/message-store.ts';
import { readMessage, withPending } from '../messages/pending-messages.ts';
import type { ReadItem } from './batched-reads.ts';
import type { WriteItem } from './batched-writes.ts';
import { createRunStore } from './dynamodb-run-store.ts';
import { getItem, putAtomically } from './items.ts';
import { ledgerKey, MESSAGE_PREFIX, messageKey, userPartition } from './keys.ts';
import { listItems } from './queries.ts';
import type { Table } from './table.ts';
import { type NewVersion, putLedger, putMessage, readable, toLedger, toMessage } from './versioned-items.ts';

interface MessageStoreOptions {
  readonly newVersion: NewVersion;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How messages and ledgers are read; by default each by a call of its own. */
  readonly read?: ReadItem;
  /** How a change of one item alone is written; by default by a call of its own. */
  readonly write?: WriteItem;
}

/**
 * Messages in DynamoDB: in their user's item while they are pending, and with records beside it once they have
 * ended.
 */
export function createMessageStore(table: Table, options: MessageStoreOptions): MessageStore {
  const { newVersion, clock, logger } = options;
  const { read = (key) => getItem(table, key), write = (put) => putAtomically(table, [put]) } = options;
  const runs = createRunStore(table, { newVersion, logger });
  const store: MessageStore = {
    async load(messageId) {
      const openid = openidOf(messageId);
      if (openid === undefined) return { message: undefined, ledger: toLedger('', undefined) };
      // One after the other: were the message read first, it could end, and its claim be closed, before the
      // ledger is read.
      const ledger = await store.loadLedger(openid);
      return { ledger, message: await readMessage(store, messageId, ledger.value) };
    },

    findSend: (id, ledger) => findSend({ runs, store, clock }, id, ledger),

    async loadLedger(openid) {
      return toLedger(openid, await read(ledgerKey(table, openid)));
    },

    async loadRecord(messageId) {
      const openid = openidOf(messageId);
      const item = openid === undefined ? undefined : await read(messageKey(table, openid, messageId));
      return item && toMessage(item);
    },

    commit({ ledger, records = [] }: Change) {
      const puts = [
        ...(ledger ? [putLedger(table, ledger, newVersion)] : []),
        ...records.map((record) => putMessage(table, record, newVersion)),
      ];
      const [only, ...more] = puts;
      return only && more.length === 0 ? write(only) : putAtomically(table, puts);
    },

    async listOfUser(openid, limit, after) {
      // The ledger first: a pending message may get its record in between, and is then found there.
      const ledger = toLedger(openid, await read(ledgerKey(table, openid)));
      const pk = userPartition(table, openid);
      const page = await listItems(table, { pk, prefix: MESSAGE_PREFIX, limit, after });
      const recorded = { ...page, items: readable(page.items, toMessage, logger) };
      return withPending(recorded, ledger.value, limit, after);
    },
  };
  return store;
}

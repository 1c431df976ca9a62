import { randomUUID } from 'node:crypto';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { v7 as uuidV7 } from 'uuid';
import { dueEntryItem } from '../lib/dynamodb/dynamodb-due-index.ts';
import type { Table } from '../lib/dynamodb/table.ts';
import { putLedger, putMessage } from '../lib/dynamodb/versioned-items.ts';
import { emptyLedger, type Ledger } from '../lib/grants/ledger.ts';
import { recordReport } from '../lib/grants/report-grants.ts';
import { acceptMessage } from '../lib/messages/accept-message.ts';
import { createMessageIds, type Message } from '../lib/messages/message.ts';
import type { MessageStore } from '../lib/messages/message-store.ts';
import { findPending } from '../lib/messages/pending-messages.ts';
import type { DueEntry } from '../lib/messages/send-job.ts';
import { DATA, TEMPLATE_ID } from './senders/message.ts';

const ITEMS_PER_CALL = 25;
const CALLS_AT_ONCE = 16;
const newMessageId = createMessageIds(uuidV7);

/** An openid as long as WeChat's. */
export function newOpenid(): string {
  return `o${randomUUID().replaceAll('-', '').slice(0, 27)}`;
}

/** A user's ledger after so many allowed messages. */
export function grantedLedger(openid: string, templateId: string, taps: number, nowMs: number): Ledger {
  let ledger = emptyLedger(openid);
  for (let tap = 0; tap < taps; tap++) {
    ledger = recordReport(
      ledger,
      { results: { [templateId]: 'accept' }, silent: [] },
      { authority: 'client', kindOf: () => 'one-time', nowMs },
    );
  }
  return ledger;
}

/** Messages that the service has accepted, each of a user of its own unless `openidOf` says otherwise, straight in the table. Answers their ids. */
export async function seedMessages(
  table: Table,
  count: number,
  options: {
    sendAtMs?: (index: number) => number;
    openidOf?: (index: number) => string;
    /** Leaves out what a measurement does not look at: all but due entries; or writes records of messages that were sent. */
    only?: 'entries' | 'records';
  } = {},
): Promise<readonly string[]> {
  const ids: string[] = [];
  const pages = Math.ceil(count / 1_000);
  for (let page = 0; page < pages; page++) {
    const size = Math.min(1_000, count - page * 1_000);
    const accepted = await Promise.all(
      Array.from({ length: size }, (_, n) => {
        const index = page * 1_000 + n;
        const openid = options.openidOf?.(index) ?? newOpenid();
        return accept(openid, options.sendAtMs?.(index));
      }),
    );
    ids.push(...accepted.map(({ message }) => message.id));
    await writeItems(
      table,
      accepted.flatMap(({ ledger, message, entry }) => {
        if (options.only === 'records') {
          const sent = { ...message, state: 'sent' as const, attempts: 1 };
          return [putMessage(table, { value: sent, version: undefined }, randomUUID).item];
        }
        return [
          ...(entry ? [dueEntryItem(table, entry)] : []),
          ...(options.only === undefined
            ? [putLedger(table, { value: ledger, version: undefined }, randomUUID).item]
            : []),
        ];
      }),
    );
  }
  return ids;
}

/** What the service writes when it accepts a message of a user who allowed one. */
async function accept(
  openid: string,
  sendAtMs?: number,
): Promise<{ message: Message; ledger: Ledger; entry: DueEntry | undefined }> {
  const nowMs = Date.now();
  let ledger = grantedLedger(openid, TEMPLATE_ID, 1, nowMs);
  let entry: DueEntry | undefined;
  const nothing = () => Promise.reject(new Error('Accepting reads nothing but the ledger.'));
  const store: MessageStore = {
    loadLedger: async () => ({ value: ledger, version: undefined }),
    commit: async (change) => {
      ledger = change.ledger?.value ?? ledger;
      return 'committed';
    },
    load: nothing,
    loadRecord: nothing,
    findSend: nothing,
    listOfUser: nothing,
  };
  const result = await acceptMessage(
    {
      store,
      keys: { find: nothing, bind: nothing },
      newMessageId,
      enqueue: async () => undefined,
      dueEntries: {
        put: async (put) => {
          entry = put;
        },
      },
      clock: () => nowMs,
      sleep: async () => undefined,
      random: Math.random,
    },
    {
      openid,
      templateId: TEMPLATE_ID,
      templateKind: 'one-time',
      data: DATA,
      fitted: [],
      page: 'pages/item?id=1',
      miniprogramState: 'formal',
      lang: 'zh_CN',
      hold: true,
      ...(sendAtMs !== undefined && { sendAtMs }),
    },
  );
  if (!('message' in result)) throw new Error(`A message to seed was not accepted: ${result.type}.`);
  const message = findPending(ledger, result.message.id);
  if (!message) throw new Error('A message to seed does not wait in its item.');
  return { message, ledger, entry };
}

/** Writes items as they are, many at a time. */
export async function writeItems(table: Table, items: readonly object[]): Promise<void> {
  const calls = Array.from({ length: Math.ceil(items.length / ITEMS_PER_CALL) }, (_, n) =>
    items.slice(n * ITEMS_PER_CALL, (n + 1) * ITEMS_PER_CALL),
  ).values();
  const lane = async () => {
    for (const batch of calls) await writeBatch(table, batch);
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, lane));
}

async function writeBatch({ client, name }: Table, items: readonly object[]): Promise<void> {
  const pending = items.map((item) => ({
    PutRequest: { Item: marshall(item, { removeUndefinedValues: true }) },
  }));
  await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: pending } }));
}

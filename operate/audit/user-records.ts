import { getItem, type Item, readItem } from '../../lib/dynamodb/items.ts';
import { ledgerKey, MESSAGE_PREFIX, userOf, userPartition } from '../../lib/dynamodb/keys.ts';
import { queryPages, under } from '../../lib/dynamodb/queries.ts';
import { type Table, toAttributes } from '../../lib/dynamodb/table.ts';
import { toLedger, toMessage, UnreadableItemError } from '../../lib/dynamodb/versioned-items.ts';
import { emptyLedger, type Ledger } from '../../lib/grants/ledger.ts';
import { UnreadablePendingError } from '../../lib/grants/packed-pending-messages.ts';
import type { Message } from '../../lib/messages/message.ts';
import { listPending } from '../../lib/messages/pending-messages.ts';
import { scanPages } from '../scan-pages.ts';
import type { AuditedMessage } from './audit-user.ts';

/** Everything that is stored of one user's grants and messages. */
export interface UserRecords {
  readonly appId: string;
  readonly openid: string;
  readonly ledger: Ledger;
  readonly ledgerVersion: string | undefined;
  readonly messages: readonly AuditedMessage[];
  /** A sentence for each item that cannot be read. */
  readonly unreadable: readonly string[];
}

/**
 * Reads one of `segments` equal parts of the table, user by user, in pages; without `appId` the users of every mini program
 * in it. Only one user's records are in memory at a time: a scan returns the items of one partition key one after another.
 * What is written meanwhile may be missed or half seen ({@link readUser} reads it again).
 */
export async function* scanUsers(
  { client, name }: Pick<Table, 'client' | 'name'>,
  options: { appId?: string; segment: number; segments: number },
): AsyncGenerator<UserRecords> {
  const { appId, segment, segments } = options;
  const pages = scanPages(
    { client },
    {
      TableName: name,
      Segment: segment,
      TotalSegments: segments,
      FilterExpression: `${appId === undefined ? 'contains' : 'begins_with'}(pk, :users) AND (sk = :ledger OR begins_with(sk, :messages))`,
      ExpressionAttributeValues: toAttributes({
        ':users': userPartition({ appId: appId ?? '' }, ''),
        ':ledger': 'ledger',
        ':messages': MESSAGE_PREFIX,
      }),
    },
  );
  let pk: unknown;
  let items: Collected | undefined;
  for await (const { Items = [] } of pages) {
    for (const item of Items.map(readItem)) {
      if (item['pk'] !== pk) {
        if (items) yield withWaiting(items);
        pk = item['pk'];
        items = collected(String(pk));
      }
      if (items) add(items, item);
    }
  }
  if (items) yield withWaiting(items);
}

const TIMES = 5;

/**
 * Reads one user's records as they stand together at one moment, and with them what `readMore` reads of the same user elsewhere, by
 * reading until the ledger did not change meanwhile; undefined when it never stood still.
 */
export async function readUser<More>(
  table: Table,
  openid: string,
  readMore: (ledger: Ledger) => Promise<More>,
): Promise<(UserRecords & { readonly more: More }) | undefined> {
  for (let time = 0; time < TIMES; time++) {
    const records = await readOnce(table, openid);
    const more = await readMore(records.ledger);
    const ledger = await getItem(table, ledgerKey(table, openid));
    if (versionOf(ledger) === records.ledgerVersion) return { ...records, more };
  }
  return undefined;
}

async function readOnce(table: Table, openid: string): Promise<UserRecords> {
  const pk = userPartition(table, openid);
  const records = collected(pk);
  // The ledger first: a claim must have been read no later than its message.
  const ledger = await getItem(table, ledgerKey(table, openid));
  if (ledger) add(records, ledger);
  for await (const { items } of queryPages(table, under(pk, MESSAGE_PREFIX))) {
    for (const item of items) add(records, item);
  }
  return withWaiting(records);
}

interface Collected extends UserRecords {
  ledger: Ledger;
  ledgerVersion: string | undefined;
  readonly messages: AuditedMessage[];
  readonly unreadable: string[];
}

function collected(pk: string): Collected {
  const { appId, openid } = userOf(pk);
  return {
    appId,
    openid,
    ledger: emptyLedger(openid),
    ledgerVersion: undefined,
    messages: [],
    unreadable: [],
  };
}

function add(records: Collected, item: Item): void {
  try {
    if (item['sk'] === 'ledger') {
      records.ledgerVersion = versionOf(item);
      records.ledger = toLedger(records.openid, item).value;
    } else {
      records.messages.push(audited(toMessage(item).value));
    }
  } catch (error) {
    if (!(error instanceof UnreadableItemError)) throw error;
    records.unreadable.push(error.message);
  }
}

/** With the messages that wait in the ledger and have no record. */
function withWaiting(records: Collected): UserRecords {
  try {
    const recorded = new Set(records.messages.map(({ id }) => id));
    records.messages.push(...listPending(records.ledger, recorded).map(audited));
  } catch (error) {
    if (!(error instanceof UnreadablePendingError)) throw error;
    records.unreadable.push(error.message);
  }
  return records;
}

/** What an audit needs of a message, so that a user's thousands fit into memory. */
function audited({
  id,
  templateId,
  device,
  state,
  hold,
  lastClaim,
  dueAtMs,
  heldUntilMs,
}: Message): AuditedMessage {
  return {
    id,
    templateId,
    ...(device && { device }),
    state,
    dueAtMs,
    ...(hold && { hold }),
    ...(lastClaim && { lastClaim }),
    ...(heldUntilMs !== undefined && { heldUntilMs }),
  };
}

function versionOf(item: Item | undefined): string | undefined {
  return item && String(item['version']);
}

import { DeleteItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { eachLimit } from '../each-limit.ts';
import type { Ledger } from '../grants/ledger.ts';
import { settledClaimSchema } from '../sends/send-record.ts';
import type { Belongings, UserEraser } from '../users/erase-user.ts';
import { updated, type Versioned } from '../versioned.ts';
import { deleteItems } from './delete-items.ts';
import { type Item, isWritten, keyOf, putRequest, writeAtomically } from './items.ts';
import {
  audienceKey,
  CARD_PREFIX,
  dueEntryKey,
  idempotencyPartition,
  type Key,
  ledgerKey,
  MESSAGE_PREFIX,
  userPartition,
} from './keys.ts';
import { queryItems, under } from './queries.ts';
import { type Table, toAttributes } from './table.ts';
import { type NewVersion, putLedger } from './versioned-items.ts';

/** Erases users from DynamoDB. */
export function createUserEraser(
  table: Table,
  { newVersion }: { readonly newVersion: NewVersion },
): UserEraser {
  return {
    listBelongings: (openid) => listBelongings(table, openid),

    leaveAudiences: (openid, templateIds) =>
      deleteItems(
        table,
        templateIds.map((templateId) => audienceKey(table, templateId, openid)),
      ),

    shrinkLedger(read, left, entries) {
      const deletions = entries.map(
        ({ messageId, dueAtMs }): TransactWriteItem => ({
          Delete: { TableName: table.name, Key: toAttributes(dueEntryKey(table, messageId, dueAtMs)) },
        }),
      );
      const write: TransactWriteItem =
        left === undefined
          ? { Delete: deletionOf(table, read) }
          : { Put: putRequest(table.name, putLedger(table, updated(read, left), newVersion)) };
      return writeAtomically(table, [write, ...deletions]);
    },
  };
}

function deletionOf(table: Table, { value, version }: Versioned<Ledger>) {
  return {
    TableName: table.name,
    Key: toAttributes(ledgerKey(table, value.openid)),
    ConditionExpression: 'version = :version',
    ExpressionAttributeValues: toAttributes({ ':version': version }),
  };
}

/** Of a record, what tells when a sender may write it again, and where its due entries are. */
const record = v.object({
  updatedAtMs: v.number(),
  lastClaim: v.exactOptional(settledClaimSchema),
  dueEntries: v.exactOptional(v.array(v.number()), []),
});

/** All under the user's partition key but the ledger, and the idempotency keys of their own. */
async function listBelongings(table: Table, openid: string): Promise<Belongings> {
  const records: Belongings['records'][number][] = [];
  const recordKeys: Key[] = [];
  const cardKeys: Key[] = [];
  const entries: Key[] = [];
  const others = [...(await itemsUnder(table, idempotencyPartition(table, `user:${openid}`)))];
  for (const item of await itemsUnder(table, userPartition(table, openid))) {
    if (String(item['sk']).startsWith(CARD_PREFIX)) {
      cardKeys.push(keyOf(item));
      continue;
    }
    const id = messageIdOf(item);
    if (id === undefined) {
      if (item['sk'] !== 'ledger') others.push(item);
      continue;
    }
    const { success, output } = v.safeParse(record, item);
    const { dueEntries, ...rest } = success ? output : { updatedAtMs: 0, dueEntries: [] };
    records.push({ id, ...rest });
    recordKeys.push(keyOf(item));
    entries.push(...dueEntries.map((dueAtMs) => dueEntryKey(table, id, dueAtMs)));
  }
  return {
    records,
    cards: cardKeys.length,
    async erase() {
      // As they are by now: whoever changes a card writes over the version that was read, so none comes back.
      await deleteItems(table, cardKeys);
      // Before the records, which alone say where they are.
      await deleteItems(table, entries);
      await deleteItems(table, recordKeys);
      await deleteUnchanged(table, others);
    },
  };
}

/** The items under a partition key, with what listing looks at. */
function itemsUnder(table: Table, pk: string): Promise<readonly Item[]> {
  const ProjectionExpression = 'pk, sk, version, updatedAtMs, lastClaim, dueEntries';
  return queryItems(table, { ...under(pk), ProjectionExpression });
}

function messageIdOf({ sk }: Item): string | undefined {
  return String(sk).startsWith(MESSAGE_PREFIX) ? String(sk).slice(MESSAGE_PREFIX.length) : undefined;
}

const DELETIONS_AT_ONCE = 25;

/**
 * Deletes items that are as they were listed: a mark or a key of the same name may have been written anew
 * since, and counts.
 */
async function deleteUnchanged({ client, name: TableName }: Table, items: readonly Item[]): Promise<void> {
  await eachLimit({
    items,
    limit: DELETIONS_AT_ONCE,
    work: async (item) => {
      const request = new DeleteItemCommand({
        TableName,
        Key: toAttributes(keyOf(item)),
        ConditionExpression: 'version = :version OR attribute_not_exists(version)',
        ExpressionAttributeValues: toAttributes({ ':version': String(item['version']) }),
      });
      await isWritten(client.send(request));
    },
  });
}

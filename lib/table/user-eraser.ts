import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Ledger } from '../grants/ledger.ts';
import { isFarAhead } from '../messages/send-job.ts';
import { waitingBeside } from '../messages/waiting-messages.ts';
import type { Stored } from '../stored.ts';
import type { UserEraser } from '../users/erase-user.ts';
import { toAttributes } from './attributes.ts';
import type { Table } from './client.ts';
import { deleteItems, keysUnder } from './delete-items.ts';
import { type Item, readItem, writeTogether } from './items.ts';
import {
  audienceKey,
  bookedNoteKey,
  idempotencyPartition,
  type Key,
  ledgerKey,
  MESSAGE_PREFIX,
  userPartition,
} from './keys.ts';
import { queryPages } from './pages.ts';

/** Erases users from DynamoDB. */
export function createUserEraser(table: Table): UserEraser {
  return {
    deleteLedger: (ledger) => deleteLedger(table, ledger),

    leaveAudiences: (openid, templateIds) =>
      deleteItems(
        table,
        templateIds.map((templateId) => audienceKey(table, templateId, openid)),
      ),

    async deleteRest(openid) {
      const idempotency: Key[] = [];
      for await (const key of keysUnder(table, idempotencyPartition(table, `user:${openid}`)))
        idempotency.push(key);
      await deleteItems(table, idempotency);
      return deleteButLedger(table, userPartition(table, openid));
    },
  };
}

/** With the notes of the booked messages that the ledger keeps, in one step: they name the user, and the ledger alone says where they are. */
async function deleteLedger(
  table: Table,
  { value, version }: Stored<Ledger>,
): Promise<'committed' | 'conflict'> {
  const TableName = table.name;
  const Delete = {
    TableName,
    Key: toAttributes(ledgerKey(table, value.openid)),
    // Gone already: a repeat of this very call, whose answer was lost.
    ConditionExpression: 'attribute_not_exists(pk) OR version = :version',
    ExpressionAttributeValues: toAttributes({ ':version': version }),
  };
  const notes = waitingBeside(value)
    .filter(isFarAhead)
    .map(
      ({ id, sendAtMs }): TransactWriteItem => ({
        Delete: { TableName, Key: toAttributes(bookedNoteKey(table, id, sendAtMs)) },
      }),
    );
  if (notes.length > 0) return writeTogether(table, [{ Delete }, ...notes]);
  try {
    await table.client.send(new DeleteItemCommand(Delete));
    return 'committed';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'conflict';
    throw error;
  }
}

const message = v.object({ sendAtMs: v.number(), createdAtMs: v.number() });

/** Deletes everything under one partition key but a ledger, which may be a new one by now. Returns the ids of the messages among it. */
async function deleteButLedger(table: Table, pk: string): Promise<readonly string[]> {
  const query = {
    TableName: table.name,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: toAttributes({ ':pk': pk }),
    ProjectionExpression: 'pk, sk, sendAtMs, createdAtMs',
    ConsistentRead: true,
  };
  const ids: string[] = [];
  for await (const { Items = [] } of queryPages(table, query)) {
    const items = Items.map(readItem).filter(({ sk }) => sk !== 'ledger');
    const keys = items.map(({ sk }) => ({ pk, sk: String(sk) }));
    await deleteItems(table, [...items.flatMap((item) => noteOf(table, item)), ...keys]);
    ids.push(...items.flatMap((item) => messageIdOf(item) ?? []));
  }
  return ids;
}

function messageIdOf({ sk }: Item): string | undefined {
  return String(sk).startsWith(MESSAGE_PREFIX) ? String(sk).slice(MESSAGE_PREFIX.length) : undefined;
}

/** The note of a message that was booked far ahead, which may be there still though the message has ended. */
function noteOf(table: Table, item: Item): readonly Key[] {
  const id = messageIdOf(item);
  const { success, output } = v.safeParse(message, item);
  return id !== undefined && success && isFarAhead(output) ? [bookedNoteKey(table, id, output.sendAtMs)] : [];
}

import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { UserEraser } from '../users/erase-user.ts';
import type { Table } from './client.ts';
import { readItem } from './items.ts';
import {
  audienceKey,
  idempotencyPartition,
  type Key,
  ledgerKey,
  MESSAGE_PREFIX,
  userPartition,
} from './keys.ts';

const ITEMS_PER_BATCH = 25;

/** Erases users from DynamoDB. */
export function createUserEraser(table: Table): UserEraser {
  return {
    async deleteLedger({ value, version }) {
      try {
        await table.client.send(
          new DeleteItemCommand({
            TableName: table.name,
            Key: marshall(ledgerKey(table, value.openid)),
            // Gone already: a repeat of this very call, whose answer was lost.
            ConditionExpression: 'attribute_not_exists(pk) OR version = :version',
            ExpressionAttributeValues: marshall({ ':version': version }),
          }),
        );
        return 'committed';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'conflict';
        throw error;
      }
    },

    leaveAudiences: (openid, templateIds) =>
      deleteAll(
        table,
        templateIds.map((templateId) => audienceKey(table, templateId, openid)),
      ),

    async deleteRest(openid) {
      await deletePartition(table, idempotencyPartition(table, `user:${openid}`));
      return deletePartition(table, userPartition(table, openid));
    },
  };
}

/** Deletes everything under one partition key but a ledger, which may be a new one by now. Returns how many messages there were. */
async function deletePartition(table: Table, pk: string): Promise<number> {
  const query = {
    TableName: table.name,
    KeyConditionExpression: 'pk = :pk',
    ProjectionExpression: 'pk, sk',
    ExpressionAttributeValues: marshall({ ':pk': pk }),
    ConsistentRead: true,
  };
  let messages = 0;
  for await (const { Items = [] } of paginateQuery({ client: table.client }, query)) {
    const keys = Items.map(readItem)
      .map(({ sk }) => ({ pk, sk: String(sk) }))
      .filter(({ sk }) => sk !== 'ledger');
    await deleteAll(table, keys);
    messages += keys.filter(({ sk }) => sk.startsWith(MESSAGE_PREFIX)).length;
  }
  return messages;
}

async function deleteAll({ client, name }: Table, keys: readonly Key[]): Promise<void> {
  let pending = keys.map((key) => ({ DeleteRequest: { Key: marshall(key) } }));
  while (pending.length > 0) {
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [name]: pending.slice(0, ITEMS_PER_BATCH) } }),
    );
    const unprocessed = (UnprocessedItems?.[name] ?? []).flatMap(({ DeleteRequest }) =>
      DeleteRequest?.Key ? [{ DeleteRequest: { Key: DeleteRequest.Key } }] : [],
    );
    pending = [...unprocessed, ...pending.slice(ITEMS_PER_BATCH)];
  }
}

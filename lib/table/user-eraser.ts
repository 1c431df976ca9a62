import { isRefusal } from '../aws/aws-error.ts';
import type { UserEraser } from '../users/erase-user.ts';
import { toAttributes } from './attributes.ts';
import type { Table } from './client.ts';
import { deleteItems, keysUnder } from './delete-items.ts';
import {
  audienceKey,
  idempotencyPartition,
  type Key,
  ledgerKey,
  MESSAGE_PREFIX,
  userPartition,
} from './keys.ts';

/** Erases users from DynamoDB. */
export function createUserEraser(table: Table): UserEraser {
  return {
    async deleteLedger({ value, version }) {
      try {
        await table.client.send('DeleteItem', {
          TableName: table.name,
          Key: toAttributes(ledgerKey(table, value.openid)),
          // Gone already: a repeat of this very call, whose answer was lost.
          ConditionExpression: 'attribute_not_exists(pk) OR version = :version',
          ExpressionAttributeValues: toAttributes({ ':version': version }),
        });
        return 'committed';
      } catch (error) {
        if (isRefusal(error, 'ConditionalCheckFailedException')) return 'conflict';
        throw error;
      }
    },

    leaveAudiences: (openid, templateIds) =>
      deleteItems(
        table,
        templateIds.map((templateId) => audienceKey(table, templateId, openid)),
      ),

    async deleteRest(openid) {
      await deleteButLedger(table, idempotencyPartition(table, `user:${openid}`));
      return deleteButLedger(table, userPartition(table, openid));
    },
  };
}

/** Deletes everything under one partition key but a ledger, which may be a new one by now. Returns the ids of the messages among it. */
async function deleteButLedger(table: Table, pk: string): Promise<readonly string[]> {
  const keys: Key[] = [];
  for await (const key of keysUnder(table, pk)) if (key.sk !== 'ledger') keys.push(key);
  await deleteItems(table, keys);
  return keys.flatMap(({ sk }) => (sk.startsWith(MESSAGE_PREFIX) ? [sk.slice(MESSAGE_PREFIX.length)] : []));
}

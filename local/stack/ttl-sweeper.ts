import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../lib/clock.ts';
import type { TableDefinition } from './service-definition.ts';

/**
 * Deletes the items whose TTL attribute has passed, as DynamoDB does by itself and local engines do not.
 *
 * @returns how many were deleted
 */
export async function sweepExpired(options: {
  client: DynamoDBClient;
  tableName: string;
  definition: TableDefinition;
  clock: Clock;
}): Promise<number> {
  const { client, tableName, definition, clock } = options;
  const expired = {
    TableName: tableName,
    ExpressionAttributeNames: { '#ttl': definition.TimeToLiveSpecification.AttributeName },
    ExpressionAttributeValues: { ':now': { N: `${Math.floor(clock() / 1000)}` } },
  };
  let deleted = 0;
  for await (const { Items = [] } of paginateScan(
    { client },
    { ...expired, FilterExpression: '#ttl < :now' },
  )) {
    for (const item of Items) {
      const command = new DeleteItemCommand({
        ...expired,
        Key: keyOf(item, definition),
        // It may have been given a later expiry since the scan.
        ConditionExpression: '#ttl < :now',
      });
      deleted += await client.send(command).then(() => 1, ignoreChanged);
    }
  }
  return deleted;
}

function ignoreChanged(error: unknown): number {
  if (error instanceof ConditionalCheckFailedException) return 0;
  throw error;
}

function keyOf(
  item: Record<string, AttributeValue>,
  { KeySchema }: TableDefinition,
): Record<string, AttributeValue> {
  const names = new Set(KeySchema.map((key) => key.AttributeName));
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

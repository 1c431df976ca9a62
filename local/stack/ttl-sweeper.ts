import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../lib/clock.ts';
import type { TableDefinition } from './service-definition.ts';

/** How many items one sweep looks at: a large table costs the engine no more than a small one. */
const ITEMS_PER_SWEEP = 1_000;

/**
 * Deletes the items whose TTL attribute has passed, as DynamoDB does by itself and local engines do not. Each call looks at the
 * items that come next, and at the first again after the last.
 *
 * @returns a function that answers how many it deleted
 */
export function createSweeper(options: {
  client: DynamoDBClient;
  tableName: string;
  definition: TableDefinition;
  clock: Clock;
  itemsPerSweep?: number;
}): () => Promise<number> {
  const { client, tableName, definition, clock, itemsPerSweep = ITEMS_PER_SWEEP } = options;
  let place: Record<string, AttributeValue> | undefined;

  return async () => {
    const expired = {
      TableName: tableName,
      ExpressionAttributeNames: { '#ttl': definition.TimeToLiveSpecification.AttributeName },
      ExpressionAttributeValues: { ':now': { N: `${Math.floor(clock() / 1000)}` } },
    };
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({
        ...expired,
        FilterExpression: '#ttl < :now',
        Limit: itemsPerSweep,
        ...(place && { ExclusiveStartKey: place }),
      }),
    );
    let deleted = 0;
    for (const item of Items) {
      const command = new DeleteItemCommand({
        ...expired,
        Key: keyOf(item, definition),
        // It may have been given a later expiry since the scan.
        ConditionExpression: '#ttl < :now',
      });
      deleted += await client.send(command).then(() => 1, ignoreChanged);
    }
    place = LastEvaluatedKey;
    return deleted;
  };
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

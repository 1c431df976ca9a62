import { type AttributeValue, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { Stack } from '../local/stack/stack.ts';

/** What DynamoDB adds to each item when it bills storage. */
const OVERHEAD_BYTES = 100;

/** How much is stored in a stack's table, by DynamoDB's rules for the size of items. */
export async function storedBytes({ dynamodbEndpoint, tableName }: Stack): Promise<number> {
  const client = new DynamoDBClient({
    endpoint: dynamodbEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  let bytes = 0;
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tableName })) {
    for (const item of Items) bytes += OVERHEAD_BYTES + sizeOfMembers(item);
  }
  client.destroy();
  return bytes;
}

function sizeOfMembers(members: Readonly<Record<string, AttributeValue>>): number {
  return Object.entries(members).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value),
    0,
  );
}

function sizeOf(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value.B !== undefined) return value.B.byteLength;
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + sizeOfMembers(value.M);
  if (value.L !== undefined) return 3 + value.L.reduce((sum, each) => sum + 1 + sizeOf(each), 0);
  if (value.SS !== undefined) return value.SS.reduce((sum, each) => sum + Buffer.byteLength(each), 0);
  return 1;
}

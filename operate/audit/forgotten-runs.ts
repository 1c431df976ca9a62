import { forgottenRunsPartition } from '../../lib/dynamodb/campaign-keys.ts';
import { queryPages, readItem } from '../../lib/dynamodb/items.ts';
import { type Table, toAttributes } from '../../lib/dynamodb/table.ts';

/** How many runs that had sent something were deleted with their campaigns, by template. */
export async function readForgottenRuns(table: Table): Promise<ReadonlyMap<string, number>> {
  const query = {
    TableName: table.name,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: toAttributes({ ':pk': forgottenRunsPartition(table) }),
    ConsistentRead: true,
  };
  const forgotten = new Map<string, number>();
  for await (const { Items = [] } of queryPages(table, query)) {
    for (const { sk, runs } of Items.map(readItem)) forgotten.set(String(sk), Number(runs));
  }
  return forgotten;
}

import { erasedRunsPartition } from '../../lib/dynamodb/campaign-keys.ts';
import { queryItems, under } from '../../lib/dynamodb/queries.ts';
import type { Table } from '../../lib/dynamodb/table.ts';

/** How many runs that had sent something were deleted with their campaigns, by template. */
export async function readErasedRuns(table: Table): Promise<ReadonlyMap<string, number>> {
  const items = await queryItems(table, under(erasedRunsPartition(table)));
  return new Map(items.map(({ sk, runs }) => [String(sk), Number(runs)]));
}

import type { Logger } from '../logger.ts';
import type { UnknownMessages } from '../messages/message-store.ts';
import { toAttributes } from './attributes.ts';
import type { Table } from './client.ts';
import { type Item, readItem } from './items.ts';
import { SHARDS, worklistPartition } from './keys.ts';
import { queryPages } from './pages.ts';
import { toMessages } from './versioned.ts';

/**
 * The messages of unknown fate, newest first: the shards of their list in the index `worklist`, merged. A place in the list
 * is the sort key of the message that stands there. The index follows the table within a moment.
 */
export function createUnknownMessages(table: Table, logger: Logger): UnknownMessages {
  return {
    async list(limit, after) {
      // One more than asked for tells whether there is a next page.
      const shards = await Promise.all(SHARDS.map((shard) => newestOf(table, shard, limit + 1, after)));
      const merged = shards.flat().sort((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1));
      const items = merged.slice(0, limit);
      const last = merged.length > limit ? items.at(-1) : undefined;
      return { items: toMessages(items, logger), ...(last && { next: placeOf(last) }) };
    },
  };
}

function placeOf(item: Item): string {
  return String(item['worklistSk']);
}

async function newestOf(table: Table, shard: number, count: number, after?: string): Promise<Item[]> {
  const found: Item[] = [];
  const query = {
    TableName: table.name,
    IndexName: 'worklist',
    KeyConditionExpression: `worklistPk = :list${after === undefined ? '' : ' AND worklistSk < :after'}`,
    ExpressionAttributeValues: toAttributes({
      ':list': worklistPartition(table, 'unknown', shard),
      ...(after !== undefined && { ':after': after }),
    }),
    ScanIndexForward: false,
    Limit: count,
  };
  for await (const { Items = [] } of queryPages(table, query)) {
    found.push(...Items.map(readItem));
    if (found.length >= count) break;
  }
  return found;
}

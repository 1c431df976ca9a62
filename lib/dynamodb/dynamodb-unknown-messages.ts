import type { Logger } from '../logger.ts';
import type { UnknownMessages } from '../messages/message-store.ts';
import { toAttributes } from './attributes.ts';
import type { Table } from './client.ts';
import { type Item, readItem } from './items.ts';
import { attentionPartition, SHARDS } from './keys.ts';
import { queryPages } from './list-pages.ts';
import { toMessages } from './versioned-items.ts';

/**
 * The messages of unknown fate, newest first: the shards of their list in the needs-attention index, merged. A place in the list
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
  return String(item['attentionSk']);
}

async function newestOf(table: Table, shard: number, count: number, after?: string): Promise<Item[]> {
  const found: Item[] = [];
  const query = {
    TableName: table.name,
    IndexName: 'needs-attention',
    KeyConditionExpression: `attentionPk = :list${after === undefined ? '' : ' AND attentionSk < :after'}`,
    ExpressionAttributeValues: toAttributes({
      ':list': attentionPartition(table, 'unknown', shard),
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

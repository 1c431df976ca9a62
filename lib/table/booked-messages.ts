import * as v from 'valibot';
import type { BookedMessage, TemplateUsers } from '../templates/template-users.ts';
import { toAttributes } from './attributes.ts';
import type { Table } from './client.ts';
import { readItem } from './items.ts';
import { SHARDS, worklistPartition } from './keys.ts';
import { queryPages } from './pages.ts';

const bookedMessage = v.object({
  id: v.string(),
  templateId: v.string(),
  data: v.record(v.string(), v.string()),
  sendAtMs: v.number(),
});

/**
 * The booked messages of some templates: the list `due` of the index `worklist`, read from end to end. What is due within
 * minutes stands on the queue and not here.
 */
export function createBookedMessages(table: Table): TemplateUsers['bookedMessages'] {
  return async function* bookedMessages(templateIds) {
    if (templateIds.length === 0) return;
    for (const shard of SHARDS) yield* ofShard(table, shard, templateIds);
  };
}

async function* ofShard(
  table: Table,
  shard: number,
  templateIds: readonly string[],
): AsyncGenerator<BookedMessage> {
  const names = Object.fromEntries(templateIds.map((id, index) => [`:t${index}`, id]));
  const query = {
    TableName: table.name,
    IndexName: 'worklist',
    KeyConditionExpression: 'worklistPk = :list',
    FilterExpression: `templateId IN (${Object.keys(names).join(', ')})`,
    ProjectionExpression: 'id, templateId, #data, sendAtMs',
    ExpressionAttributeNames: { '#data': 'data' },
    ExpressionAttributeValues: toAttributes({ ':list': worklistPartition(table, 'due', shard), ...names }),
  };
  for await (const { Items = [] } of queryPages(table, query)) {
    for (const item of Items) {
      const { success, output } = v.safeParse(bookedMessage, readItem(item));
      if (success) yield output;
    }
  }
}

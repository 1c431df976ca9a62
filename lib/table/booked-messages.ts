import * as v from 'valibot';
import { openidOf } from '../messages/message-id.ts';
import { waitingBeside } from '../messages/waiting-messages.ts';
import type { BookedMessage, TemplateUsers } from '../templates/template-users.ts';
import { toAttributes } from './attributes.ts';
import { bookedNoteIds } from './booked-notes.ts';
import type { Table } from './client.ts';
import { getItems, readItem } from './items.ts';
import { ledgerKey, SHARDS, worklistPartition } from './keys.ts';
import { queryPages } from './pages.ts';
import { toLedger } from './versioned.ts';

const bookedMessage = v.object({
  id: v.string(),
  templateId: v.string(),
  data: v.record(v.string(), v.string()),
  sendAtMs: v.number(),
});

/**
 * The booked messages of some templates: those that have notes, and those with records of their own in the list `due` of the index
 * `worklist`, both read from end to end. What is due within minutes stands on the queue and not here.
 */
export function createBookedMessages(table: Table): TemplateUsers['bookedMessages'] {
  return async function* bookedMessages(templateIds) {
    if (templateIds.length === 0) return;
    for (const shard of SHARDS) {
      yield* withNotes(table, shard, templateIds);
      yield* withRecords(table, shard, templateIds);
    }
  };
}

/** A note may have outlived its message: it counts for as long as the user's ledger keeps that. */
async function* withNotes(
  table: Table,
  shard: number,
  templateIds: readonly string[],
): AsyncGenerator<BookedMessage> {
  for await (const messageIds of bookedNoteIds(table, shard, templateIds)) {
    const openids = new Set(messageIds.flatMap((id) => openidOf(id) ?? []));
    const items = await getItems(
      table,
      [...openids].map((openid) => ledgerKey(table, openid)),
    );
    const ids = new Set(messageIds);
    for (const item of items) yield* waitingBeside(toLedger('', item).value).filter(({ id }) => ids.has(id));
  }
}

async function* withRecords(
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

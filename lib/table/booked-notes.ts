import { ConditionalCheckFailedException, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { BookedNotes } from '../delivery/dispatch-due.ts';
import type { Logger } from '../logger.ts';
import type { BookedNote, BookNote } from '../messages/send-job.ts';
import { toAttributes } from './attributes.ts';
import type { Table } from './client.ts';
import { getItem, type Item, readItem } from './items.ts';
import { bookedNoteKey, bookedNotesPartition, type Key, SHARDS, worklistMoment } from './keys.ts';
import { queryPages } from './pages.ts';

/** A note is of no use once its message is due; it is kept so much longer for an outage of the dispatcher, then DynamoDB deletes it for free. */
const KEPT_SECONDS = 14 * 24 * 60 * 60;
const PAGE_SIZE = 50;
/** Stands before all notes. */
const CURSOR = '!cursor';

const noteItem = v.object({
  messageId: v.string(),
  templateId: v.string(),
  sinceMs: v.number(),
  dueAtMs: v.number(),
});

const cursorItem = v.object({ place: v.string() });

/** Puts notes of booked messages into the table. */
export function createBookNote(table: Table): BookNote {
  return async (note) => {
    const Item = toAttributes(bookedNoteItem(table, note));
    await table.client.send(new PutItemCommand({ TableName: table.name, Item }));
  };
}

/** A note as it is stored. */
export function bookedNoteItem(table: Pick<Table, 'appId'>, note: BookedNote): Item & Key {
  const expiresAt = Math.ceil(note.dueAtMs / 1000) + KEPT_SECONDS;
  return { ...bookedNoteKey(table, note.messageId, note.dueAtMs), ...note, expiresAt };
}

/**
 * The notes of booked messages by the moment they are due, and for each shard a cursor that says up to where they are on the queue.
 * Reads are consistent: what a read does not see before the cursor moves on would never be read again.
 */
export function createBookedNotes(table: Table, logger: Logger): BookedNotes {
  return {
    shards: SHARDS,

    async next(shard, beforeMs, after) {
      const from = after ?? (await placeOfCursor(table, shard));
      const until = worklistMoment(beforeMs);
      if (until <= from) return { notes: [] };
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :until',
          ExpressionAttributeValues: toAttributes({
            ':pk': bookedNotesPartition(table, shard),
            ':from': from,
            ':until': until,
          }),
          ConsistentRead: true,
          // One more than a page: the note that the last page ended with comes again.
          Limit: PAGE_SIZE + 1,
        }),
      );
      const items = Items.map(readItem).filter(({ sk }) => sk !== from);
      const last = items.at(-1);
      return {
        notes: items.flatMap((item) => toNote(item, logger)),
        ...(last && { place: String(last['sk']) }),
      };
    },

    async moveCursor(shard, place) {
      try {
        await table.client.send(
          new PutItemCommand({
            TableName: table.name,
            Item: toAttributes({ ...cursorKey(table, shard), place }),
            ConditionExpression: 'attribute_not_exists(pk) OR place < :place',
            ExpressionAttributeValues: toAttributes({ ':place': place }),
          }),
        );
      } catch (error) {
        // Somebody is further already.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}

function cursorKey(table: Table, shard: number): Key {
  return { pk: bookedNotesPartition(table, shard), sk: CURSOR };
}

async function placeOfCursor(table: Table, shard: number): Promise<string> {
  const cursor = await getItem(table, cursorKey(table, shard));
  return cursor ? v.parse(cursorItem, cursor).place : worklistMoment(0);
}

/** The messages of some templates that have notes in a shard which are not on the queue yet, page by page. */
export async function* bookedNoteIds(
  table: Table,
  shard: number,
  templateIds: readonly string[],
): AsyncGenerator<readonly string[]> {
  const names = Object.fromEntries(templateIds.map((id, index) => [`:t${index}`, id]));
  const query = {
    TableName: table.name,
    KeyConditionExpression: 'pk = :pk AND sk > :from',
    FilterExpression: `templateId IN (${Object.keys(names).join(', ')})`,
    ExpressionAttributeValues: toAttributes({
      ':pk': bookedNotesPartition(table, shard),
      ':from': await placeOfCursor(table, shard),
      ...names,
    }),
  };
  for await (const { Items = [] } of queryPages(table, query)) {
    yield Items.map((item) => String(readItem(item)['messageId']));
  }
}

/** One that cannot be read is logged and passed over, so that it does not hold up the others. */
function toNote(item: Item, logger: Logger): BookedNote[] {
  const { success, output } = v.safeParse(noteItem, item);
  if (success) return [output];
  logger.error(
    'A note of a booked message cannot be read and is passed over. Cancel and book its message again.',
    {
      pk: item['pk'],
      sk: item['sk'],
    },
  );
  return [];
}

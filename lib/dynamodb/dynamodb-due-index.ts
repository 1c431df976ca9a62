import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Logger } from '../logger.ts';
import type { DueIndexReader } from '../messages/dispatch-due.ts';
import { openidOf } from '../messages/message.ts';
import { listPending } from '../messages/pending-messages.ts';
import { type DueEntry, type DueIndexWriter, dueEntry } from '../messages/send-job.ts';
import type { ChangeDependants, DueMessage } from '../templates/handle-template-changes.ts';
import { getItem, getItems, type Item, isWritten } from './items.ts';
import { dueEntryKey, duePartition, type Key, SHARDS, sortableMoment } from './keys.ts';
import { queryPage, queryPages } from './queries.ts';
import { type Table, toAttributes } from './table.ts';
import { readLedgers } from './versioned-items.ts';

/**
 * An entry is of no use once its message is due; it is kept so much longer for an outage of the dispatcher,
 * then DynamoDB deletes it for free.
 */
const KEPT_SECONDS = 14 * 24 * 60 * 60;
const PAGE_SIZE = 50;
/** Stands before all entries. */
const CURSOR = '!cursor';
const BEFORE_ALL = sortableMoment(0);

const cursorItem = v.object({ cursor: v.string() });

/** Writes entries of the due index. */
export function createDueIndexWriter(table: Table): DueIndexWriter {
  return {
    async put(entry) {
      const Item = toAttributes(dueEntryItem(table, entry));
      await table.client.send(new PutItemCommand({ TableName: table.name, Item }));
    },
    async remove(messageId, dueAtMs) {
      const Key = toAttributes(dueEntryKey(table, messageId, dueAtMs));
      await table.client.send(new DeleteItemCommand({ TableName: table.name, Key }));
    },
  };
}

/** An entry as it is stored. */
export function dueEntryItem(table: Pick<Table, 'appId'>, entry: DueEntry): Item & Key {
  const expiresAt = Math.ceil(entry.dueAtMs / 1000) + KEPT_SECONDS;
  return { ...dueEntryKey(table, entry.messageId, entry.dueAtMs), ...entry, expiresAt };
}

/**
 * The due index as the dispatcher reads it. Entries are read consistently: what a read does not see before the
 * cursor moves on would never be read again.
 */
export function createDueIndexReader(table: Table, logger: Logger): DueIndexReader {
  return {
    shards: SHARDS,

    async cursors() {
      const keys = SHARDS.map((shard) => cursorKey(table, shard));
      // Half the price, each minute of an idle stage: an old cursor only makes jobs of the same entries again.
      const items = await getItems(table, keys, { consistent: false });
      const byPartition = new Map(items.map((item) => [item['pk'], v.parse(cursorItem, item).cursor]));
      return new Map(
        SHARDS.flatMap((shard) => {
          const cursor = byPartition.get(duePartition(table, shard));
          return cursor === undefined ? [] : [[shard, cursor] as const];
        }),
      );
    },

    async next(shard, beforeMs, after) {
      const from = after ?? BEFORE_ALL;
      const until = sortableMoment(beforeMs);
      if (until <= from) return { entries: [] };
      const page = await queryPage(table, {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :until',
        values: { ':pk': duePartition(table, shard), ':from': from, ':until': until },
        ConsistentRead: true,
        // One more than a page: the entry that the last page ended with comes again.
        Limit: PAGE_SIZE + 1,
      });
      const items = page.items.filter(({ sk }) => sk !== from);
      const last = items.at(-1);
      return {
        entries: items.flatMap((item) => toEntry(item, logger)),
        ...(last && { cursor: String(last['sk']) }),
      };
    },

    async moveCursor(shard, cursor) {
      const put = new PutItemCommand({
        TableName: table.name,
        Item: toAttributes({ ...cursorKey(table, shard), cursor }),
        ConditionExpression: 'attribute_not_exists(pk) OR #cursor < :cursor',
        ExpressionAttributeNames: { '#cursor': 'cursor' },
        ExpressionAttributeValues: toAttributes({ ':cursor': cursor }),
      });
      // Not written where somebody is further already.
      await isWritten(table.client.send(put));
    },
  };
}

function cursorKey(table: Table, shard: number): Key {
  return { pk: duePartition(table, shard), sk: CURSOR };
}

/** The place in a shard up to which the dispatcher has handed entries over. */
export async function cursorOf(table: Table, shard: number): Promise<string> {
  const item = await getItem(table, cursorKey(table, shard));
  return item ? v.parse(cursorItem, item).cursor : BEFORE_ALL;
}

/**
 * The messages of some templates that have entries in a shard which are not on the queue yet, page by page.
 */
async function* dueMessageIds(
  table: Table,
  shard: number,
  templateIds: readonly string[],
): AsyncGenerator<readonly string[]> {
  const names = Object.fromEntries(templateIds.map((id, index) => [`:t${index}`, id]));
  const query = {
    KeyConditionExpression: 'pk = :pk AND sk > :from',
    FilterExpression: `templateId IN (${Object.keys(names).join(', ')})`,
    values: { ':pk': duePartition(table, shard), ':from': await cursorOf(table, shard), ...names },
  };
  for await (const { items } of queryPages(table, query)) {
    yield items.map(({ messageId }) => String(messageId));
  }
}

/** One that cannot be read is logged and passed over, so that it does not hold up the others. */
function toEntry(item: Item, logger: Logger): DueEntry[] {
  const { success, output } = v.safeParse(dueEntry, item);
  if (success) return [output];
  logger.error('A due entry cannot be read and is passed over. Cancel its message and book it again.', {
    pk: item['pk'],
    sk: item['sk'],
  });
  return [];
}

/**
 * The pending messages of some templates that have entries in the due index, which is read from end to end.
 * What is due within minutes stands on the queue and not there.
 */
export function createDueMessages(table: Table): ChangeDependants['dueMessages'] {
  return async function* dueMessages(templateIds) {
    if (templateIds.length === 0) return;
    for (const shard of SHARDS) {
      const seen = new Set<string>();
      for await (const messageIds of dueMessageIds(table, shard, templateIds)) {
        const fresh = messageIds.filter((id) => !seen.has(id));
        for (const id of fresh) seen.add(id);
        yield* await pendingAmong(table, new Set(fresh));
      }
    }
  };
}

/**
 * Those among the messages of entries that are pending in their users' items. An entry may have outlived its
 * message.
 */
export async function pendingAmong(
  table: Table,
  messageIds: ReadonlySet<string>,
): Promise<readonly (DueMessage & { readonly openid: string })[]> {
  const openids = new Set([...messageIds].flatMap((id) => openidOf(id) ?? []));
  const ledgers = await readLedgers(table, [...openids]);
  return ledgers.flatMap(({ value }) => listPending(value).filter(({ id }) => messageIds.has(id)));
}

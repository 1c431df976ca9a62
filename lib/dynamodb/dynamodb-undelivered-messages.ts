import type { Logger } from '../logger.ts';
import type { UndeliveredMessages, UndeliveredQuery } from '../messages/message-store.ts';
import type { Item } from './items.ts';
import { LAST_MOMENT_MS, SHARDS, sortableMoment, undeliveredPartition } from './keys.ts';
import { queryPages } from './queries.ts';
import type { Table } from './table.ts';
import { readable, toMessage } from './versioned-items.ts';

/**
 * The messages that did not arrive, newest first: the shards of their list in the needs-attention index,
 * merged. A cursor of the list is the sort key of the message that stands there. The index follows the table
 * within a moment.
 */
export function createUndeliveredMessages(table: Table, logger: Logger): UndeliveredMessages {
  return {
    async list(query, limit, after) {
      // One more than asked for tells whether there is a next page.
      const shards = await Promise.all(
        SHARDS.map((shard) => newestOf(table, shard, { ...query, count: limit + 1, after })),
      );
      // What an unfinished shard holds below its last one is not known, so nothing below it is told.
      const [readTo] = shards.flatMap((shard) => shard.readTo ?? []).sort(descending);
      const merged = shards
        .flatMap((shard) => shard.items)
        .filter((item) => readTo === undefined || sortKeyOf(item) >= readTo)
        .sort((a, b) => descending(sortKeyOf(a), sortKeyOf(b)));
      const items = merged.slice(0, limit);
      const last = merged.length > limit ? items.at(-1) : undefined;
      const next = last ? sortKeyOf(last) : readTo;
      return { items: readable(items, toMessage, logger), ...(next !== undefined && { next }) };
    },
  };
}

const descending = (a: string, b: string) => (a < b ? 1 : -1);

function sortKeyOf(item: Item): string {
  return String(item['attentionSk']);
}

interface ShardQuery extends UndeliveredQuery {
  readonly count: number;
  readonly after: string | undefined;
}

/** So many of a shard are looked through for one template in one call, and so many calls are made for a page. */
const SEARCHED_AT_ONCE = 500;
const CALLS_PER_PAGE = 4;

/** The newest of a shard, and the sort key down to which it was read where there is more. */
async function newestOf(
  table: Table,
  shard: number,
  query: ShardQuery,
): Promise<{ readonly items: readonly Item[]; readonly readTo?: string }> {
  const { templateId, count, after } = query;
  // The cursor that a page begins after is inside the bounds of the query, so that it may come once more.
  const wanted = count + (after === undefined ? 0 : 1);
  const items: Item[] = [];
  let calls = 0;
  for await (const page of queryPages(table, {
    ...boundsOf(table, shard, query),
    ScanIndexForward: false,
    Limit: templateId === undefined ? wanted : SEARCHED_AT_ONCE,
  })) {
    items.push(...page.items.filter((item) => sortKeyOf(item) !== after));
    calls += 1;
    const isEnough = items.length >= count || calls === CALLS_PER_PAGE;
    if (page.last && isEnough) return { items, readTo: sortKeyOf(page.last) };
  }
  return { items };
}

function boundsOf(
  table: Table,
  shard: number,
  { state, templateId, fromMs = 0, toMs = LAST_MOMENT_MS, after }: ShardQuery,
) {
  const end = sortableMoment(toMs);
  return {
    IndexName: 'needs-attention',
    KeyConditionExpression: 'attentionPk = :list AND attentionSk BETWEEN :from AND :to',
    ...(templateId !== undefined && { FilterExpression: 'templateId = :template' }),
    values: {
      ':list': undeliveredPartition(table, state, shard),
      ':from': sortableMoment(fromMs),
      ':to': after !== undefined && after < end ? after : end,
      ':template': templateId,
    },
  };
}

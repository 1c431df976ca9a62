import { listPending } from '../messages/pending-messages.ts';
import type { DeletionDependants, PendingMessage } from '../templates/delete-template.ts';
import { cursorOf, pendingAmong } from './dynamodb-due-index.ts';
import { createTemplateUsers } from './dynamodb-grant-store.ts';
import { duePartition, SHARDS } from './keys.ts';
import { queryPage } from './queries.ts';
import type { Table } from './table.ts';

/** Where to look, in this order: the due index, then everyone who ever answered for the template. */
const PARTS = ['due', 'audience'] as const;

/** What a search may begin with: a part, one of its shards, and the place that the page before ended with. */
export const SEARCH_CURSOR: RegExp = new RegExp(`^(${PARTS.join('|')}):[0-${SHARDS.length - 1}]:.*$`);

const USERS_PER_PAGE = 100;

interface Found {
  readonly items: readonly PendingMessage[];
  /** The place in the same shard at which more may follow. */
  readonly last?: string | undefined;
}

/**
 * The pending messages of a template. The due index has those that wait for more than some minutes; what is
 * due sooner stands on the queue and is found in the items of the template's audience, so that only a message
 * booked within minutes by `hold: false` for a user who never answered is missed.
 */
export function createPendingOfTemplate(table: Table): DeletionDependants['pendingMessages'] {
  const search = { due: searchDueIndex(table), audience: searchAudience(table) };
  return async (templateId, after = `${PARTS[0]}:0:`) => {
    const [name, digit, ...cursor] = after.split(':');
    const part = PARTS.find((each) => each === name) ?? PARTS[0];
    const shard = Number(digit);
    const { items, last } = await search[part](templateId, shard, cursor.join(':'));
    const next = last === undefined ? following(part, shard) : `${part}:${shard}:${last}`;
    return { items, ...(next !== undefined && { next }) };
  };
}

function following(part: (typeof PARTS)[number], shard: number): string | undefined {
  if (shard + 1 < SHARDS.length) return `${part}:${shard + 1}:`;
  const next = PARTS[PARTS.indexOf(part) + 1];
  return next && `${next}:0:`;
}

type Search = (templateId: string, shard: number, cursor: string) => Promise<Found>;

/** A page is what DynamoDB reads at once, a megabyte, whatever of it belongs to the template. */
function searchDueIndex(table: Table): Search {
  return async (templateId, shard, cursor) => {
    const { items, last } = await queryPage(table, {
      KeyConditionExpression: 'pk = :pk AND sk > :from',
      FilterExpression: 'templateId = :templateId',
      values: {
        ':pk': duePartition(table, shard),
        ':from': cursor || (await cursorOf(table, shard)),
        ':templateId': templateId,
      },
      ConsistentRead: true,
    });
    const ids = new Set(items.map(({ messageId }) => String(messageId)));
    return { items: await pendingAmong(table, ids), last: last && String(last['sk']) };
  };
}

function searchAudience(table: Table): Search {
  const audience = createTemplateUsers(table);
  return async (templateId, shard, cursor) => {
    const { openids, next } = await audience.openids(templateId, shard, USERS_PER_PAGE, cursor);
    const ledgers = await audience.loadLedgers(openids);
    const items = [...ledgers.values()].flatMap(({ value }) =>
      listPending(value).filter((message) => message.templateId === templateId),
    );
    return { items, last: next };
  };
}

import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Page } from '../paginate.ts';
import { type Item, readItem } from './items.ts';
import { type Table, toAttributes } from './table.ts';

/** A query as DynamoDB takes it, with plain values. */
type Query = Omit<QueryCommandInput, 'TableName' | 'ExpressionAttributeValues' | 'ExclusiveStartKey'> & {
  readonly values: Item;
  /** What the page before ended with. */
  readonly after?: Item | undefined;
};

/** One page of a query. `last` is the key that it ended with; without it there are no more. */
interface QueryPage {
  readonly items: readonly Item[];
  readonly last?: Item;
}

/** Asks for one page of a query. */
export async function queryPage({ client, name }: Table, query: Query): Promise<QueryPage> {
  const { values, after, ...rest } = query;
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: name,
      ...rest,
      ExpressionAttributeValues: toAttributes(values),
      ...(after && { ExclusiveStartKey: toAttributes(after) }),
    }),
  );
  return { items: Items.map(readItem), ...(LastEvaluatedKey && { last: readItem(LastEvaluatedKey) }) };
}

/** The pages of a query, each asked for when the one before has been used. */
export async function* queryPages(table: Table, query: Query): AsyncGenerator<QueryPage> {
  let after = query.after;
  do {
    const page = await queryPage(table, { ...query, after });
    yield page;
    after = page.last;
  } while (after);
}

/** Every item of a query, in its order. */
export async function queryItems(table: Table, query: Query): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const { items } of queryPages(table, query)) found.push(...items);
  return found;
}

/** The query of all under one partition key, or of what begins with a prefix there, as it stands now. */
export function under(pk: string, prefix?: string): Query {
  return {
    KeyConditionExpression: prefix === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
    values: { ':pk': pk, ':prefix': prefix },
    ConsistentRead: true,
  };
}

/** Which items to list. `after` is the sort key of one, without the prefix. */
interface ListedItems {
  readonly pk: string;
  readonly prefix?: string;
  readonly limit: number;
  readonly after: string | undefined;
}

/** A page of items, the greatest sort key first. `next` is a sort key without the prefix. */
export async function listItems(
  table: Table,
  { pk, prefix = '', limit, after }: ListedItems,
): Promise<Page<Item>> {
  const { items, last } = await queryPage(table, {
    ...under(pk, prefix || undefined),
    ScanIndexForward: false,
    Limit: limit,
    after: after === undefined ? undefined : { pk, sk: prefix + after },
  });
  return { items, ...(last && { next: String(last['sk']).slice(prefix.length) }) };
}

import { isDeepStrictEqual } from 'node:util';
import { BatchWriteItemCommand, UpdateItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { RESULTS_PREFIX, RUN_PREFIX } from '../../lib/dynamodb/campaign-keys.ts';
import { deleteItems } from '../../lib/dynamodb/delete-items.ts';
import { getItems, type Item, readItem } from '../../lib/dynamodb/items.ts';
import { type Key, MESSAGE_PREFIX } from '../../lib/dynamodb/keys.ts';
import { RESTORE_DELETES, RESTORED_BY } from '../../lib/dynamodb/read-stream-record.ts';
import { type Attributes, type Table, toAttributes } from '../../lib/dynamodb/table.ts';
import { scanPages } from '../scan-pages.ts';

/** How one table is made like another. */
export interface CopyOptions {
  readonly from: Table;
  readonly into: Table;
  /** What this restore marks its writes with; each restore has another. */
  readonly mark: string;
  /** Otherwise it is only counted what would be written. */
  readonly write: boolean;
  /** Parts of a table that are read at the same time. */
  readonly segments: number;
  /** Is told of each item of the copy, and whether the other table has one of its key. */
  readonly seen: (item: Item & Key, isThere: boolean) => void;
  readonly counted: (soFar: CopyCounts) => void;
}

/** How many items were compared, and how many differ. */
export interface CopyCounts {
  readonly compared: number;
  readonly written: number;
  readonly deleted: number;
}

/** BatchWriteItem takes so many. */
const WRITES_PER_CALL = 25;
/** BatchGetItem takes so many. */
const KEYS_PER_CALL = 100;

/**
 * Makes a table hold what its copy holds: writes what differs and deletes what the copy does not have.
 * Repeated, it changes nothing more.
 */
export async function copyTable(options: CopyOptions): Promise<CopyCounts> {
  const sum = { compared: 0, written: 0, deleted: 0 };
  const count = (by: Partial<CopyCounts>) => {
    sum.compared += by.compared ?? 0;
    sum.written += by.written ?? 0;
    sum.deleted += by.deleted ?? 0;
    options.counted(sum);
  };
  await inSegments(options.segments, async (segment) => {
    for await (const page of itemPages(options.from, segment)) count(await writeDifferences(options, page));
  });
  await inSegments(options.segments, async (segment) => {
    for await (const page of itemPages(options.into, { ...segment, ProjectionExpression: 'pk, sk' }))
      count(await deleteStrangers(options, page));
  });
  return sum;
}

function inSegments(
  TotalSegments: number,
  work: (segment: { readonly Segment: number; readonly TotalSegments: number }) => Promise<void>,
): Promise<unknown> {
  return Promise.all(Array.from({ length: TotalSegments }, (_, Segment) => work({ Segment, TotalSegments })));
}

/** What stands in one part of a table, but for what is only of its moment. */
async function* itemPages(table: Table, scan: object): AsyncGenerator<readonly Attributes[]> {
  for await (const { Items = [] } of scanPages(table, {
    TableName: table.name,
    ConsistentRead: true,
    ...scan,
  })) {
    const items = Items.filter((item) => !isOfItsMoment(keyOf(item)));
    for (let at = 0; at < items.length; at += KEYS_PER_CALL) yield items.slice(at, at + KEYS_PER_CALL);
  }
}

/**
 * The access token, the rates used up and how far the due messages have been read: what stands there now is
 * right, and an old one would only do harm. Due entries of what has ended are passed over.
 */
function isOfItsMoment({ pk, sk }: Key): boolean {
  const [, kind = ''] = pk.split('#');
  return kind === 'token' || kind === 'rate-limit' || kind === 'due' || sk === 'rate-limit';
}

function keyOf({ pk, sk }: Attributes): Key {
  return { pk: pk?.S ?? '', sk: sk?.S ?? '' };
}

function nameOf({ pk, sk }: Key): string {
  return JSON.stringify([pk, sk]);
}

async function writeDifferences(
  { into, mark, write, seen }: CopyOptions,
  page: readonly Attributes[],
): Promise<Partial<CopyCounts>> {
  const there = await byName(into, page.map(keyOf));
  const different = page.filter((attributes) => {
    const key = keyOf(attributes);
    const [item, standing] = [readItem(attributes), there.get(nameOf(key))];
    seen({ ...item, ...key }, standing !== undefined);
    return !standing || !isDeepStrictEqual(unmarked(standing), unmarked(item));
  });
  if (write)
    await putItems(
      into,
      different.map((item) => marked(item, mark)),
    );
  return { compared: page.length, written: different.length };
}

async function deleteStrangers(
  { from, into, write }: CopyOptions,
  page: readonly Attributes[],
): Promise<Partial<CopyCounts>> {
  const keys = page.map(keyOf);
  const known = await byName(from, keys);
  const strangers = keys.filter((key) => !known.has(nameOf(key)));
  if (write) {
    await Promise.all(strangers.filter(isFollowed).map((key) => markForDeletion(into, key)));
    await deleteItems(into, strangers);
  }
  return { deleted: strangers.length };
}

async function byName(table: Table, keys: readonly Key[]): Promise<ReadonlyMap<string, Item>> {
  const items = await getItems(table, keys);
  return new Map(items.map((item) => [nameOf({ pk: String(item['pk']), sk: String(item['sk']) }), item]));
}

function unmarked({ [RESTORED_BY]: _, ...item }: Item): Item {
  return item;
}

function marked(item: Attributes, mark: string): Attributes {
  const { [RESTORED_BY]: _, ...own } = item;
  return isFollowed(keyOf(item)) ? { ...own, [RESTORED_BY]: { S: mark } } : own;
}

/**
 * Whether changes of the item are counted and published (the filters of the stream in serverless.yml).
 */
function isFollowed({ sk }: Key): boolean {
  return (
    sk === 'ledger' || [MESSAGE_PREFIX, RUN_PREFIX, RESULTS_PREFIX].some((prefix) => sk.startsWith(prefix))
  );
}

async function putItems({ client, name }: Table, items: readonly Attributes[]): Promise<void> {
  let pending: WriteRequest[] = items.map((Item) => ({ PutRequest: { Item } }));
  while (pending.length > 0) {
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [name]: pending.slice(0, WRITES_PER_CALL) } }),
    );
    pending = [...(UnprocessedItems?.[name] ?? []), ...pending.slice(WRITES_PER_CALL)];
  }
}

async function markForDeletion({ client, name }: Table, key: Key): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: name,
      Key: toAttributes(key),
      UpdateExpression: 'SET #mark = :deletes',
      ExpressionAttributeNames: { '#mark': RESTORED_BY },
      ExpressionAttributeValues: toAttributes({ ':deletes': RESTORE_DELETES }),
    }),
  );
}

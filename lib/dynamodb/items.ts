import { setTimeout as sleepFor } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Key } from './keys.ts';
import { fromAttributes, type Table, toAttributes } from './table.ts';

/** An item with its key and attributes as plain values. */
export type Item = Readonly<Record<string, unknown>>;

/** The condition that there is no item with such a key. */
export const IS_NEW = 'attribute_not_exists(pk)';

/** A write of one whole item, refused when its condition does not hold. */
export interface ConditionalPut {
  readonly item: Item & Key;
  readonly condition: string;
  readonly values?: Item;
  /** Where it is known: the item that the condition demands, by its version. */
  readonly over?: { readonly item: Item; readonly version: string };
}

/** Turns a stored item into plain values. */
export function readItem(item: Record<string, AttributeValue>): Item {
  return fromAttributes(item);
}

/** Reads one item as it stands after the latest write. */
export async function getItem({ client, name }: Table, key: Key): Promise<Item | undefined> {
  const { Item: item } = await client.send(
    new GetItemCommand({
      TableName: name,
      Key: toAttributes(key),
      ConsistentRead: true,
    }),
  );
  return item && readItem(item);
}

/**
 * DynamoDB leaves items of a batch unprocessed where capacity lacks; AWS asks for a pause before they are
 * sent again.
 */
export function pauseForCapacity(): Promise<void> {
  return sleepFor(CAPACITY_PAUSE_MS * (0.5 + Math.random()));
}

const CAPACITY_PAUSE_MS = 100;

/** DynamoDB reads so many items in one call. */
export const KEYS_PER_CALL = 100;

/** Reads items in one call. `left` are the keys for which DynamoDB lacked capacity; absent items are left out. */
export async function getBatch(
  { client, name }: Table,
  keys: readonly Key[],
  { consistent: ConsistentRead } = { consistent: true },
): Promise<{ readonly items: readonly Item[]; readonly left: readonly Key[] }> {
  const Keys = keys.map((key) => toAttributes(key));
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [name]: { Keys, ConsistentRead } } }),
  );
  return {
    items: (Responses?.[name] ?? []).map(readItem),
    left: (UnprocessedKeys?.[name]?.Keys ?? []).map((key) => keyOf(readItem(key))),
  };
}

/** The key of an item as read. */
export function keyOf({ pk, sk }: Item): Key {
  return { pk: String(pk), sk: String(sk) };
}

/**
 * Reads many items; absent ones are left out, the order is not kept. They are as they stand after the latest
 * write, or for half the read units, where not `consistent`, as they stood a moment before.
 */
export async function getItems(
  table: Table,
  keys: readonly Key[],
  options?: { readonly consistent: boolean },
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let pending = keys;
  while (pending.length > 0) {
    const { items, left } = await getBatch(table, pending.slice(0, KEYS_PER_CALL), options);
    found.push(...items);
    if (left.length > 0) await pauseForCapacity();
    pending = [...left, ...pending.slice(KEYS_PER_CALL)];
  }
  return found;
}

/**
 * Writes all of the items or none. `conflict`: a condition did not hold, or somebody else was writing at the
 * same moment.
 *
 * The client repeats a call whose answer was lost. A repeat of our own write is recognised: by the request
 * token for several items, and for a single one by reading whether the item in place carries the version that
 * we wrote.
 */
export async function putAtomically(
  table: Table,
  puts: readonly ConditionalPut[],
): Promise<'committed' | 'conflict'> {
  const [only, ...more] = puts;
  if (!only) return 'committed';
  if (more.length === 0) return putOne(table, only);
  return writeAtomically(
    table,
    puts.map((put) => ({ Put: putRequest(table.name, put) })),
  );
}

async function putOne({ client, name }: Table, put: ConditionalPut): Promise<'committed' | 'conflict'> {
  try {
    await client.send(
      new PutItemCommand({
        ...putRequest(name, put),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return 'committed';
  } catch (error) {
    if (error instanceof TransactionConflictException) return 'conflict';
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const { Item: item } = error;
    const inPlace = item ? readItem(item) : {};
    const ours = inPlace['version'] !== undefined && inPlace['version'] === put.item['version'];
    return ours ? 'committed' : 'conflict';
  }
}

/** Whether a write was made; its condition not holding is the only failure that is no error. */
export async function isWritten(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Reasons for which a transaction may succeed when it is made anew from what stands in the table by then. */
const PASSING_REASONS = new Set([
  'None',
  'ConditionalCheckFailed',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** Makes all of the writes or none, with the same answers as {@link putAtomically}. */
export async function writeAtomically(
  { client }: Pick<Table, 'client'>,
  writes: readonly TransactWriteItem[],
): Promise<'committed' | 'conflict'> {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: [...writes] }));
    return 'committed';
  } catch (error) {
    if (error instanceof TransactionInProgressException) return 'conflict';
    if (!(error instanceof TransactionCanceledException)) throw error;
    const reasons = error.CancellationReasons ?? [];
    if (reasons.every(({ Code }) => PASSING_REASONS.has(Code ?? 'None'))) return 'conflict';
    throw error;
  }
}

/** The put of an item under its condition, as DynamoDB's calls take it. */
export function putRequest(TableName: string, { item, condition, values }: ConditionalPut) {
  return {
    TableName,
    Item: toAttributes(item),
    ConditionExpression: condition,
    ...(values && { ExpressionAttributeValues: toAttributes(values) }),
  };
}

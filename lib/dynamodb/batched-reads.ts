import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { shareCalls } from './batched-calls.ts';
import { getItem, type Item, readItem } from './items.ts';
import type { Key } from './keys.ts';
import { type Table, toAttributes } from './table.ts';

/** Reads one item as it stands after the latest write before the call, as {@link getItem} does. */
export type ReadItem = (key: Key) => Promise<Item | undefined>;

/** DynamoDB takes so many keys in one call. */
const KEYS_PER_CALL = 100;

interface Asked {
  readonly key: Key;
  readonly answer: PromiseWithResolvers<Item | undefined>;
}

/**
 * Reads that are asked for at the same moment, or while such a call is under way, share the next one;
 * DynamoDB bills the same.
 *
 * Each read still begins after it was asked for, so who waits for one before asking for the next gets them in
 * that order.
 */
export function createBatchedReads(table: Table): ReadItem {
  const ask = shareCalls<Asked>({
    most: KEYS_PER_CALL,
    next: (asked) => asked.slice(0, KEYS_PER_CALL),
    call: (group) =>
      readGroup(table, group).catch((error) => {
        for (const { answer } of group) answer.reject(error);
      }),
  });
  return (key) => {
    const answer = Promise.withResolvers<Item | undefined>();
    ask({ key, answer });
    return answer.promise;
  };
}

async function readGroup(table: Table, group: readonly Asked[]): Promise<void> {
  const keys = new Map(group.map(({ key }) => [nameOf(key), key]));
  const found = keys.size === 1 ? { items: new Map(), left: keys } : await readTogether(table, keys);
  // What DynamoDB left out for lack of capacity is read alone, where the client waits and tries again.
  const alone = await Promise.all(
    [...found.left].map(async ([name, key]) => [name, await getItem(table, key)] as const),
  );
  const items = new Map<string, Item | undefined>([...found.items, ...alone]);
  for (const { key, answer } of group) answer.resolve(items.get(nameOf(key)));
}

async function readTogether(
  { client, name }: Table,
  keys: ReadonlyMap<string, Key>,
): Promise<{ items: ReadonlyMap<string, Item>; left: ReadonlyMap<string, Key> }> {
  const Keys = [...keys.values()].map((key) => toAttributes(key));
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetItemCommand({
      RequestItems: { [name]: { Keys, ConsistentRead: true } },
    }),
  );
  const items = (Responses?.[name] ?? []).map(readItem).map((item) => [nameOf(item), item] as const);
  const left = new Set((UnprocessedKeys?.[name]?.Keys ?? []).map((key) => nameOf(readItem(key))));
  return { items: new Map(items), left: new Map([...keys].filter(([key]) => left.has(key))) };
}

function nameOf({ pk, sk }: Item | Key): string {
  return JSON.stringify([pk, sk]);
}

import { shareCalls } from './batched-calls.ts';
import { getBatch, getItem, type Item, KEYS_PER_CALL } from './items.ts';
import type { Key } from './keys.ts';
import type { Table } from './table.ts';

/** Reads one item as it stands after the latest write before the call, as {@link getItem} does. */
export type ReadItem = (key: Key) => Promise<Item | undefined>;

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
  const asked = [...new Map(group.map(({ key }) => [nameOf(key), key])).values()];
  const { items, left } = asked.length === 1 ? { items: [], left: asked } : await getBatch(table, asked);
  // What DynamoDB left out for lack of capacity is read alone, where the client waits and tries again.
  const alone = await Promise.all(left.map((key) => getItem(table, key)));
  const found = new Map([...items, ...alone].flatMap((item) => (item ? [[nameOf(item), item]] : [])));
  for (const { key, answer } of group) answer.resolve(found.get(nameOf(key)));
}

function nameOf({ pk, sk }: Item | Key): string {
  return JSON.stringify([pk, sk]);
}

import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { eachLimit } from '../each-limit.ts';
import { pauseForCapacity } from './items.ts';
import type { Key } from './keys.ts';
import { queryPages, under } from './queries.ts';
import { type Table, toAttributes } from './table.ts';

const ITEMS_PER_BATCH = 25;
const BATCHES_AT_ONCE = 4;

/** The keys under one partition key, in their order. */
export async function* keysUnder(table: Table, pk: string): AsyncGenerator<Key> {
  const query = { ...under(pk), ProjectionExpression: 'pk, sk' };
  for await (const { items } of queryPages(table, query)) {
    for (const { sk } of items) yield { pk, sk: String(sk) };
  }
}

/** Deletes items, whether they are there or not. */
export async function deleteItems({ client, name }: Table, keys: readonly Key[]): Promise<void> {
  let pending = keys.map((key) => ({ DeleteRequest: { Key: toAttributes(key) } }));
  while (pending.length > 0) {
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({
        RequestItems: { [name]: pending.slice(0, ITEMS_PER_BATCH) },
      }),
    );
    const unprocessed = (UnprocessedItems?.[name] ?? []).flatMap(({ DeleteRequest }) =>
      DeleteRequest?.Key ? [{ DeleteRequest: { Key: DeleteRequest.Key } }] : [],
    );
    if (unprocessed.length > 0) await pauseForCapacity();
    pending = [...unprocessed, ...pending.slice(ITEMS_PER_BATCH)];
  }
}

/**
 * Deletes everything under one partition key for as long as `mayGoOn` says so. Answers whether nothing is
 * left.
 */
export function deletePartition(table: Table, pk: string, mayGoOn: () => boolean): Promise<boolean> {
  return eachLimit({
    items: batchesOf(keysUnder(table, pk)),
    limit: BATCHES_AT_ONCE,
    mayGoOn,
    work: (batch) => deleteItems(table, batch),
  });
}

async function* batchesOf(keys: AsyncGenerator<Key>): AsyncGenerator<readonly Key[]> {
  let batch: Key[] = [];
  for await (const key of keys) {
    batch.push(key);
    if (batch.length < ITEMS_PER_BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

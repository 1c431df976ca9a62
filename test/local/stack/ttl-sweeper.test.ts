import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { tableDefinition } from '../../../local/stack/table.ts';
import { createSweeper } from '../../../local/stack/ttl-sweeper.ts';
import { useTable } from '../../support/dynamodb.ts';

const NOW_SECONDS = 1_800_000_000;

async function useSweeper(itemsPerSweep?: number) {
  const { sdk: client, name: tableName } = await useTable();
  const sweep = createSweeper({
    client,
    tableName,
    definition: await tableDefinition(),
    clock: () => NOW_SECONDS * 1000,
    ...(itemsPerSweep !== undefined && { itemsPerSweep }),
  });
  return {
    sweep,
    put(sk: string, expiresAt?: number) {
      const Item = { pk: { S: 'p' }, sk: { S: sk }, ...(expiresAt && { expiresAt: { N: `${expiresAt}` } }) };
      return client.send(new PutItemCommand({ TableName: tableName, Item }));
    },
    async left() {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
      return Items.map((item) => item['sk']?.S).toSorted();
    },
  };
}

test('items whose expiry has passed go; the rest stay, those without one too', async () => {
  const { sweep, put, left } = await useSweeper();
  await put('expired', NOW_SECONDS - 1);
  await put('just now', NOW_SECONDS);
  await put('later', NOW_SECONDS + 1);
  await put('never');

  expect(await sweep()).toBe(1);
  expect(await left()).toEqual(['just now', 'later', 'never']);
});

test('a large table is swept bit by bit, and then from its beginning again', async () => {
  const { sweep, put, left } = await useSweeper(3);
  for (const sk of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await put(sk, NOW_SECONDS - 1);
  expect([await sweep(), await sweep(), await sweep()]).toEqual([3, 3, 1]);
  await put('b', NOW_SECONDS - 1);
  expect(await sweep()).toBe(1);
  expect(await left()).toEqual([]);
});

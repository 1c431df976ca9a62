import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { FREE_PACE, type Pace, slowedDown } from '../../../lib/delivery/pace.ts';
import { createPaceStore } from '../../../lib/table/dynamodb-pace-store.ts';
import { putAll } from '../../../lib/table/items.ts';
import { useTable } from '../../support/dynamodb.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 4);
const STOPPED = slowedDown(FREE_PACE, { cause: 'rate', leftAtMs: NOW_MS }, NOW_MS, () => 0.5);

async function useStore() {
  const table = await useTable();
  const errors: string[] = [];
  const logger = {
    info: () => undefined,
    warn: () => undefined,
    error: (message: string) => void errors.push(message),
  };
  return { table, errors, store: createPaceStore(table, { newVersion: randomUUID, logger }) };
}

test('what one writes the others read, to the last digit', async () => {
  const { store } = await useStore();
  expect(await store.load()).toEqual({ value: FREE_PACE, version: undefined });
  const pace: Pace = { ...STOPPED, nextFreeAtMs: NOW_MS + 1 / 3, lastBackAtMs: 0 };
  const written = await store.commit({ value: pace, version: undefined });
  expect(await store.load()).toEqual(written);
  expect(written).toMatchObject({ value: pace });
});

test('of many who write over the same version one gets through', async () => {
  const { store } = await useStore();
  const free = await store.load();
  const results = await Promise.all(
    Array.from({ length: 10 }, () => store.commit({ value: STOPPED, version: free.version })),
  );
  expect(results.filter((result) => result !== 'conflict')).toHaveLength(1);
});

test('an item that cannot be read is told, stops nothing, and is put right by the next write', async () => {
  const { table, store, errors } = await useStore();
  const item = { pk: `${table.appId}#pace`, sk: 'pace', version: 'old', slowdown: 'very' };
  await putAll(table, [{ item, condition: 'attribute_not_exists(pk)' }]);
  const loaded = await store.load();
  expect(loaded).toEqual({ value: FREE_PACE, version: 'old' });
  expect(errors).toHaveLength(1);
  expect(await store.commit({ ...loaded, value: STOPPED })).not.toBe('conflict');
  expect((await store.load()).value).toEqual(STOPPED);
});

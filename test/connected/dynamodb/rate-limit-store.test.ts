import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRateLimitStore } from '../../../lib/dynamodb/dynamodb-rate-limit-store.ts';
import { putAtomically } from '../../../lib/dynamodb/items.ts';
import { NO_LIMIT, type RateLimit, slowedDown } from '../../../lib/limits/rate-limit.ts';
import { useTable } from '../../support/dynamodb.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 4);
const STOPPED = slowedDown(NO_LIMIT, { cause: 'rate', leftAtMs: NOW_MS }, NOW_MS, () => 0.5);

async function useStore() {
  const table = await useTable();
  const errors: string[] = [];
  const logger = {
    info: () => undefined,
    warn: () => undefined,
    error: (message: string) => void errors.push(message),
  };
  return { table, errors, store: createRateLimitStore(table, { newVersion: randomUUID, logger }) };
}

test('what one writes the others read, to the last digit', async () => {
  const { store } = await useStore();
  expect(await store.load()).toEqual({ value: NO_LIMIT, version: undefined });
  const pace: RateLimit = { ...STOPPED, nextFreeAtMs: NOW_MS + 1 / 3, lastBackAtMs: 0 };
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
  const item = { pk: `${table.appId}#rate-limit`, sk: 'rate-limit', version: 'old', slowdown: 'very' };
  await putAtomically(table, [{ item, condition: 'attribute_not_exists(pk)' }]);
  const loaded = await store.load();
  expect(loaded).toEqual({ value: NO_LIMIT, version: 'old' });
  expect(errors).toHaveLength(1);
  expect(await store.commit({ ...loaded, value: STOPPED })).not.toBe('conflict');
  expect((await store.load()).value).toEqual(STOPPED);
});

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Count } from '../../../lib/changes/counts.ts';
import { createStatisticsReader } from '../../../lib/table/statistics-reader.ts';
import { createStatisticsWriter } from '../../../lib/table/statistics-writer.ts';
import { useTable } from '../../support/dynamodb.ts';

const table = await useTable();
const AT = Date.UTC(2026, 11, 1, 4);

function useTemplate() {
  const templateId = `t-${randomUUID()}`;
  const writer = createStatisticsWriter(table, {
    sleep: (ms) => sleep(ms),
    random: Math.random,
    clock: () => AT,
  });
  const store = { ...writer, ...createStatisticsReader(table) };
  const count = (name: string, by: number, atMs = AT): Count => ({ templateId, atMs, name, by });
  /** A group whose changes count one send each, the first at sequence 1. */
  const sends = (groupId: string, changes: number) => ({
    groupId,
    upTo: BigInt(changes),
    countsAfter: (sequence = 0n) =>
      Array.from({ length: changes - Number(sequence) }, () => count('sent', 1)),
  });
  const sent = async () =>
    (await store.quarters(templateId, AT)).reduce((sum, { counts }) => sum + (counts['sent'] ?? 0), 0);
  return { templateId, store, count, sends, sent };
}

test('a group that comes again is not counted again', async () => {
  const { store, sends, sent } = useTemplate();
  const group = sends(randomUUID(), 12);
  await Promise.all([store.add(group), store.add(group), store.add(group)]);
  await store.add(group);
  expect(await sent()).toBe(12);
});

test('of a group that has grown, what is new is counted', async () => {
  const { store, sends, sent } = useTemplate();
  const id = randomUUID();
  await store.add(sends(id, 5));
  await store.add(sends(id, 9));
  await store.add(sends(id, 9));
  expect(await sent()).toBe(9);
});

test('many groups at once add up, though they change the same items', async () => {
  const { store, sends, sent } = useTemplate();
  await Promise.all(Array.from({ length: 30 }, () => store.add(sends(randomUUID(), 10))));
  expect(await sent()).toBe(300);
});

test('quarters are told apart, and the stock is kept beside them', async () => {
  const { store, count, templateId } = useTemplate();
  const later = AT + 40 * 60_000;
  await store.add({
    groupId: randomUUID(),
    upTo: 3n,
    countsAfter: () => [
      count('available', 5),
      count('available', -2, later),
      count('failed:45009', 1, later),
    ],
  });
  expect(await store.quarters(templateId, AT)).toEqual([
    { startsAtMs: AT, counts: { available: 5 } },
    { startsAtMs: AT + 30 * 60_000, counts: { available: -2, 'failed:45009': 1 } },
  ]);
  const stocks = await store.stocks();
  expect(stocks).toContainEqual({ templateId, available: 3 });
});

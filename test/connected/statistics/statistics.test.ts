import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createStatisticsReader, createStatisticsWriter } from '../../../lib/dynamodb/dynamodb-statistics.ts';
import type { Count, CountedPart } from '../../../lib/stream/counts.ts';
import { useTable } from '../../support/dynamodb.ts';

const table = await useTable();
const AT = Date.UTC(2026, 11, 1, 4);

function useTemplate() {
  const templateId = `t-${randomUUID()}`;
  const contention = { sleep: (ms: number) => sleep(ms).then(() => undefined), random: Math.random };
  const writer = createStatisticsWriter(table, { ...contention, clock: () => AT });
  const reader = createStatisticsReader(table);
  const count = (name: string, by: number, atMs = AT): Count => ({ templateId, atMs, name, by });
  const part = (...counts: Count[]): CountedPart => ({
    id: randomUUID().replaceAll('-', ''),
    atMs: AT,
    counts,
  });
  const sum = async (name: string) =>
    (await reader.buckets(templateId, AT)).reduce((total, { counts }) => total + (counts[name] ?? 0), 0);
  return { templateId, writer, reader, count, part, sum };
}

/** Parts that count one send each. */
function sends({ part, count }: ReturnType<typeof useTemplate>, many: number): readonly CountedPart[] {
  return Array.from({ length: many }, () => part(count('sent', 1)));
}

test('what comes again is not counted again, at the same time or later', async () => {
  const template = useTemplate();
  const parts = sends(template, 70);
  await Promise.all([1, 2, 3].map(() => template.writer.add(parts)));
  await template.writer.add(parts);
  expect(await template.sum('sent')).toBe(70);
});

test.each([1, 7, 30, 45, 69])(
  'a batch that comes again in two, the first of %i, is not counted again',
  async (cut) => {
    const template = useTemplate();
    const parts = sends(template, 70);
    await template.writer.add(parts);
    await template.writer.add(parts.slice(0, cut));
    await template.writer.add(parts.slice(cut));
    expect(await template.sum('sent')).toBe(70);
  },
);

test('of a batch that comes again with others, the others are counted', async () => {
  const template = useTemplate();
  const parts = sends(template, 90);
  await template.writer.add(parts.filter((_, index) => index % 3 === 0));
  await template.writer.add(parts.slice(10, 50));
  await template.writer.add(parts.toReversed());
  expect(await template.sum('sent')).toBe(90);
});

test('many writers at once add up, though they change the same items', async () => {
  const template = useTemplate();
  const batches = Array.from({ length: 30 }, () => sends(template, 10));
  await Promise.all([...batches, ...batches.slice(0, 10)].map((parts) => template.writer.add(parts)));
  expect(await template.sum('sent')).toBe(300);
});

test('parts of one change are told apart', async () => {
  const { writer, part, count, sum } = useTemplate();
  const change = part(count('available', -20));
  const second = { ...change, id: `${change.id}#1`, counts: [count('available', -3)] };
  await writer.add([change]);
  await writer.add([change, second]);
  expect(await sum('available')).toBe(-23);
});

test('time buckets are told apart, and the available gauge is kept beside them', async () => {
  const { writer, reader, part, count, templateId } = useTemplate();
  const later = AT + 40 * 60_000;
  await writer.add([
    part(count('available', 5)),
    part(count('available', -2, later), count('failed:45009', 1, later)),
  ]);
  expect(await reader.buckets(templateId, AT)).toEqual([
    { startsAtMs: AT, counts: { available: 5 } },
    { startsAtMs: AT + 30 * 60_000, counts: { available: -2, 'failed:45009': 1 } },
  ]);
  expect(await reader.buckets(templateId, later)).toHaveLength(1);
  expect(await reader.gauges()).toContainEqual({ templateId, available: 3 });
});

test('as many templates and quarters as one change can touch fit', async () => {
  const { writer, part, count, templateId, reader } = useTemplate();
  const counts = Array.from({ length: 20 }, (_, index) => ({
    ...count('available', 1, AT + index * 15 * 60_000),
    templateId: `${templateId}-${index}`,
  }));
  await writer.add([part(...counts), part(...counts), part(...counts)]);
  const stocks = (await reader.gauges()).filter((stock) => stock.templateId.startsWith(`${templateId}-`));
  expect(stocks.map(({ available }) => available)).toEqual(Array.from({ length: 20 }, () => 3));
});

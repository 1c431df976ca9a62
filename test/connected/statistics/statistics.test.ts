import { randomUUID } from 'node:crypto';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { createStatisticsReader } from '../../../lib/dynamodb/dynamodb-statistics.ts';
import { createStatisticsWriter } from '../../../lib/dynamodb/dynamodb-statistics-writer.ts';
import { getItem } from '../../../lib/dynamodb/items.ts';
import { bucketKey, gaugeKey, type Key, statisticsMarkKey } from '../../../lib/dynamodb/keys.ts';
import { checkpointName } from '../../../lib/dynamodb/stream-checkpoints.ts';
import { toAttributes } from '../../../lib/dynamodb/table.ts';
import type { Count, CountedChange } from '../../../lib/stream/counts.ts';
import { useTable } from '../../support/dynamodb.ts';

const table = await useTable();
const AT = Date.UTC(2026, 11, 1, 4);
const HOUR_MS = 3_600_000;

function useTemplate(beganAtMs = 0) {
  const templateId = `t-${randomUUID()}`;
  const shard = `shard-${randomUUID()}`;
  const writer = createStatisticsWriter(table, { clock: () => beganAtMs });
  const reader = createStatisticsReader(table);
  const count = (name: string, by: number, atMs = AT): Count => ({ templateId, atMs, name, by });
  let last = 4_421_584_500_000_000_017_450_439_000n;
  const change = (...counts: Count[]): CountedChange => ({
    id: randomUUID().replaceAll('-', ''),
    atMs: counts[0]?.atMs ?? AT,
    sequenceNumber: String(++last),
    counts,
  });
  const sum = async (name: string) =>
    (await reader.buckets(templateId, AT)).reduce((total, { counts }) => total + (counts[name] ?? 0), 0);
  return { templateId, shard, writer, reader, count, change, sum };
}

/** Changes that count one send each. */
function sends({ change, count }: ReturnType<typeof useTemplate>, many: number): readonly CountedChange[] {
  return Array.from({ length: many }, () => change(count('sent', 1)));
}

async function add(key: Key, counts: Readonly<Record<string, number | Set<string>>>): Promise<void> {
  const names = Object.keys(counts);
  await table.sdk.send(
    new UpdateItemCommand({
      TableName: table.name,
      Key: toAttributes(key),
      UpdateExpression: `ADD ${names.map((_, index) => `#n${index} :n${index}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
      ExpressionAttributeValues: toAttributes(
        Object.fromEntries(Object.values(counts).map((value, index) => [`:n${index}`, value])),
      ),
    }),
  );
}

test('what comes again is not counted again, at the same time or later', async () => {
  const template = useTemplate();
  const { writer, shard } = template;
  const changes = sends(template, 70);
  await Promise.all([1, 2, 3].map(() => writer.add(shard, changes)));
  await writer.add(shard, changes);
  expect(await template.sum('sent')).toBe(70);
});

test.each([1, 7, 30, 45, 69])(
  'a batch that comes again in two, the first of %i, is not counted again',
  async (cut) => {
    const template = useTemplate();
    const { writer, shard } = template;
    const changes = sends(template, 70);
    await writer.add(shard, changes);
    await writer.add(shard, changes.slice(0, cut));
    await writer.add(shard, changes.slice(cut));
    expect(await template.sum('sent')).toBe(70);
  },
);

test('of a batch that comes again with more behind it, the rest is counted', async () => {
  const template = useTemplate();
  const { writer, shard } = template;
  const changes = sends(template, 90);
  await writer.add(shard, changes.slice(0, 40));
  await writer.add(shard, changes.slice(10, 60));
  await writer.add(shard, changes);
  expect(await template.sum('sent')).toBe(90);
});

test('the same numbers in another shard are other changes', async () => {
  const template = useTemplate();
  const changes = sends(template, 10);
  await Promise.all([1, 2, 3].map((shard) => template.writer.add(`${template.shard} ${shard}`, changes)));
  expect(await template.sum('sent')).toBe(30);
});

test('a sequence number of more digits comes after one of fewer', async () => {
  const template = useTemplate();
  const { writer, shard } = template;
  const numbered = ['9', '10', '99999999999999999999', '100000000000000000000'].map((sequenceNumber) => ({
    ...template.change(template.count('sent', 1)),
    sequenceNumber,
  }));
  for (const change of numbered) await writer.add(shard, [change]);
  for (const change of numbered) await writer.add(shard, [change]);
  expect(await template.sum('sent')).toBe(4);
});

test('time buckets are told apart, and the available gauge is kept beside them', async () => {
  const { writer, reader, change, count, templateId, shard } = useTemplate();
  const later = AT + 40 * 60_000;
  await writer.add(shard, [
    change(count('available', 5)),
    change(count('available', -2, later), count('failed:45009', 1, later)),
  ]);
  expect(await reader.buckets(templateId, AT)).toEqual([
    { startsAtMs: AT, counts: { available: 5 } },
    { startsAtMs: AT + 30 * 60_000, counts: { available: -2, 'failed:45009': 1 } },
  ]);
  expect(await reader.buckets(templateId, later)).toHaveLength(1);
  expect(await reader.gauges()).toContainEqual({ templateId, available: 3 });
});

test('one change may touch many templates and time buckets', async () => {
  const { writer, change, count, templateId, reader, shard } = useTemplate();
  const counts = Array.from({ length: 60 }, (_, index) => ({
    ...count('available', 1, AT + index * 15 * 60_000),
    templateId: `${templateId}-${index}`,
  }));
  await writer.add(shard, [change(...counts), change(...counts), change(...counts)]);
  const stocks = (await reader.gauges()).filter((stock) => stock.templateId.startsWith(`${templateId}-`));
  expect(stocks.map(({ available }) => available)).toEqual(Array.from({ length: 60 }, () => 3));
});

test('a shard that the stream has forgotten is forgotten', async () => {
  const { writer, change, count, templateId, shard, sum } = useTemplate();
  const checkpointsAfter = async (hours: number, of: string) => {
    await writer.add(of, [change(count('available', 1, AT + hours * HOUR_MS))]);
    const item = (await getItem(table, gaugeKey(table, templateId))) ?? {};
    return Object.keys(item).filter((name) => name.startsWith('@'));
  };
  const [old, young] = [`${shard} old`, `${shard} young`];
  await checkpointsAfter(0, old);
  expect(await checkpointsAfter(29, young)).toEqual(
    expect.arrayContaining([checkpointName(old), checkpointName(young)]),
  );
  expect(await checkpointsAfter(31, young)).toEqual([checkpointName(young)]);
  expect(await sum('available')).toBe(3);
});

test('what an earlier version counted in several counters is summed, and counted on', async () => {
  const { writer, reader, change, count, templateId, shard } = useTemplate();
  const [bucket, gauge] = [bucketKey(table, templateId, AT), gaugeKey(table, templateId)];
  for (const counter of [0, 1, 2, 3]) {
    await add({ ...bucket, sk: bucket.sk.replace('#0', `#${counter}`) }, { granted: 2, available: 2 });
    await add({ ...gauge, sk: gauge.sk.replace('#0', `#${counter}`) }, { available: 2 });
  }
  await writer.add(shard, [change(count('granted', 1), count('available', 1))]);
  expect(await reader.buckets(templateId, AT)).toEqual([
    { startsAtMs: AT, counts: { granted: 9, available: 9 } },
  ]);
  expect(await reader.gauges()).toContainEqual({ templateId, available: 9 });
});

test('what an earlier version counted and marked is not counted again after the upgrade', async () => {
  const template = useTemplate(AT + HOUR_MS);
  const changes = sends(template, 30);
  for (const change of changes.slice(0, 20))
    await add(statisticsMarkKey(table, change), { marked: new Set([change.id.slice(0, 16)]) });
  await template.writer.add(template.shard, changes);
  expect(await template.sum('sent')).toBe(10);
});

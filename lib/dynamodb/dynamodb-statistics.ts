import { bucketOf, type Counts, type StatisticsReader, sumOf } from '../statistics/statistics.ts';
import { isPlaceName } from './counted-places.ts';
import { type Item, queryPages, readItem } from './items.ts';
import { bucketsPartition, sortableMoment, statisticsPartition } from './keys.ts';
import { type Table, toAttributes } from './table.ts';

/** Reads statistics from DynamoDB, and sums up the counters of earlier versions. */
export function createStatisticsReader(table: Table): StatisticsReader {
  async function query(pk: string, from: string): Promise<readonly Item[]> {
    const items: Item[] = [];
    const pages = queryPages(table, {
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND sk >= :from',
      ExpressionAttributeValues: toAttributes({ ':pk': pk, ':from': from }),
    });
    for await (const { Items = [] } of pages) items.push(...Items.map(readItem));
    return items;
  }

  return {
    async gauges() {
      const byTemplate = summedBy(await query(statisticsPartition(table), ' '));
      return [...byTemplate]
        .map(([templateId, counts]) => ({ templateId, available: counts['available'] ?? 0 }))
        .toSorted((one, other) => (one.templateId < other.templateId ? -1 : 1));
    },

    async buckets(templateId, fromMs) {
      const from = sortableMoment(bucketOf(fromMs));
      const byMoment = summedBy(await query(bucketsPartition(table, templateId), from));
      return [...byMoment].map(([moment, counts]) => ({ startsAtMs: Number(moment), counts }));
    },
  };
}

/** Counts by the sort keys without their counter's number. */
function summedBy(items: readonly Item[]): ReadonlyMap<string, Counts> {
  const groups = Map.groupBy(items, ({ sk }) => String(sk).split('#')[0] ?? '');
  return new Map([...groups].map(([name, group]) => [name, sumOf(group.map(countsIn))]));
}

function countsIn({ pk: _pk, sk: _sk, expiresAt: _expiresAt, ...counts }: Item): Counts {
  const named = Object.entries(counts).filter(([name]) => !isPlaceName(name));
  return Object.fromEntries(named.map(([name, count]) => [name, typeof count === 'number' ? count : 0]));
}

import { bucketOf, type Counts, type StatisticsReader, sumOf } from '../statistics/statistics.ts';
import type { Item } from './items.ts';
import { bucketsPartition, sortableMoment, statisticsPartition } from './keys.ts';
import { queryItems } from './queries.ts';
import { isCheckpointName } from './stream-checkpoints.ts';
import type { Table } from './table.ts';

/** Reads statistics from DynamoDB, and sums up the counters of earlier versions. */
export function createStatisticsReader(table: Table): StatisticsReader {
  async function summed(pk: string, from: string): Promise<ReadonlyMap<string, Counts>> {
    const query = {
      KeyConditionExpression: 'pk = :pk AND sk >= :from',
      values: { ':pk': pk, ':from': from },
    };
    return summedBy(await queryItems(table, query));
  }

  return {
    async gauges() {
      const byTemplate = await summed(statisticsPartition(table), ' ');
      return [...byTemplate]
        .map(([templateId, counts]) => ({ templateId, available: counts['available'] ?? 0 }))
        .toSorted((one, other) => (one.templateId < other.templateId ? -1 : 1));
    },

    async buckets(templateId, fromMs) {
      const from = sortableMoment(bucketOf(fromMs));
      const byMoment = await summed(bucketsPartition(table, templateId), from);
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
  const named = Object.entries(counts).filter(([name]) => !isCheckpointName(name));
  return Object.fromEntries(named.map(([name, count]) => [name, typeof count === 'number' ? count : 0]));
}

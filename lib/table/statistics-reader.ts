import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { quarterOf, type StatisticsReader } from '../statistics/statistics.ts';
import type { Table } from './client.ts';
import { type Item, readItem } from './items.ts';
import { quarterKey, statisticsPartition, worklistMoment } from './keys.ts';

/** Reads the statistics in DynamoDB. */
export function createStatisticsReader({ client, name, appId }: Table): StatisticsReader {
  async function query(pk: string, from = ' '): Promise<readonly Item[]> {
    const items: Item[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: name,
        KeyConditionExpression: 'pk = :pk AND sk >= :from',
        ExpressionAttributeValues: marshall({ ':pk': pk, ':from': from }),
      },
    );
    for await (const { Items = [] } of pages) items.push(...Items.map(readItem));
    return items;
  }

  return {
    async stocks() {
      const items = await query(statisticsPartition({ appId }));
      return items.map((item) => ({
        templateId: String(item['sk']),
        available: numberOf(item['available']),
      }));
    },

    async quarters(templateId, fromMs) {
      const { pk } = quarterKey({ appId }, templateId, 0);
      const items = await query(pk, worklistMoment(quarterOf(fromMs)));
      return items.map((item) => ({ startsAtMs: Number(item['sk']), counts: countsIn(item) }));
    },
  };
}

function countsIn({
  pk: _pk,
  sk: _sk,
  expiresAt: _expiresAt,
  ...counts
}: Item): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, numberOf(count)]));
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

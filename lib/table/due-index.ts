import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DueIndex } from '../delivery/dispatch-due.ts';
import type { Logger } from '../logger.ts';
import type { Table } from './client.ts';
import { readItem } from './items.ts';
import { duePartition, SHARDS } from './keys.ts';
import { toMessages } from './versioned.ts';

const PAGE_SIZE = 50;

/** The messages parked for later, by the moment they are due. Only parked messages carry the index's attributes. */
export function createDueIndex(table: Table, logger: Logger): DueIndex {
  return {
    shards: SHARDS,
    async due(shard, beforeMs) {
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: 'due',
          KeyConditionExpression: 'duePk = :shard AND dueAtMs < :before',
          ExpressionAttributeValues: marshall({ ':shard': duePartition(table, shard), ':before': beforeMs }),
          Limit: PAGE_SIZE,
        }),
      );
      return toMessages(Items.map(readItem), logger);
    },
  };
}

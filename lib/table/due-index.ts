import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { DueIndex } from '../delivery/dispatch-due.ts';
import type { Logger } from '../logger.ts';
import { toAttributes } from './attributes.ts';
import type { Table } from './client.ts';
import { readItem } from './items.ts';
import { SHARDS, worklistMoment, worklistPartition } from './keys.ts';
import { toMessages } from './versioned.ts';

const PAGE_SIZE = 50;

/** The messages parked for later, by the moment they are due: one list of the sparse index `worklist`. */
export function createDueIndex(table: Table, logger: Logger): DueIndex {
  return {
    shards: SHARDS,
    async due(shard, beforeMs) {
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: 'worklist',
          KeyConditionExpression: 'worklistPk = :list AND worklistSk < :before',
          ExpressionAttributeValues: toAttributes({
            ':list': worklistPartition(table, 'due', shard),
            ':before': worklistMoment(beforeMs),
          }),
          Limit: PAGE_SIZE,
        }),
      );
      return toMessages(Items.map(readItem), logger);
    },
  };
}

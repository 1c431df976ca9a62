import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import type { Invoke, LambdaFunction } from './invoke.ts';
import type { Observe } from './observation.ts';
import type { StreamTrigger } from './service-definition.ts';
import { LOCAL_AWS } from './table.ts';

const LOOK_EVERY_MS = 200;
const TRY_AGAIN_MS = 500;

/** A table whose changes are followed, and the engine that it is on. */
export interface FollowedTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly endpoint: string;
}

/** A table's changes on their way to a function. */
export interface TableStream {
  /** Resolves once everything that was changed before the call has been handed over and dealt with. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Hands a table's changes to a function as Lambda does: in order, in batches, those only that the filters let through, and a batch
 * that fails again and again until it does not.
 */
export async function startTableStream(
  options: FollowedTable & {
    trigger: StreamTrigger;
    called: LambdaFunction;
    invoke: Invoke;
    observe: Observe;
  },
): Promise<TableStream> {
  const { client, tableName, endpoint, trigger, called, invoke, observe } = options;
  const streams = new DynamoDBStreamsClient({ ...LOCAL_AWS, endpoint });
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  const StreamArn = Table?.LatestStreamArn;
  if (StreamArn === undefined) throw new Error(`The table ${tableName} has no stream.`);
  const positions = new Map<string, string | undefined>();
  let isOpen = true;
  let turn = Promise.resolve();

  /** Shards that have come since are begun at their beginning. */
  async function findShards(): Promise<void> {
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    for (const { ShardId } of StreamDescription?.Shards ?? []) {
      if (ShardId === undefined || positions.has(ShardId)) continue;
      const at = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
      positions.set(ShardId, (await streams.send(new GetShardIteratorCommand(at))).ShardIterator);
    }
  }

  async function handOver(records: readonly StreamRecord[]): Promise<void> {
    const Records = records.filter((record) => trigger.letsThrough(record.dynamodb?.Keys?.['sk']?.S ?? ''));
    if (Records.length === 0) return;
    while (isOpen) {
      const startedAt = performance.now();
      const invocation = await invoke(called, { Records: Records.map(asLambdaHasIt) });
      const failed = invocation.type === 'threw' ? Records.length : 0;
      observe({
        type: 'batch',
        function: called.name,
        records: Records.length,
        failed,
        ms: performance.now() - startedAt,
      });
      if (invocation.type !== 'threw') return;
      observe({ type: 'fault', function: called.name, error: invocation.error });
      await sleep(TRY_AGAIN_MS);
    }
  }

  async function look(): Promise<void> {
    await findShards();
    for (const [shardId, ShardIterator] of positions) {
      let iterator = ShardIterator;
      while (iterator !== undefined && isOpen) {
        const { Records = [], NextShardIterator } = await streams.send(
          new GetRecordsCommand({ ShardIterator: iterator, Limit: trigger.batchSize }),
        );
        await handOver(Records);
        positions.set(shardId, NextShardIterator);
        iterator = Records.length > 0 ? NextShardIterator : undefined;
      }
    }
  }

  function lookInTurn(): Promise<void> {
    turn = turn.catch(() => undefined).then(() => (isOpen ? look() : undefined));
    return turn;
  }

  const timer = setInterval(() => lookInTurn().catch(() => undefined), LOOK_EVERY_MS);
  timer.unref();
  return {
    drained: lookInTurn,
    async close() {
      isOpen = false;
      clearInterval(timer);
      await turn.catch(() => undefined);
      streams.destroy();
    },
  };
}

/** The SDK makes a Date of what Lambda hands over in seconds. */
function asLambdaHasIt({ dynamodb, ...record }: StreamRecord) {
  const atMs = dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0;
  return { ...record, dynamodb: { ...dynamodb, ApproximateCreationDateTime: Math.floor(atMs / 1000) } };
}

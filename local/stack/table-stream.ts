import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { withoutLog } from '../../lib/runtime/aws.ts';
import { asLambdaHasIt, type LambdaRecord } from '../../operate/lambda-record.ts';
import { failedRecords } from './batch-failures.ts';
import type { ForgetChanges } from './forget-behind-all.ts';
import type { Invoke, LambdaFunction } from './invoke.ts';
import type { Observe } from './observation.ts';
import type { StreamTrigger } from './service-definition.ts';
import { LOCAL_AWS } from './table.ts';
import { windowOf, withState } from './tumbling-window.ts';

const LOOK_EVERY_MS = 200;
const TRY_AGAIN_MS = 100;

/** How far changes have been handed over: the latest sequence number, by function, stream and shard. */
export type HandedOver = Map<string, string>;

/** A table whose changes are followed, and the engine that it is on. */
export interface FollowedTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly endpoint: string;
  /** Where to go on from, kept up to date; empty at first. */
  readonly handedOver: HandedOver;
  /** Whether changes wait for as long as the trigger gathers them, or until they are drained. */
  readonly gathers?: boolean;
  /** Lets go of the changes up to one; absent where the engine does that by itself. */
  readonly forgetChanges?: ForgetChanges | undefined;
}

/** A table's changes on their way to a function. */
export interface TableStream {
  /** Resolves once everything that was changed before the call has been handed over and dealt with. */
  drained(): Promise<void>;
  /** Hands everything over once more, in batches of another size. */
  replay(batchSize: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Hands a table's changes to a function as Lambda does: in order, in batches, those only that the filters let through, and what fails
 * again and again until it does not.
 */
export async function startTableStream(
  options: FollowedTable & {
    trigger: StreamTrigger;
    called: LambdaFunction;
    invoke: Invoke;
    observe: Observe;
  },
): Promise<TableStream> {
  const { client, tableName, endpoint, handedOver, trigger, called, invoke, observe } = options;
  const streams = withoutLog(new DynamoDBStreamsClient({ ...LOCAL_AWS, endpoint }));
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  const StreamArn = Table?.LatestStreamArn;
  if (StreamArn === undefined) throw new Error(`The table ${tableName} has no stream.`);
  const positions = new Map<string, string | undefined>();
  let knowsAllShards = false;
  let isOpen = true;
  let turn = Promise.resolve();

  /** Shards that have come since are begun at their beginning. */
  async function findShards(): Promise<void> {
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    for (const { ShardId } of StreamDescription?.Shards ?? []) {
      if (ShardId === undefined || positions.has(ShardId)) continue;
      positions.set(ShardId, await placeIn(ShardId, handedOver.get(nameOf(ShardId))));
    }
  }

  const nameOf = (shardId: string) => `${called.name} ${StreamArn} ${shardId}`;

  /** The place after a change, or a shard's beginning. */
  async function placeIn(ShardId: string, after?: string): Promise<string | undefined> {
    const at = after
      ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: after }
      : { ShardIteratorType: 'TRIM_HORIZON' as const };
    return (await streams.send(new GetShardIteratorCommand({ StreamArn, ShardId, ...at }))).ShardIterator;
  }

  /** What failed as a whole comes again by halves, what failed from one record on comes again from that one on. */
  async function handOver(shardId: string, records: readonly StreamRecord[]): Promise<void> {
    const batches = [records.filter(isLetThrough).map(asLambdaHasIt)];
    for (let batch = batches.shift(); batch && isOpen; batch = batches.shift()) {
      if (batch.length === 0) continue;
      const left = await callWith(shardId, batch);
      if (left.length === 0) continue;
      await sleep(TRY_AGAIN_MS);
      const cut = left.length === batch.length ? Math.ceil(left.length / 2) : left.length;
      batches.unshift(left.slice(0, cut), left.slice(cut));
    }
  }

  const isLetThrough = ({ dynamodb }: StreamRecord) => trigger.letsThrough(dynamodb?.Keys?.['sk']?.S ?? '');

  /** Answers what must come again. */
  async function callWith(shardId: string, batch: readonly LambdaRecord[]): Promise<readonly LambdaRecord[]> {
    const startedAt = performance.now();
    const { windowSeconds } = trigger;
    const source = { eventSourceARN: StreamArn, shardId };
    const invocation =
      windowSeconds > 0
        ? withState(await invoke(called, { Records: batch, ...source, ...windowOf(batch, windowSeconds) }))
        : await invoke(called, { Records: batch });
    const numbers = batch.map(({ dynamodb }) => dynamodb.SequenceNumber ?? '');
    const failed = failedRecords(numbers, invocation);
    const first = numbers.findIndex((number) => failed.has(number));
    const left = first < 0 ? [] : batch.slice(first);
    if (invocation.type === 'threw')
      observe({ type: 'fault', function: called.name, error: invocation.error });
    const ms = performance.now() - startedAt;
    observe({ type: 'batch', function: called.name, records: batch.length, failed: left.length, ms });
    return left;
  }

  /** Reads on from a place in a shard to its end. Tells `reached` of each change up to which all is done, and of the place after it. */
  async function readOn(
    shardId: string,
    iterator: string | undefined,
    batchSize: number,
    reached: (next: string | undefined, last?: string) => void = () => undefined,
  ): Promise<void> {
    while (iterator !== undefined && isOpen) {
      const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: batchSize });
      const { Records = [], NextShardIterator } = await streams.send(command);
      await handOver(shardId, Records);
      if (!isOpen) return;
      reached(NextShardIterator, Records.at(-1)?.dynamodb?.SequenceNumber);
      if (Records.length === 0) return;
      iterator = NextShardIterator;
    }
  }

  /** A shard that has ended has others after it. Nothing else is described: the engine reads all changes for that. */
  async function look(): Promise<void> {
    do {
      if (!knowsAllShards) await findShards();
      knowsAllShards = positions.size > 0;
      for (const [shardId, iterator] of positions) {
        if (iterator === undefined) continue;
        await readOn(shardId, iterator, trigger.batchSize, (next, last) => {
          positions.set(shardId, next);
          if (next === undefined) knowsAllShards = false;
          if (last === undefined) return;
          handedOver.set(nameOf(shardId), last);
          options.forgetChanges?.(tableName, last);
        });
      }
    } while (isOpen && !knowsAllShards && positions.size > 0);
  }

  async function replay(batchSize: number): Promise<void> {
    for (const shardId of positions.keys()) await readOn(shardId, await placeIn(shardId), batchSize);
  }

  function lookInTurn(): Promise<void> {
    turn = turn.catch(() => undefined).then(() => (isOpen ? look() : undefined));
    return turn;
  }

  const everyMs = options.gathers ? Math.max(LOOK_EVERY_MS, trigger.gatherSeconds * 1_000) : LOOK_EVERY_MS;
  const timer = setInterval(() => lookInTurn().catch(() => undefined), everyMs);
  timer.unref();
  return {
    drained: lookInTurn,
    replay,
    async close() {
      isOpen = false;
      clearInterval(timer);
      await turn.catch(() => undefined);
      streams.destroy();
    },
  };
}

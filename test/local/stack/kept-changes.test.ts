import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  BatchWriteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { expect, onTestFinished, test } from 'vitest';
import { startDynamoDb } from '../../../local/stack/dynamodb.ts';
import { openKeptChanges } from '../../../local/stack/kept-changes.ts';
import { createTable, LOCAL_AWS, localDynamoDbClient, tableDefinition } from '../../../local/stack/table.ts';

const TableName = 'changing';

/** A table with a stream, on an engine of its own. */
async function useEngine(options: { dataDir?: string }) {
  const engine = await startDynamoDb({ hasStream: true, ...options });
  const sdk = localDynamoDbClient(engine.endpoint);
  const streams = new DynamoDBStreamsClient({ ...LOCAL_AWS, endpoint: engine.endpoint });
  const close = async () => {
    sdk.destroy();
    streams.destroy();
    await engine.close();
  };
  onTestFinished(close);
  await createTable(sdk, TableName, await tableDefinition());
  return { sdk, streams, close };
}

type Engine = Awaited<ReturnType<typeof useEngine>>;

const item = (name: string) => ({ pk: { S: name }, sk: { S: 'item' }, text: { S: 'x'.repeat(300) } });

const put = (sdk: DynamoDBClient, name: string) =>
  sdk.send(new PutItemCommand({ TableName, Item: item(name) }));

/** The changes that the stream still has, as the number and the item of each. */
async function changes({ sdk, streams }: Engine): Promise<string[]> {
  const { Table } = await sdk.send(new DescribeTableCommand({ TableName }));
  const shard = { StreamArn: Table?.LatestStreamArn, ShardId: `shardId-00000001-${TableName}` };
  const from = new GetShardIteratorCommand({ ...shard, ShardIteratorType: 'TRIM_HORIZON' });
  const { ShardIterator } = await streams.send(from);
  const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ dynamodb }) => `${dynamodb?.SequenceNumber} ${dynamodb?.Keys?.['pk']?.S}`);
}

async function useFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

// How it is with 100,000 changes is in test/measured.
test('writes stay as quick as on a new table, however many changes are kept', {
  timeout: 60_000,
}, async () => {
  const [used, fresh] = [await useEngine({}), await useEngine({})];
  for (let n = 0; n < 4_000; n += 25) {
    const Items = Array.from({ length: 25 }, (_, i) => ({ PutRequest: { Item: item(`${n + i}`) } }));
    await used.sdk.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: Items } }));
  }
  const tookMs = { used: [] as number[], fresh: [] as number[] };
  // In turns, so that whatever else the machine does slows both.
  for (let n = 0; n < 100; n++) {
    for (const [name, { sdk }] of Object.entries({ used, fresh })) {
      const startedAt = performance.now();
      await put(sdk, `${n}`);
      tookMs[name as keyof typeof tookMs].push(performance.now() - startedAt);
    }
  }
  const median = (times: number[]) => times.sort((a, b) => a - b)[times.length / 2] ?? Number.NaN;
  expect(median(tookMs.used) / median(tookMs.fresh)).toBeLessThan(1.5);
});

test('changes that are done with go, but for the latest of them, and none that is not done with', async () => {
  const dataDir = await useFolder();
  const engine = await useEngine({ dataDir });
  const kept = openKeptChanges(join(dataDir, 'dynamodb.sqlite'), 2);
  onTestFinished(kept.close);
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await put(engine.sdk, name);
  kept.forget('another', '7');
  expect(await changes(engine)).toHaveLength(7);
  kept.forget(TableName, '5');
  expect(await changes(engine)).toEqual(['4 d', '5 e', '6 f', '7 g']);
  kept.forget(TableName, '1');
  expect(await changes(engine)).toHaveLength(4);
});

test('while the engine has its file locked, changes stay until the next call, and writes wait for us', async () => {
  const dataDir = await useFolder();
  const engine = await useEngine({ dataDir });
  const file = join(dataDir, 'dynamodb.sqlite');
  const kept = openKeptChanges(file, 0);
  onTestFinished(kept.close);
  for (const name of ['a', 'b', 'c']) await put(engine.sdk, name);
  const other = new DatabaseSync(file);
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  kept.forget(TableName, '2');
  const write = put(engine.sdk, 'd');
  other.exec('COMMIT');
  await write;
  expect(await changes(engine)).toEqual(['1 a', '2 b', '3 c', '4 d']);
  kept.forget(TableName, '2');
  expect(await changes(engine)).toEqual(['3 c', '4 d']);
});

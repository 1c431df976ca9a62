import { BatchWriteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { expect, onTestFinished, test } from 'vitest';
import { startStack } from '../../local/stack/stack.ts';
import { LOCAL_AWS, localDynamoDbClient } from '../../local/stack/table.ts';
import { PRICE_DROP, QUIET } from '../contract/running-service.ts';
import { acceptedSends, allowOneEach, ask, startElsewhere } from './stack-elsewhere.ts';

const WRITES = 1_000;
/** CI makes do with fewer, of these and of the messages. */
const CHANGES = Number(process.env['CHANGES'] ?? 100_000);
const PER_REQUEST = 25;

async function useChangingTable() {
  const stack = await startStack({ logger: QUIET, followChanges: true, dispatchEverySeconds: 0 });
  const sdk = localDynamoDbClient(stack.dynamodbEndpoint);
  onTestFinished(async () => {
    sdk.destroy();
    await stack.close();
  });
  return {
    write: (n: number) => sdk.send(new PutItemCommand({ TableName: stack.tableName, Item: item(n) })),
    writeMany: (numbers: readonly number[]) => {
      const puts = numbers.map((n) => ({ PutRequest: { Item: item(n) } }));
      return sdk.send(new BatchWriteItemCommand({ RequestItems: { [stack.tableName]: puts } }));
    },
    idle: () => stack.idle(),
    /** The number of the oldest change that is kept. */
    async oldest() {
      const streams = new DynamoDBStreamsClient({ ...LOCAL_AWS, endpoint: stack.dynamodbEndpoint });
      onTestFinished(() => streams.destroy());
      const { Streams } = await streams.send(new ListStreamsCommand());
      const StreamArn = Streams?.[0]?.StreamArn;
      const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
      const { ShardId } = StreamDescription?.Shards?.[0] ?? {};
      const from = new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
      const { ShardIterator } = await streams.send(from);
      const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }));
      return Number(Records?.[0]?.dynamodb?.SequenceNumber);
    },
  };
}

const item = (n: number) => ({
  pk: { S: `filler#${n % 5_000}` },
  sk: { S: 'filler' },
  text: { S: 'x'.repeat(500) },
});

const median = (values: number[]) =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

test(`a write after ${CHANGES} changes takes at most 1.3 times the first, and few changes are kept`, {
  timeout: 300_000,
}, async () => {
  const [used, fresh] = [await useChangingTable(), await useChangingTable()];
  for (let n = 0; n < CHANGES; n += PER_REQUEST) {
    await used.writeMany(Array.from({ length: PER_REQUEST }, (_, i) => n + i));
  }
  await used.idle();
  const tookMs = { used: [] as number[], fresh: [] as number[] };
  // In turns, so that whatever else the machine does slows both.
  for (let n = 0; n < WRITES; n++) {
    for (const [name, { write }] of Object.entries({ used, fresh })) {
      const startedAt = performance.now();
      await write(n);
      tookMs[name as keyof typeof tookMs].push(performance.now() - startedAt);
    }
  }
  const ratio = median(tookMs.used) / median(tookMs.fresh);
  console.info(`a write after ${CHANGES} changes takes ${ratio.toFixed(2)} times one of the first ${WRITES}`);
  expect(ratio).toBeLessThan(1.3);
  expect(await used.oldest()).toBeGreaterThan(CHANGES - 11_000);
});

const MESSAGES = Number(process.env['MESSAGES'] ?? 5_000);
const BATCH = 500;
/** CI's machine may be half as quick. */
const WITHIN_SECONDS = Number(process.env['WITHIN_SECONDS'] ?? 5);

test(`${MESSAGES} messages in batches of ${BATCH}: each is accepted within ${WITHIN_SECONDS} s while the senders run`, {
  timeout: 300_000,
}, async () => {
  const stack = await startElsewhere({ followChanges: true });
  await ask(`${stack.wechatUrl}/_control/latency`, { ms: 50 });
  const openids = await allowOneEach(stack, MESSAGES);
  const tookMs: number[] = [];
  for (let from = 0; from < MESSAGES; from += BATCH) {
    const messages = openids.slice(from, from + BATCH).map((to) => ({ to, ...PRICE_DROP }));
    const startedAt = performance.now();
    const { items } = await ask(`${stack.apiUrl}/v1/messages/batch`, { messages });
    tookMs.push(performance.now() - startedAt);
    expect(items.filter((item: { message?: unknown }) => item.message)).toHaveLength(BATCH);
  }
  const [first = 0] = tookMs;
  console.info(
    `batches of ${BATCH}, as shares of the first (${first.toFixed(0)} ms): ${tookMs.map((ms) => (ms / first).toFixed(2)).join(' ')}`,
  );
  expect(Math.max(...tookMs)).toBeLessThan(WITHIN_SECONDS * 1_000);
  await expect.poll(() => acceptedSends(stack), { timeout: 120_000, interval: 500 }).toBe(MESSAGES);
});

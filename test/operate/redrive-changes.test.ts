import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, expect, test, vi } from 'vitest';
import { buildServices, createHandler } from '../../handlers/publish-changes.ts';
import { createMessageStore } from '../../lib/dynamodb/dynamodb-message-store.ts';
import { emptyLedger } from '../../lib/grants/ledger.ts';
import { recordReport } from '../../lib/grants/report-grants.ts';
import { createRuntime } from '../../lib/runtime/runtime.ts';
import { startEventBus } from '../../local/stack/event-bus.ts';
import { startSqs } from '../../local/stack/sqs.ts';
import { LOCAL_AWS } from '../../local/stack/table.ts';
import { QUIET } from '../contract/running-service.ts';
import { useTable } from '../support/dynamodb.ts';
import { runCommand } from './run-command.ts';

vi.setConfig({ testTimeout: 30_000 });

/** Nobody follows the changes of this table: all of them are still to be taken in. */
const table = await useTable(undefined, { hasStream: true });
const dynamodb = table.endpoint;
const base = createRuntime({ logger: QUIET });
const bus = await startEventBus();
const sqs = await startSqs({ Dead: {} });
const queueUrl = sqs.queues['Dead']!.url;

const FUNCTION = 'arn:aws:lambda:ap-southeast-1:000000000000:function:qingniao-test-publish-changes';

/** A failure as Lambda writes it into the queue. */
function failureOf(info: { streamArn: string; shardId: string; first: string; last: string }): string {
  return JSON.stringify({
    requestContext: {
      requestId: '8e6f',
      functionArn: FUNCTION,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 70,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: null },
    version: '1.0',
    timestamp: '2026-12-01T06:00:00.000Z',
    DDBStreamBatchInfo: {
      shardId: info.shardId,
      startSequenceNumber: info.first,
      endSequenceNumber: info.last,
      approximateArrivalOfFirstRecord: '2026-12-01T00:00:00Z',
      approximateArrivalOfLastRecord: '2026-12-01T00:00:01Z',
      batchSize: 2,
      streamArn: info.streamArn,
    },
  });
}

/** Where the changes of the table stand that concern this user, both ends included. */
async function positionOf(openid: string) {
  const streams = new DynamoDBStreamsClient({ ...LOCAL_AWS, endpoint: dynamodb });
  const { Table } = await table.sdk.send(new DescribeTableCommand({ TableName: table.name }));
  const StreamArn = Table?.LatestStreamArn ?? '';
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  for (const { ShardId } of StreamDescription?.Shards ?? []) {
    const at = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
    const { ShardIterator } = await streams.send(new GetShardIteratorCommand(at));
    const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
    const own = Records.filter(({ dynamodb: change }) => change?.Keys?.['pk']?.S?.endsWith(`#${openid}`));
    const numbers = own.map(({ dynamodb: change }) => change?.SequenceNumber ?? '');
    if (numbers.length === 0) continue;
    streams.destroy();
    return { streamArn: StreamArn, shardId: ShardId ?? '', first: numbers[0]!, last: numbers.at(-1)! };
  }
  throw new Error('Nothing has changed.');
}

/** A user whose two grants nobody was told of, and where that stands. */
async function unpublished() {
  const store = createMessageStore(table, base);
  const [openid, templateId] = [`o-${base.newUuid()}`, `t-${base.newUuid()}`];
  const report = { results: { [templateId]: 'accept' }, silent: [templateId] };
  const rules = { authority: 'client', kindOf: () => 'one-time' as const, nowMs: base.clock() } as const;
  await store.commit({
    ledger: { value: recordReport(emptyLedger(openid), report, rules), version: undefined },
  });
  const once = await store.loadLedger(openid);
  await store.commit({ ledger: { ...once, value: recordReport(once.value, report, rules) } });
  return { openid, ...(await positionOf(openid)) };
}

const calls: { path: string; records: number }[] = [];
let lambda = '';
/** What Lambda answers the next times instead of calling the function. */
const answers: { payload: string; error?: string }[] = [];

beforeAll(async () => {
  const { region, credentials } = LOCAL_AWS;
  const services = await buildServices(
    {
      WECHAT_APP_ID: table.appId,
      TABLE_NAME: table.name,
      EVENT_BUS_NAME: 'events',
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
      AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
    },
    { logger: QUIET },
  );
  const handler = createHandler(services);
  const server = createServer(async (request, response) => {
    const event = JSON.parse(await text(request));
    calls.push({ path: decodeURIComponent(request.url ?? ''), records: event.Records.length });
    const broken = answers.shift();
    if (broken?.error) response.setHeader('x-amz-function-error', broken.error);
    response.end(broken?.payload ?? JSON.stringify(await handler(event)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  lambda = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async () => {
    server.close();
    await Promise.all([services.close(), sqs.close(), bus.close()]);
  };
});

async function fail(...bodies: string[]): Promise<void> {
  for (const MessageBody of bodies) {
    await sqs.client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
  }
}

const redrive = (...flags: string[]) =>
  runCommand('redrive', ['--queue', 'changes', '--dead-letter-queue-url', queueUrl, ...flags], {
    AWS_ENDPOINT_URL_LAMBDA: lambda,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: dynamodb,
  });

const left = async () => (await sqs.contents('Dead')).visible.length;

const publishedOf = (openid: string) => bus.published().filter(({ detail }) => detail['openid'] === openid);

test('what was not published is read from the stream again and taken in, once', async () => {
  const { openid, ...place } = await unpublished();
  await fail(failureOf(place), failureOf(place));
  const dry = await redrive('--dry-run');
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('still there') });
  expect([calls.length, publishedOf(openid).length, await left()]).toEqual([0, 0, 2]);

  const { code, stdout } = await redrive();
  expect(stdout).toContain('2 failed batches');
  expect(stdout).toContain('2 taken in');
  expect(code).toBe(0);
  expect(calls).toMatchObject([{ records: 2 }, { records: 2 }]);
  expect(calls[0]?.path).toContain(FUNCTION);
  expect(new Set(publishedOf(openid).map(({ detail }) => detail['eventId'])).size).toBe(2);
  expect(await left()).toBe(0);
});

test('what the stream has let go of is said to be gone, and leaves the queue when told to', async () => {
  const before = calls.length;
  const { shardId: _, ...place } = await unpublished();
  await fail(failureOf({ ...place, shardId: 'shardId-00000000000000000000-deadbeef' }), 'hello');
  const { code, stdout } = await redrive();
  expect(stdout).toContain('gone');
  expect(stdout).toContain('24 hours');
  expect(stdout).toContain('no failure of a stream');
  expect([code, calls.length - before, await left()]).toEqual([0, 0, 2]);
  await redrive('--all');
  expect(await left()).toBe(0);
});

test('what the function fails at again stays in the queue, whether it throws or says what must come again', async () => {
  await fail(failureOf(await unpublished()), failureOf(await unpublished()));
  answers.push(
    { payload: '{"errorMessage":"bus is down"}', error: 'Unhandled' },
    { payload: '{"batchItemFailures":[{"itemIdentifier":"1"}]}' },
  );
  const { code, stdout } = await redrive();
  expect(stdout.match(/failed again/g)).toHaveLength(2);
  expect([code, await left()]).toEqual([1, 2]);
  expect((await redrive()).code).toBe(0);
  expect(await left()).toBe(0);
});

test('needs to know where, and nothing else', async () => {
  for (const args of [[], ['--stage', 's', '--dead-letter-queue-url', 'http://127.0.0.1:1/q']]) {
    const { code, stderr } = await runCommand('redrive', ['--queue', 'changes', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain('For changes give --stage NAME');
  }
});

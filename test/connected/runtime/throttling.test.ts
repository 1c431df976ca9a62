import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, test } from 'vitest';
import type { HttpResult } from '../../../lib/api/http-request.ts';
import { answerFailedStart } from '../../../lib/api/middleware.ts';
import { deleteItems } from '../../../lib/dynamodb/delete-items.ts';
import { getItems } from '../../../lib/dynamodb/items.ts';
import { toAttributes } from '../../../lib/dynamodb/table.ts';
import { fetchFromSsm, openDynamoDb } from '../../../lib/runtime/aws.ts';
import { onColdStart } from '../../../lib/runtime/runtime.ts';
import { readStage } from '../../../lib/settings/read-stage.ts';

/** As AWS answers when it throttles: DynamoDB of a table's capacity, SSM of the account's calls a second. */
const THROTTLED = {
  table: {
    __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException',
    message: 'Throughput exceeds the current capacity of your table or index.',
  },
  ssm: { __type: 'ThrottlingException', message: 'Rate exceeded' },
};

let server: Server;
const asked: { readonly target: string; readonly body: Record<string, unknown>; readonly atMs: number }[] =
  [];

/** An AWS that answers each call by what `answer` makes of its number and body. */
async function startAws(answer: (count: number, body: Record<string, unknown>) => [number, unknown]) {
  asked.length = 0;
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    asked.push({ target: String(request.headers['x-amz-target']), body, atMs: performance.now() });
    const [status, reply] = answer(asked.length, body);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    AWS_REGION: 'ap-southeast-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  };
}

afterEach(() => server?.close());

test('a call of the table outlasts some seconds of throttling', async () => {
  const env = await startAws((count) => (count < 4 ? [400, THROTTLED.table] : [200, {}]));
  const client = openDynamoDb(env);
  const Key = toAttributes({ pk: 'a', sk: 'b' });
  expect(await client.send(new GetItemCommand({ TableName: 'table', Key }))).toMatchObject({ $metadata: {} });
  expect(asked).toHaveLength(4);
  client.destroy();
});

test('secrets are read though SSM throttles a burst of cold starts', async () => {
  const env = await startAws((count) =>
    count < 4 ? [400, THROTTLED.ssm] : [200, { Parameters: [{ Name: '/a', Value: 'secret' }] }],
  );
  expect(await fetchFromSsm(env)(['/a'])).toEqual(new Map([['/a', 'secret']]));
});

test('a start that SSM throttles on and on is answered 503, says when to come back, and names throttling', async () => {
  const throttled = async () =>
    Promise.reject(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }));
  const start = () => readStage({ API_KEYS_PARAM: '/keys' }, ['API_KEYS'], throttled);
  await expect(start()).rejects.toThrow(/SSM throttles.*a second/);
  const handler = onColdStart(
    start,
    () =>
      async (_: object, _context: object): Promise<HttpResult> => ({ statusCode: 200 }),
    answerFailedStart,
  );
  const answer = await handler({}, {});
  const { statusCode, headers, body } = answer as Exclude<HttpResult, string>;
  expect([statusCode, headers?.['retry-after'], JSON.parse(body ?? '').code]).toEqual([
    503,
    '5',
    'timed-out',
  ]);
});

test('a start for which AWS stays silent is answered 503 before the time is over, and goes on for the next call', async () => {
  let builds = 0;
  const answers = Promise.withResolvers<void>();
  const handler = onColdStart(
    async () => {
      builds += 1;
      await answers.promise;
    },
    () => async (): Promise<HttpResult> => ({ statusCode: 200 }),
    answerFailedStart,
  );
  const call = (leftMs: number) => handler({}, { getRemainingTimeInMillis: () => leftMs });
  const { statusCode, headers, body } = (await call(510)) as Exclude<HttpResult, string>;
  expect([statusCode, headers?.['retry-after'], JSON.parse(body ?? '').code]).toEqual([
    503,
    '5',
    'timed-out',
  ]);
  answers.resolve();
  expect(await call(10_000)).toEqual({ statusCode: 200 });
  expect(builds).toBe(1);
});

test('what a batch leaves unprocessed is asked for again after a pause, not at once', async () => {
  const env = await startAws((count, body) => {
    const requested = body['RequestItems'] as Record<string, unknown>;
    const left = count % 2 === 1 ? requested : {};
    return [200, { Responses: { table: [] }, UnprocessedKeys: left, UnprocessedItems: left }];
  });
  const table = { client: openDynamoDb(env), name: 'table', appId: 'wx1' };
  await getItems(table, [{ pk: 'a', sk: 'b' }]);
  await deleteItems(table, [{ pk: 'a', sk: 'b' }]);
  expect(asked.map(({ target }) => target.split('.')[1])).toEqual([
    'BatchGetItem',
    'BatchGetItem',
    'BatchWriteItem',
    'BatchWriteItem',
  ]);
  const gapMs = (index: number) => (asked[index]?.atMs ?? 0) - (asked[index - 1]?.atMs ?? 0);
  expect(Math.min(gapMs(1), gapMs(3))).toBeGreaterThan(40);
  table.client.destroy();
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { startDynamoDb } from '../../../local/stack/dynamodb.ts';
import { DEV_API_KEY } from '../../../local/stack/environment.ts';
import { type Stack, type StackOptions, startStack } from '../../../local/stack/stack.ts';
import { localDynamoDbClient } from '../../../local/stack/table.ts';
import { SAMPLE_OPENIDS, SAMPLE_TEMPLATES } from '../../../local/wechat-simulator/index.ts';

const openid = SAMPLE_OPENIDS[0] as string;
const template = SAMPLE_TEMPLATES[0] as (typeof SAMPLE_TEMPLATES)[number];
const { templateId } = template;
const data = Object.fromEntries(template.keywords.map(({ key, example }) => [key, example]));
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function useStack(options: StackOptions = {}): Promise<Stack> {
  const stack = await startStack({ logger: quiet, dispatchEverySeconds: 0, ...options });
  onTestFinished(() => stack.close());
  return stack;
}

async function call(stack: Stack, method: string, path: string, body?: unknown) {
  const response = await fetch(stack.apiUrl + path, {
    method,
    headers: { authorization: `Bearer ${DEV_API_KEY}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

async function grantAndBook(stack: Stack, sendAt?: string): Promise<string> {
  const results = { [templateId]: 'accept' } as const;
  stack.wechat?.subscribe({ openid, results });
  expect((await call(stack, 'POST', '/v1/grants', { requestId: 'tap', openid, results })).status).toBe(200);
  const booked = await call(stack, 'POST', '/v1/messages', {
    to: openid,
    templateId,
    data,
    ...(sendAt && { sendAt }),
  });
  expect(booked.status).toBe(202);
  return booked.body['id'] as unknown as string;
}

const statusOf = async (stack: Stack, id: string) =>
  (await call(stack, 'GET', `/v1/messages/${id}`)).body['status'];

test('a message travels from the API through the queue to WeChat, and idle waits for it', async () => {
  const stack = await useStack();
  const id = await grantAndBook(stack);
  await stack.idle();
  expect(await statusOf(stack, id)).toBe('sent');
  expect(stack.wechat?.received({ call: 'send' }).items).toHaveLength(1);
});

test('the simulated WeChat pushes its events to the API where that is asked for, and else nowhere', async () => {
  const [pushing, silent] = await Promise.all([useStack({ pushEvents: { delayMs: 0 } }), useStack()]);
  expect(pushing.wechat?.callback()).toEqual({
    url: `${pushing.apiUrl}/v1/wechat/events`,
    mode: 'safe',
    format: 'json',
  });
  expect(silent.wechat?.callback()).toBeUndefined();
});

test('stacks side by side share nothing, on one engine either', async () => {
  const engine = await startDynamoDb();
  onTestFinished(engine.close);
  const [one, two] = await Promise.all([
    useStack({ dynamodbEndpoint: engine.endpoint }),
    useStack({ dynamodbEndpoint: engine.endpoint }),
  ]);
  const id = await grantAndBook(one);
  await one.idle();
  expect((await call(one, 'GET', `/v1/messages/${id}`)).status).toBe(200);
  expect((await call(two, 'GET', `/v1/messages/${id}`)).status).toBe(404);
  expect(two.wechat?.received().items).toEqual([]);
});

test('nothing stays on an engine that is not ours', async () => {
  const engine = await startDynamoDb();
  onTestFinished(engine.close);
  const stack = await startStack({ logger: quiet, dynamodbEndpoint: engine.endpoint });
  const client = localDynamoDbClient(engine.endpoint);
  onTestFinished(() => client.destroy());
  expect((await client.send(new ListTablesCommand())).TableNames).toEqual([stack.tableName]);
  await stack.close();
  expect((await client.send(new ListTablesCommand())).TableNames).toEqual([]);
});

test('with a data directory, what was booked before a stop leaves after the next start', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'qingniao-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const before = await startStack({ logger: quiet, dataDir });
  const id = await grantAndBook(before, new Date(Date.now() + 2500).toISOString());
  await before.close();

  const after = await useStack({ dataDir });
  after.wechat?.subscribe({ openid, results: { [templateId]: 'accept' } });
  await after.idle({ dueWithinMs: 4000 });
  expect(await statusOf(after, id)).toBe('sent');
});

test('with a data directory, what was told before a stop is not told again after the next start', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'qingniao-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const before = await startStack({ logger: quiet, dataDir, followChanges: true, dispatchEverySeconds: 0 });
  await grantAndBook(before);
  await before.idle();
  expect(before.bus.published().map(({ detailType }) => detailType)).toEqual(['Grant Recorded']);
  await before.close();

  const after = await useStack({ dataDir, followChanges: true });
  await after.idle();
  expect(after.bus.published()).toEqual([]);
  after.wechat?.subscribe({ openid, results: { [templateId]: 'accept' } });
  const results = { [templateId]: 'accept' };
  const again = await call(after, 'POST', '/v1/grants', { requestId: 'tap2', openid, results });
  expect(again.status).toBe(200);
  await after.idle();
  expect(after.bus.published()).toHaveLength(1);
});

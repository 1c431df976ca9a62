import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTemplateStore } from '../../lib/dynamodb/dynamodb-template-store.ts';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { localDynamoDbClient, localTable } from '../../local/stack/table.ts';
import { SAMPLE_OPENIDS, SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { keptLogs } from '../support/log-lines.ts';
import { runCommand } from './run-command.ts';

const template = SAMPLE_TEMPLATES[0]!;
const { templateId } = template;
const data = Object.fromEntries(template.keywords.map(({ key, example }) => [key, example]));
const [sender, lost, refuser] = [SAMPLE_OPENIDS[0]!, SAMPLE_OPENIDS[1]!, 'o-refuser'];
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

let stack: Stack;
let taps = 0;

// biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever members it expects.
async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
  const response = await fetch(stack.apiUrl + path, {
    method,
    headers: { authorization: `Bearer ${DEV_API_KEY}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function grant(openid: string, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    const results = { [templateId]: 'accept' } as const;
    stack.wechat?.subscribe({ openid, results });
    taps += 1;
    await call('POST', '/v1/grants', { requestId: `tap-${taps}`, openid, results });
  }
}

async function send(to: string, more: object = {}): Promise<string> {
  const { status, body } = await call('POST', '/v1/messages', { to, templateId, data, ...more });
  expect(status).toBe(202);
  await stack.idle({ dueWithinMs: 0 });
  return body.id;
}

const audit = (...args: string[]) =>
  runCommand('audit', ['--table', stack.tableName, ...args], {
    AWS_ENDPOINT_URL_DYNAMODB: stack.dynamodbEndpoint,
  });

const appId = () => stack.env['WECHAT_APP_ID'] ?? '';

/** Changes one attribute behind the service's back. */
async function corrupt(openid: string, sk: string, expression: string, values: object, names: object) {
  const client = localDynamoDbClient(stack.dynamodbEndpoint);
  await client.send(
    new UpdateItemCommand({
      TableName: stack.tableName,
      Key: marshall({ pk: `${appId()}#user#${openid}`, sk }),
      UpdateExpression: expression,
      ExpressionAttributeValues: marshall(values),
      ExpressionAttributeNames: { ...names },
    }),
  );
  client.destroy();
}

const addTo = (openid: string, count: string, by: number) =>
  corrupt(
    openid,
    'ledger',
    `SET templates.#t.#c = templates.#t.#c + :by`,
    { ':by': by },
    { '#t': templateId, '#c': count },
  );

beforeAll(async () => {
  stack = await startStack({ logger: quiet, dispatchEverySeconds: 0 });
  stack.wechat?.createUser({ openid: refuser });
  return () => stack.close();
});

describe('a story of sends, refusals, bookings and one send of unknown fate', () => {
  let unknownId = '';
  beforeAll(async () => {
    await grant(sender, 4);
    await send(sender);
    await send(sender);
    await send(sender, { sendAt: new Date(Date.now() + 86_400_000).toISOString() });
    await grant(refuser, 2);
    stack.wechat?.addFault({ call: 'send', kind: 'errcode', errcode: 43101, openid: refuser });
    await send(refuser);
    await grant(lost, 2);
    stack.wechat?.addFault({ call: 'send', kind: 'reset', openid: lost });
    unknownId = await send(lost);
  });

  test('leaves no drift', async () => {
    const { code, stdout } = await audit();
    expect(stdout).toContain('3 users');
    expect(stdout).toContain('5 messages');
    expect(stdout).toContain('no drift');
    expect(stdout).not.toContain('settled-claim');
    expect(code).toBe(0);
  });

  test('lists what mends itself when asked to', async () => {
    const { code, stdout } = await audit('--notes');
    expect(stdout).toContain(`note  settled-claim ${appId()} ${lost} ${templateId}`);
    expect(code).toBe(0);
  });

  test('lists the send of unknown fate for operators, who settle it and find the books still in order', async () => {
    const { body } = await call('GET', '/v1/messages?status=unknown');
    expect(body).toMatchObject({ items: [{ id: unknownId, status: 'unknown', to: lost }] });
    const path = `/v1/messages/${unknownId}/settle`;
    expect(await call('POST', path, { status: 'delivered' })).toMatchObject({ status: 422 });
    const failed = { status: 200, body: { status: 'failed', outcome: { reason: 'settled-by-hand' } } };
    expect(await call('POST', path, { status: 'failed' })).toMatchObject(failed);
    expect(await call('POST', path, { status: 'failed' })).toMatchObject(failed);
    expect(await call('POST', path, { status: 'sent' })).toMatchObject({
      status: 409,
      body: { code: 'not-unknown' },
    });
    expect(await call('POST', '/v1/messages/msg_nobody/settle', { status: 'sent' })).toMatchObject({
      status: 404,
    });
    expect((await call('GET', '/v1/messages?status=unknown')).body).toEqual({ items: [] });
    expect((await call('GET', `/v1/grants?openid=${lost}`)).body.items).toMatchObject([
      { available: 2, spent: 0 },
    ]);
    expect((await audit()).code).toBe(0);
  });

  test.each(['status=sent', `status=unknown&openid=${lost}`, ''])(
    'refuses to list messages by "%s"',
    async (query) => {
      expect(await call('GET', `/v1/messages?${query}`)).toMatchObject({
        status: 422,
        body: { code: 'invalid-query' },
      });
    },
  );

  test('with a grant that was lost behind its back names the user, the template and the counts', async () => {
    await addTo(sender, 'available', -1);
    const { code, stdout } = await audit();
    await addTo(sender, 'available', 1);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      new RegExp(`drift lost-grants ${appId()} ${sender} ${templateId} expected 2, found 3`),
    );
  });

  test('with a hold too many says so in JSON as well', async () => {
    await addTo(sender, 'held', 1);
    const { code, stdout } = await audit('--json', '--segments', '2');
    await addTo(sender, 'held', -1);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      table: stack.tableName,
      drift: 2,
      findings: [
        { openid: sender, level: 'drift', rule: 'held-mismatch', templateId, expected: 1, found: 2 },
        { openid: sender, level: 'drift', rule: 'overspent', templateId, expected: 2, found: 1 },
      ],
    });
  });

  test('with an item that cannot be read names it, and audits the others', async () => {
    const sk = `message#${unknownId}`;
    await corrupt(lost, sk, 'SET #s = :s', { ':s': 'lost' }, { '#s': 'state' });
    const { code, stdout } = await audit();
    await corrupt(lost, sk, 'SET #s = :s', { ':s': 'failed' }, { '#s': 'state' });
    expect(code).toBe(1);
    expect(stdout).toContain(`drift unreadable ${appId()} ${lost}`);
    expect(stdout).toContain('3 users');
  });

  test('of another mini program is none of its business', async () => {
    const table = localTable(stack.dynamodbEndpoint, stack.tableName, 'wx-another');
    const { logger } = keptLogs();
    await createTemplateStore(table, logger).save([], Date.now());
    table.client.destroy();
    const { code, stdout } = await audit('--app', 'wx-another');
    expect(stdout).toContain('0 users');
    expect(code).toBe(0);
  });

  test('is clean again once everything is put back', async () => {
    expect((await audit()).stdout).toContain('no drift');
  });
});

test.each([
  [[], 'Give either --stage NAME or --table NAME'],
  [['--stage', 'a', '--table', 'b'], 'Give either --stage NAME or --table NAME'],
  [['--table', 'b', '--segments', '0'], '--segments takes a whole number'],
  [['--tabel', 'b'], 'npm run audit -- --help'],
])('says what is wrong with %j', async (args, text) => {
  const { code, stderr } = await runCommand('audit', args);
  expect(code).toBe(2);
  expect(stderr).toContain(text);
  expect(stderr).not.toContain('    at ');
});

test('without credentials says how to give some, and no stack', async () => {
  const env = { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nowhere' };
  const { code, stderr } = await runCommand('audit', ['--table', 'b'], env);
  expect(code).toBe(1);
  expect(stderr).toContain('Log in to AWS, or set AWS_PROFILE');
  expect(stderr).not.toMatch(/^\s+at /m);
});

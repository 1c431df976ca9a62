import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import type { Finding } from '../../operate/doctor/finding.ts';
import { type AccountOfTest, useAwsQuotas } from '../support/aws-quotas.ts';
import { useCloudFormation } from '../support/cloud-formation.ts';
import { useCloudWatch } from '../support/cloud-watch.ts';
import { useParameterStore } from '../support/parameter-store.ts';
import { runCommand } from './run-command.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ logger: quiet, dispatchEverySeconds: 0 });
});
afterAll(() => stack.close());

/** What the doctor said: its exit code, and each finding's level by the first word of its check. */
async function doctor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await runCommand('doctor', [...args, '--json'], env);
  const findings = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Finding);
  const levels = findings.map(({ check, level }) => [check.replace(/ [^a-z]+/g, ' ').trim(), level]);
  return { code, stderr, findings, levels: Object.fromEntries(levels) };
}

/** The running stack as a deployed stage, on loopback stand-ins for what it has not. */
async function useStage(
  o: {
    alarms?: Record<string, string>;
    lagMs?: number;
    pushToken?: string;
    api?: string;
    account?: AccountOfTest;
    connectionState?: string;
  } = {},
) {
  const secret = (name: string) => [`/qingniao/test/${name}`, 'x'] as const;
  const ssm = await useParameterStore({
    ...Object.fromEntries(['app-secret', 'session-secret'].map(secret)),
    '/qingniao/test/push-token': o.pushToken ?? 'devPushToken',
  });
  const outputs = {
    HttpApiUrl: o.api ?? stack.apiUrl,
    EventQueueUrl: stack.queueUrls['EventQueue'],
    EventDeadLetterQueueUrl: stack.queueUrls['EventDeadLetterQueue'],
    SendQueueUrl: stack.queueUrl,
    SendDeadLetterQueueUrl: stack.deadLetterQueueUrl,
    ...(o.connectionState !== undefined && {
      EventBusName: 'qingniao-test',
      WebhookConnectionName: 'qingniao-test-webhook',
      WebhookDeadLetterQueueUrl: stack.queueUrls['WebhookDeadLetterQueue'],
    }),
  };
  return {
    ssm,
    env: {
      ...(await useAwsQuotas(o.account)),
      AWS_ENDPOINT_URL_SSM: ssm.endpoint,
      AWS_ENDPOINT_URL_SQS: stack.sqsEndpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: await useConnection(o.connectionState),
      AWS_ENDPOINT_URL_CLOUDFORMATION: await useCloudFormation({
        appId: stack.env['WECHAT_APP_ID'] ?? '',
        outputs,
      }),
      AWS_ENDPOINT_URL_CLOUDWATCH: await useCloudWatch({
        alarms: o.alarms ?? { 'qingniao-test-SendDeadLetterAlarm-1': 'OK' },
        ...(o.lagMs !== undefined && { metric: o.lagMs }),
      }),
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      QINGNIAO_API_KEY: 'dev-key',
    },
  };
}

/** EventBridge as it tells of the webhook's connection. */
async function useConnection(ConnectionState = 'AUTHORIZED'): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify({ ConnectionState }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function leaveDeadLetter(QueueUrl = stack.deadLetterQueueUrl): Promise<void> {
  const sqs = new SQSClient({
    endpoint: stack.sqsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'dead' }));
  sqs.destroy();
}

test('a local stack is well, and told in words', async () => {
  const { code, levels } = await doctor(['--api', stack.apiUrl]);
  expect([code, levels]).toEqual([
    0,
    { health: 'ok', clock: 'ok', 'access token': 'ok', templates: 'ok', callback: 'ok' },
  ]);
  const { stdout } = await runCommand('doctor', ['--api', stack.apiUrl]);
  for (const text of ['✔ ok', 'reaches its table', 'Nothing failed']) expect(stdout).toContain(text);
  const inChinese = (await runCommand('doctor', ['--api', stack.apiUrl, '--lang', 'zh'])).stdout;
  for (const text of ['✔ 正常 健康检查', '没有失败项']) expect(inChinese).toContain(text);
  expect(inChinese).not.toContain('reaches');
});

test('what WeChat refuses comes with the remedy, and fails the command', async () => {
  const other = await startStack({ logger: quiet, dispatchEverySeconds: 0 });
  onTestFinished(() => other.close());
  other.wechat?.setSwitches({ ipWhitelist: ['203.0.113.7'] });
  const { code, levels, findings } = await doctor(['--api', other.apiUrl]);
  expect([code, levels]).toMatchObject([1, { health: 'ok', 'access token': 'fail' }]);
  const { advice } = findings.find(({ check }) => check.startsWith('access token')) ?? {};
  expect(advice?.en).toContain('127.0.0.1');
});

test('a service that is not there is the only finding', async () => {
  const { code, levels } = await doctor(['--api', 'http://127.0.0.1:9']);
  expect([code, levels]).toEqual([1, { health: 'fail' }]);
});

test('of a stage the secrets, queues, alarms and the stream are looked at too', async () => {
  const { ssm, env } = await useStage();
  ssm.parameters.set('/qingniao/test/api-keys', '[]');
  const { code, levels } = await doctor(['--stage', 'test'], env);
  expect([code, levels]).toEqual([
    0,
    {
      health: 'ok',
      clock: 'ok',
      'access token': 'ok',
      templates: 'ok',
      callback: 'ok',
      secrets: 'ok',
      'queue event': 'ok',
      'queue send': 'ok',
      alarms: 'ok',
      stream: 'ok',
      concurrency: 'ok',
      'room for pushes': 'ok',
      'table throughput': 'ok',
    },
  ]);
});

test('of a stage with a webhook its connection and its dead letters are looked at', async () => {
  const { ssm, env } = await useStage({ connectionState: 'AUTHORIZED' });
  ssm.parameters.set('/qingniao/test/api-keys', '[]');
  expect((await doctor(['--stage', 'test'], env)).levels).toMatchObject({ webhook: 'ok' });
  await leaveDeadLetter(stack.queueUrls['WebhookDeadLetterQueue']);
  const { levels, findings } = await doctor(['--stage', 'test', '--pipeline'], env);
  expect(levels).toMatchObject({ webhook: 'warn' });
  expect(findings.find(({ check }) => check === 'webhook')?.advice?.en).toContain('--queue webhook');
});

test('a webhook whose secret EventBridge does not have fails', async () => {
  const { env } = await useStage({ connectionState: 'DEAUTHORIZED' });
  expect((await doctor(['--stage', 'test'], env)).levels).toMatchObject({ webhook: 'fail' });
});

test('of a new account it is said what to ask AWS for, in both languages, and what fits until then', async () => {
  const { ssm, env } = await useStage({ account: { limit: 10 } });
  ssm.parameters.set('/qingniao/test/api-keys', '[]');
  const { code, levels, findings } = await doctor(['--stage', 'test'], { ...env, AWS_REGION: 'ap-east-1' });
  expect([code, levels]).toMatchObject([0, { concurrency: 'warn' }]);
  const { says, advice } = findings.find(({ check }) => check.startsWith('concurrency')) ?? {};
  expect(says?.en).toContain('runs 10 functions at once');
  expect(says?.zh).toContain('10 个函数');
  for (const text of [advice?.en, advice?.zh]) {
    expect(text).toContain(
      '--region ap-east-1 --service-code lambda --quota-code L-B99A9384 --desired-value 1000',
    );
    expect(text).toContain(
      '--param "senderConcurrency=3" --param "campaignConcurrency=2" --param "eventConcurrency=2"',
    );
  }
});

test('an account whose limits may not be read is told so, and nothing fails by it', async () => {
  const { ssm, env } = await useStage({ account: { isForbidden: true } });
  ssm.parameters.set('/qingniao/test/api-keys', '[]');
  const { code, levels } = await doctor(['--stage', 'test'], env);
  expect([code, levels]).toMatchObject([0, { concurrency: 'skip', 'table throughput': 'skip' }]);
});

test('a stage that ails is told of part by part', async () => {
  const { env } = await useStage({
    alarms: { 'qingniao-test-A': 'ALARM', 'qingniao-test-B': 'OK' },
    lagMs: 400_000,
    pushToken: 'anotherToken',
  });
  await leaveDeadLetter();
  const { code, levels, findings } = await doctor(['--stage', 'test'], env);
  expect([code, levels]).toMatchObject([
    1,
    {
      callback: 'fail',
      secrets: 'fail',
      'queue send': 'fail',
      'queue event': 'ok',
      alarms: 'fail',
      stream: 'fail',
    },
  ]);
  const texts = JSON.stringify(findings);
  for (const text of ['/qingniao/test/api-keys', 'What to do about qingniao-test-A.', 'secretsRevision'])
    expect(texts).toContain(text);
  for (const secret of ['anotherToken', 'dev-key']) expect(texts).not.toContain(secret);
});

test('in a pipeline alarms, dead letters and a late stream only warn, so that a repair gets through', async () => {
  const ailing = { alarms: { 'qingniao-test-A': 'ALARM' }, lagMs: 400_000 };
  await leaveDeadLetter();
  const { ssm, env } = await useStage(ailing);
  ssm.parameters.set('/qingniao/test/api-keys', '[]');
  const left = { 'queue send': 'warn', alarms: 'warn', stream: 'warn' };
  const well = await doctor(['--stage', 'test', '--pipeline'], env);
  expect([well.code, well.levels]).toMatchObject([0, { ...left, callback: 'ok' }]);

  const broken = await useStage({ ...ailing, pushToken: 'anotherToken' });
  const ill = await doctor(['--stage', 'test', '--pipeline'], broken.env);
  expect([ill.code, ill.levels]).toMatchObject([1, { ...left, callback: 'fail' }]);
});

test('a stage that does not exist is told without a stack', async () => {
  const { env } = await useStage();
  const { code, stderr } = await doctor(['--stage', 'nowhere'], env);
  expect([code, stderr]).toEqual([1, expect.stringContaining('qingniao-nowhere cannot be read')]);
  expect(stderr).not.toContain('    at ');
});

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import type { Finding } from '../../operate/doctor/finding.ts';
import { useAwsQuotas } from '../support/aws-quotas.ts';
import { useCloudFormation } from '../support/cloud-formation.ts';
import { useCloudWatch } from '../support/cloud-watch.ts';
import { runCommand } from './run-command.ts';

// Each test runs some commands, and each of them starts anew.
vi.setConfig({ testTimeout: 60_000 });

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const APPS = '/qingniao/local/apps';

let stack: Stack;
let appIds: readonly string[];
beforeAll(async () => {
  stack = await startStack({ logger: quiet, dispatchEverySeconds: 0, moreApps: [{ name: 'Shop' }, {}, {}] });
  appIds = stack.wechat?.apps().map(({ appId }) => appId) ?? [];
  for (const secret of ['app-secret', 'session-secret', 'api-keys'])
    stack.parameters?.set(`/qingniao/local/${secret}`, 'x');
});
afterAll(() => stack.close());

/** What the doctor said of the running stack as a stage: by mini program, each check's first words and its level. */
async function doctor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout } = await runCommand('doctor', [...args, '--json'], env);
  const findings = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Finding);
  const byApp = Object.groupBy(findings, ({ appid = 'stage' }) => appid);
  const levels = Object.entries(byApp).map(([appid, some = []]) => [
    appid,
    Object.fromEntries(some.map(({ check, level }) => [check.replace(/ [^a-z]+/g, ' ').trim(), level])),
  ]);
  return { code, findings, levels: Object.fromEntries(levels) };
}

async function stageEnv(o: { outputs?: Record<string, string>; ssm?: string } = {}) {
  const outputs = {
    HttpApiUrl: stack.apiUrl,
    SendQueueUrl: stack.queueUrl,
    SendDeadLetterQueueUrl: stack.deadLetterQueueUrl,
  };
  return {
    ...(await useAwsQuotas()),
    AWS_ENDPOINT_URL_SSM: o.ssm ?? stack.env['AWS_ENDPOINT_URL_SSM'] ?? '',
    AWS_ENDPOINT_URL_SQS: stack.sqsEndpoint,
    AWS_ENDPOINT_URL_CLOUDFORMATION: await useCloudFormation(
      { appId: appIds[0] ?? '', outputs: { ...outputs, ...o.outputs } },
      'local',
    ),
    AWS_ENDPOINT_URL_CLOUDWATCH: await useCloudWatch({ alarms: { 'qingniao-local-A': 'OK' } }),
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    QINGNIAO_API_KEY: 'dev-key',
    WECHAT_PUSH_TOKEN: 'devPushToken',
  };
}

const WELL = { 'access token': 'ok', templates: 'ok', callback: 'ok' };

test('every mini program of a stage is looked at, with its own callback address', async () => {
  const [first = '', second = '', third = '', fourth = ''] = appIds;
  const { code, levels } = await doctor(['--stage', 'local'], await stageEnv());
  expect(code).toBe(0);
  expect(levels).toMatchObject({
    [first]: WELL,
    [second]: { ...WELL, settings: 'ok' },
    [third]: { ...WELL, settings: 'ok' },
    [fourth]: { ...WELL, settings: 'ok' },
    stage: { health: 'ok', apps: 'ok' },
  });
});

test('says which one is wrong and why, and the others are well', async () => {
  const [first = '', second = '', third = '', fourth = ''] = appIds;
  const fault = { call: 'templates', kind: 'errcode', errcode: 48001, times: 1 } as const;
  stack.wechat?.apps()[1]?.addFault(fault);
  const before = new Map(stack.parameters);
  stack.parameters?.set(`${APPS}/${third}/settings`, JSON.stringify({ MAX_SENDS_PER_SECOND: 'rapid-9' }));
  stack.parameters?.set(`${APPS}/${fourth}/settings`, JSON.stringify({ SENDING: 'stopped' }));
  for (const secret of ['app-secret', 'push-token', 'push-aes-key'])
    stack.parameters?.delete(`${APPS}/${fourth}/${secret}`);
  stack.parameters?.set(APPS, `${stack.parameters.get(APPS)},wxJustAdded`);
  // What the functions read when they started they have for five minutes; the parameters say what will be.
  const env = await stageEnv();
  const { code, levels, findings } = await doctor(['--stage', 'local'], env);
  expect([code, levels]).toMatchObject([
    1,
    {
      [first]: WELL,
      [second]: { 'access token': 'fail', settings: 'ok' },
      [third]: { settings: 'fail' },
      [fourth]: { settings: 'ok' },
      wxJustAdded: { apps: 'warn', settings: 'fail' },
    },
  ]);
  const of = (appid: string) => JSON.stringify(findings.filter((finding) => finding.appid === appid));
  expect(of(second)).toContain('48001');
  expect(of(third)).toContain('MAX_SENDS_PER_SECOND: Expected a whole number');
  expect(of(third)).toContain(`--app ${third} --set`);
  expect(of('wxJustAdded')).toContain('WECHAT_APP_SECRET: Required');
  expect(JSON.stringify(findings)).not.toContain('rapid-9');

  const only = await doctor(['--stage', 'local', '--app', first], env);
  expect(Object.keys(only.levels).toSorted()).toEqual(['stage', first].toSorted());
  expect(only.code).toBe(0);
  // One of many must not hold up a deployment.
  const inPipeline = await doctor(['--stage', 'local', '--pipeline'], env);
  expect([inPipeline.code, inPipeline.levels]).toMatchObject([0, { [third]: { settings: 'warn' } }]);
  for (const [name, value] of before) stack.parameters?.set(name, value);
});

test('a mini program whose sending is stopped is no failure', async () => {
  const [, second = ''] = appIds;
  const settings = { SENDING: 'stopped' };
  const other = await startStack({
    logger: quiet,
    dispatchEverySeconds: 0,
    moreApps: [{ appId: second, settings }],
  });
  const { code, levels } = await doctor(['--api', other.apiUrl]);
  await other.close();
  expect([code, levels]).toMatchObject([0, { [second]: { 'access token': 'skip' } }]);
  expect(levels[second]).not.toHaveProperty('callback');
});

test('of a service nearby they are known by the API, and --app names one', async () => {
  const [first = '', second = ''] = appIds;
  const all = await doctor(['--api', stack.apiUrl]);
  expect([all.code, all.levels]).toMatchObject([
    0,
    { [first]: WELL, [second]: { 'access token': 'ok', templates: 'ok', callback: 'skip' } },
  ]);
  const one = await doctor(['--api', stack.apiUrl, '--app', second]);
  expect(Object.keys(one.levels).toSorted()).toEqual(['stage', second].toSorted());
});

import { expect, onTestFinished, test, vi } from 'vitest';
import { startParameterStore } from '../../local/stack/parameter-store.ts';
import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { addApp } from '../../operate/setup/add-app.ts';
import { removeApp } from '../../operate/setup/remove-app.ts';
import { openSsmParameters } from '../../operate/setup/ssm-parameters.ts';
import { PRICE_DROP, startService } from '../contract/running-service.ts';
import { useAwsQuotas } from '../support/aws-quotas.ts';
import { useCloudFormation } from '../support/cloud-formation.ts';
import type { PutParameter } from '../support/parameter-store.ts';
import { runCommand } from './run-command.ts';

// Each test runs some commands, and each of them starts anew.
vi.setConfig({ testTimeout: 60_000 });

let aheadMs = 0;
const { stack, wechat, operator, apps } = await startService({
  moreApps: [],
  clock: () => Date.now() + aheadMs,
  dispatchEverySeconds: 0,
});
const second = wechat.addApp({ templates: SAMPLE_TEMPLATES });
const other = wechat.addApp({});
const API_URL = 'https://abc.execute-api.eu-west-1.amazonaws.com';
const APPS = '/qingniao/local/apps';
const ofSecond = (name: string) => `${APPS}/${second.appId}/${name}`;

/** The command on a parameter store of its own, or on that of the running stack; `onWrite` is told of each write. */
async function useSetup(o: { onWrite?: (write: PutParameter, values: Map<string, string>) => void } = {}) {
  const writes: PutParameter[] = [];
  const calls: string[] = [];
  const store = await startParameterStore((call, input) => {
    calls.push(call);
    if (call !== 'PutParameter') return;
    writes.push(input as PutParameter);
    o.onWrite?.(input as PutParameter, store.values);
  });
  onTestFinished(store.close);
  const setup = await commandAt(store.endpoint);
  return { values: store.values, writes, calls, setup, endpoint: store.endpoint };
}

async function commandAt(ssm: string) {
  const env = {
    ...(await useAwsQuotas()),
    AWS_ENDPOINT_URL_SSM: ssm,
    AWS_ENDPOINT_URL_CLOUDFORMATION: await useCloudFormation(
      { appId: wechat.appId, outputs: { HttpApiUrl: API_URL } },
      'local',
    ),
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    WECHAT_API_BASE_URL: wechat.url,
    WECHAT_APP_SECRET: second.appSecret,
  };
  return (args: string[], more: Record<string, string> = {}) =>
    runCommand('setup', ['--stage', 'local', '--yes', ...args], { ...env, ...more });
}

const add = (...args: string[]) => ['--app', second.appId, ...args];

test('adds a mini program: secrets, then settings, the list last, and says what WeChat’s console needs', async () => {
  const { writes, values, setup } = await useSetup();
  const { code, stdout, stderr } = await setup(add('--set', 'name=Shop', '--set', 'MAX_SENDS_PER_SECOND=20'));
  expect([code, stderr]).toEqual([0, '']);
  expect(writes.map(({ Name, Type }) => [Name, Type])).toEqual([
    [ofSecond('app-secret'), 'SecureString'],
    [ofSecond('push-token'), 'SecureString'],
    [ofSecond('push-aes-key'), 'SecureString'],
    [ofSecond('settings'), 'String'],
    [APPS, 'String'],
  ]);
  expect(JSON.parse(values.get(ofSecond('settings')) ?? '')).toEqual({
    name: 'Shop',
    MAX_SENDS_PER_SECOND: '20',
  });
  for (const text of [
    'WeChat accepts',
    `${API_URL}/v1/wechat/events/${second.appId}`,
    values.get(ofSecond('push-token')) ?? '-',
    values.get(ofSecond('push-aes-key')) ?? '-',
    'IP 白名单',
    'within five minutes',
    `x-wechat-appid: ${second.appId}`,
  ])
    expect(stdout).toContain(text);
  expect(stdout).not.toContain(second.appSecret);

  const again = await setup(add());
  expect([again.code, writes.length]).toEqual([0, 5]);
  for (const name of ['app-secret', 'push-token', 'push-aes-key'])
    expect(again.stdout).not.toContain(values.get(ofSecond(name)));
});

test('run again it changes only what is given, and leaves what a newer version stored', async () => {
  const { writes, values, setup } = await useSetup();
  await setup(add('--set', 'name=Shop', '--set', 'MAX_SENDS_PER_SECOND=20'));
  const stored = JSON.parse(values.get(ofSecond('settings')) ?? '');
  values.set(ofSecond('settings'), JSON.stringify({ ...stored, LATER: 1 }));
  const { code } = await setup(add('--set', 'APP_PAGES=pages/index/index', '--set', 'MAX_SENDS_PER_SECOND='));
  expect([code, writes.slice(5).map(({ Name }) => Name)]).toEqual([0, [ofSecond('settings')]]);
  expect(JSON.parse(values.get(ofSecond('settings')) ?? '')).toEqual({
    name: 'Shop',
    LATER: 1,
    APP_PAGES: 'pages/index/index',
  });
  await setup(add('--rotate', 'push-token'));
  expect(writes.slice(6).map(({ Name }) => Name)).toEqual([ofSecond('push-token')]);
});

test.each([
  ['an AppSecret that WeChat refuses', add(), { WECHAT_APP_SECRET: 'f'.repeat(32) }, 1, '40125'],
  ['no AppSecret', add(), { WECHAT_APP_SECRET: '' }, 1, 'AppSecret is needed'],
  [
    'a value that the service would not take',
    add('--set', 'MAX_SENDS_PER_SECOND=fast', '--set', 'GRANT_SOURCE=both'),
    {},
    1,
    /GRANT_SOURCE: .*\n.*MAX_SENDS_PER_SECOND: Expected a whole number/,
  ],
  ['a name that is too long', add('--set', `name=${'x'.repeat(65)}`), {}, 1, 'name: Invalid length'],
  ['more settings than a parameter holds', add('--set', `APP_PAGES=${'p'.repeat(4096)}`), {}, 1, '4096'],
  [
    'a setting that there is not',
    add('--set', 'MAX_SEND_PER_SECOND=2'),
    {},
    2,
    'Did you mean MAX_SENDS_PER_SECOND?',
  ],
  ['a setting without a value', add('--set', 'name'), {}, 2, 'NAME=VALUE'],
  ['a key of the push that is none', add(), { WECHAT_PUSH_AES_KEY: 'short' }, 1, 'WECHAT_PUSH_AES_KEY'],
  ['what is no appid', ['--app', 'wx 1'], {}, 2, 'is no appid'],
  ['the first mini program', ['--app', wechat.appId], {}, 1, 'first mini program'],
  ['settings without a mini program', ['--set', 'name=x'], {}, 2, '--app APPID'],
  ['an API key along with it', add('--key-name', 'x'), {}, 2, 'call of its own'],
  ['a secret of the stage', add('--rotate', 'api-keys'), {}, 2, '--rotate takes app-secret'],
  ['to take away one that the stage does not have', ['--remove-app', 'wx9'], {}, 2, 'no mini program wx9'],
  ['to take away the first', ['--remove-app', wechat.appId], {}, 1, 'SENDING=stopped'],
] as const)('refuses %s, writes nothing and shows no secret', async (_, args, env, code, text) => {
  const { writes, setup } = await useSetup();
  const said = await setup([...args], env);
  const all = said.stdout + said.stderr;
  expect([said.code, writes]).toEqual([code, []]);
  expect(all).toMatch(text);
  for (const secret of [second.appSecret, 'f'.repeat(32), 'short']) expect(all).not.toContain(secret);
  expect(all).not.toContain('    at ');
});

test('settings that are no JSON are named, and left as they are', async () => {
  const { writes, values, setup } = await useSetup();
  values.set(ofSecond('settings'), 'not JSON');
  const { code, stderr } = await setup(add());
  expect([code, stderr, writes]).toEqual([1, expect.stringContaining(ofSecond('settings')), []]);
});

test('a dry run writes nothing', async () => {
  const { writes, setup } = await useSetup();
  const { code, stdout } = await setup(add('--dry-run'));
  expect([code, writes]).toEqual([0, []]);
  expect(stdout).toContain(ofSecond('app-secret'));
});

test.each([
  ['just before ours is', 'settings'],
  ['over ours', ''],
])('another’s list that is written %s loses none of the two', async (_, name) => {
  let isDone = false;
  const { values, setup } = await useSetup({
    onWrite({ Name }, stored) {
      if (isDone || Name !== (name === '' ? APPS : ofSecond(name))) return;
      isDone = true;
      stored.set(APPS, other.appId);
    },
  });
  expect((await setup(add())).code).toBe(0);
  expect(values.get(APPS)?.split(',').toSorted()).toEqual([other.appId, second.appId].toSorted());
});

test('lists the mini programs with what they lack, and no secret', async () => {
  const { values, setup } = await useSetup();
  await setup(add('--set', 'name=Shop'));
  values.set(APPS, `${values.get(APPS)},${other.appId}`);
  const { code, stdout } = await setup(['--apps']);
  expect(code).toBe(0);
  expect(stdout.split('\n').slice(0, 4)).toEqual([
    expect.stringMatching(/^appid +name +state$/),
    expect.stringMatching(`${wechat.appId} +first`),
    expect.stringMatching(`${second.appId} +Shop +ready`),
    expect.stringMatching(`${other.appId} +no AppSecret`),
  ]);
  expect(stdout).not.toContain(second.appSecret);
});

test('taken away it is stopped before its secrets go, and a run of --app takes it up again', async () => {
  const { writes, calls, values, setup } = await useSetup();
  await setup(add('--set', 'name=Shop'));
  calls.length = 0;
  const removed = await setup(['--remove-app', second.appId]);
  expect([removed.code, removed.stderr]).toEqual([0, '']);
  expect(calls.filter((call) => call !== 'GetParameters')).toEqual(['PutParameter', 'DeleteParameters']);
  expect([...values]).toEqual([
    [ofSecond('settings'), JSON.stringify({ name: 'Shop', SENDING: 'stopped' })],
    [APPS, second.appId],
  ]);
  expect(removed.stdout).toContain('data stays');
  expect((await setup(['--remove-app', second.appId])).code).toBe(0);

  writes.length = 0;
  expect((await setup(add())).code).toBe(0);
  expect(writes.map(({ Name }) => Name)).toEqual(
    ['app-secret', 'push-token', 'push-aes-key', 'settings'].map(ofSecond),
  );
  expect(JSON.parse(values.get(ofSecond('settings')) ?? '')).toEqual({ name: 'Shop' });
});

test('whose sending the owner stopped by a setting stays stopped until that is taken back', async () => {
  const { values, setup } = await useSetup();
  await setup(add('--set', 'SENDING=stopped'));
  const { stdout } = await setup(add('--set', 'name=Shop'));
  expect(stdout).toContain('--set SENDING=on');
  expect(JSON.parse(values.get(ofSecond('settings')) ?? '')).toEqual({ SENDING: 'stopped', name: 'Shop' });
});

test('an API key is for the appids that are named, and for no others that are mistyped', async () => {
  const { values, setup } = await useSetup();
  const env = { WECHAT_APP_ID: wechat.appId, WECHAT_APP_SECRET: wechat.appSecret };
  const key = (appids: string) => setup(['--key-name', 'shop', '--appids', appids], env);
  const keys = () => JSON.parse(values.get('/qingniao/local/api-keys') ?? '');
  await setup(add());
  expect(await key('wx9')).toMatchObject({ code: 2, stderr: expect.stringContaining('wx9') });
  expect(await setup(['--appids', second.appId], env)).toMatchObject({ code: 2 });

  const { stdout } = await key(second.appId);
  expect(stdout).toMatch(/qn_\w+/);
  expect(keys()).toMatchObject([{ name: 'shop', appids: [second.appId] }]);
  const [{ sha256 }] = keys();
  const widened = await key(`${wechat.appId},${second.appId}`);
  expect(widened.stdout).not.toMatch(/qn_\w+/);
  expect(keys()).toEqual([
    { name: 'shop', sha256, scopes: ['read', 'send'], appids: [wechat.appId, second.appId] },
  ]);
  await setup(['--key-name', 'shop'], env);
  expect(keys()).toMatchObject([{ sha256, appids: [wechat.appId, second.appId] }]);
  await key('all');
  expect(keys()).toEqual([{ name: 'shop', sha256, scopes: ['read', 'send'] }]);
});

test('the running service takes up within five minutes what was added, and sends nothing more for what was taken away', async () => {
  const setup = await commandAt(stack.env['AWS_ENDPOINT_URL_SSM'] ?? '');
  const headers = { 'x-wechat-appid': second.appId };
  const call = (method: string, path: string, body?: unknown) => operator(method, path, body, headers);
  expect((await call('GET', '/v1/templates')).status).toBe(404);
  expect(apps).toHaveLength(1);

  expect((await setup(add('--set', 'name=Shop'))).code).toBe(0);
  aheadMs += 5 * 60_000;
  const listed = await operator('GET', '/v1/apps');
  expect(listed.body.items).toMatchObject([
    { appid: wechat.appId },
    { appid: second.appId, name: 'Shop', status: 'ready' },
  ]);
  const openid = second.createUser();
  for (const requestId of ['tap-1', 'tap-2']) {
    const { errMsg: _, ...results } = second.subscribe({
      openid,
      results: { [PRICE_DROP.templateId]: 'accept' },
    });
    await call('POST', '/v1/grants', { openid, requestId, results });
  }
  const sent = await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
  expect([sent.status, sent.body]).toMatchObject([202, {}]);
  await stack.idle();
  const sentTo = () => second.received({ call: 'send', openid }).items.length;
  expect(sentTo()).toBe(1);
  const sendAt = new Date(Date.now() + aheadMs + 30 * 60_000).toISOString();
  const booked = await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP, sendAt });
  expect(booked.status).toBe(202);

  expect((await setup(['--remove-app', second.appId])).code).toBe(0);
  aheadMs += 31 * 60_000;
  expect(await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP })).toMatchObject({
    status: 409,
    body: { code: 'sending-stopped' },
  });
  await stack.dispatchNow();
  await stack.idle();
  // Its access token is good for two hours, and is used no more.
  expect(sentTo()).toBe(1);
  const message = await call('GET', `/v1/messages/${booked.body.id}`);
  expect(message.body.status).toMatch(/^(queued|scheduled)$/);
  expect((await operator('GET', '/v1/apps')).body.items).toMatchObject([
    { appid: wechat.appId, status: 'ready' },
    { appid: second.appId, status: 'sending-stopped' },
  ]);
  expect((await call('DELETE', `/v1/users/${openid}`)).status).toBe(200);
});

test('at a terminal nothing is written or taken away without consent, which names every parameter and no value', async () => {
  const { values, writes, calls, endpoint } = await useSetup();
  vi.stubEnv('AWS_ENDPOINT_URL_SSM', endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const parameters = openSsmParameters('eu-west-1', 'alias/aws/ssm');
  onTestFinished(() => {
    parameters.close();
    vi.unstubAllEnvs();
  });
  const asked: string[] = [];
  let agrees = false;
  const services = {
    appsPath: APPS,
    parameters,
    check: undefined,
    random: () => 0,
    print: () => undefined,
    questions: {
      appId: async () => '',
      appSecret: async () => second.appSecret,
      agree: async (question: string) => asked.push(question) > 0 && agrees,
      agreeTo: async (question: string, appId: string) => asked.push(`${question} ${appId}`) > 0 && agrees,
    },
  };
  const order = {
    stage: 'local',
    appId: second.appId,
    apiUrl: undefined,
    wishes: { rotate: new Set<never>(), given: {} },
    settings: {},
    dryRun: false,
  };
  expect([await addApp(services, order), writes]).toEqual([false, []]);
  for (const name of ['app-secret', 'push-token', 'push-aes-key', 'settings'])
    expect(asked[0]).toContain(ofSecond(name));
  expect(asked[0]).not.toContain(second.appSecret);
  agrees = true;
  expect(await addApp(services, order)).toBe(true);

  agrees = false;
  const before = [...values];
  expect(await removeApp(services, order)).toBe(false);
  expect(asked.at(-1)).toContain(second.appId);
  expect([...values]).toEqual(before);
  expect(calls).not.toContain('DeleteParameters');
});

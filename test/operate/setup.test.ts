import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startWeChatSimulator, type WeChatSimulator } from '../../local/wechat-simulator/index.ts';
import { checkCredentials } from '../../operate/setup/check-credentials.ts';
import { parameterNames } from '../../operate/setup/parameter-names.ts';
import { openSecretStore } from '../../operate/setup/parameter-store.ts';
import { setUp } from '../../operate/setup/set-up.ts';
import { type AccountOfTest, useAwsQuotas } from '../support/aws-quotas.ts';
import { useCloudFormation } from '../support/cloud-formation.ts';
import { useParameterStore } from '../support/parameter-store.ts';
import { runCommand } from './run-command.ts';

const API_URL = 'https://abc.execute-api.eu-west-1.amazonaws.com';

/** A stage that is complete. */
const STORED = {
  '/qingniao/test/app-secret': '0'.repeat(32),
  '/qingniao/test/session-secret': 's'.repeat(43),
  '/qingniao/test/push-token': 'token123',
  '/qingniao/test/push-aes-key': 'k'.repeat(43),
  '/qingniao/test/api-keys': JSON.stringify([{ name: 'backend', sha256: 'a'.repeat(64), scopes: ['send'] }]),
};

let wechat: WeChatSimulator;
beforeAll(async () => {
  wechat = await startWeChatSimulator();
});
afterAll(() => wechat.close());

/** The command on loopback stand-ins of SSM, CloudFormation and WeChat. */
async function useSetup(
  o: { stored?: Record<string, string>; isDeployed?: boolean; account?: AccountOfTest } = {},
) {
  const ssm = await useParameterStore(o.stored);
  const stack = { appId: wechat.appId, outputs: { HttpApiUrl: API_URL } };
  const env = {
    ...(await useAwsQuotas(o.account)),
    AWS_ENDPOINT_URL_SSM: ssm.endpoint,
    AWS_ENDPOINT_URL_CLOUDFORMATION: await useCloudFormation(o.isDeployed ? stack : undefined),
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    WECHAT_API_BASE_URL: wechat.url,
    WECHAT_APP_ID: wechat.appId,
    WECHAT_APP_SECRET: wechat.appSecret,
  };
  const setup = (args: string[] = [], more: Record<string, string> = {}) =>
    runCommand('setup', ['--stage', 'test', '--yes', ...args], { ...env, ...more });
  return { ssm, setup };
}

describe('npm run setup', () => {
  test('writes encrypted parameters, shows what was made once, and says what comes next', async () => {
    const { ssm, setup } = await useSetup();
    const first = await setup();
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(ssm.writes.map(({ Name, Type, Overwrite }) => [Name, Type, Overwrite])).toEqual(
      ['app-secret', 'session-secret', 'push-token', 'push-aes-key', 'api-keys'].map((name) => [
        `/qingniao/test/${name}`,
        'SecureString',
        false,
      ]),
    );
    for (const text of ['WeChat accepts', '安全模式', 'npm run deploy -- --stage test'])
      expect(first.stdout).toContain(text);

    const key = /qn_\w+/.exec(first.stdout)?.[0] ?? '';
    const sha256 = createHash('sha256').update(key).digest('hex');
    expect(JSON.parse(ssm.parameters.get('/qingniao/test/api-keys') ?? '')).toMatchObject([{ sha256 }]);
    const secret = (name: string) => ssm.parameters.get(`/qingniao/test/${name}`) ?? '';
    expect(first.stdout).toContain(secret('push-token'));
    for (const name of ['app-secret', 'session-secret']) expect(first.stdout).not.toContain(secret(name));

    const again = await setup();
    expect([again.code, ssm.writes.length]).toEqual([0, 5]);
    for (const value of [key, ...ssm.parameters.values()]) expect(again.stdout).not.toContain(value);
  });

  test('of a deployed stage says the address to enter, and how to make a new secret work', async () => {
    const { ssm, setup } = await useSetup({ isDeployed: true, stored: STORED });
    const { stdout } = await setup(['--rotate', 'session-secret', '--skip-check']);
    expect(ssm.writes).toMatchObject([{ Name: '/qingniao/test/session-secret', Overwrite: true }]);
    expect(stdout).toContain(`${API_URL}/v1/wechat/events`);
    expect(stdout).toContain('secretsRevision');
  });

  test('stores no AppSecret that WeChat refuses, and says why', async () => {
    const { ssm, setup } = await useSetup();
    const secret = 'f'.repeat(32);
    const wrongSecret = await setup([], { WECHAT_APP_SECRET: secret });
    expect([wrongSecret.code, wrongSecret.stdout]).toEqual([1, expect.stringContaining('errcode 40125')]);
    expect(wrongSecret.stdout + wrongSecret.stderr).not.toContain(secret);
    const verdict = await checkCredentials(
      { appId: 'wxffffffffffffffff', appSecret: secret },
      { apiBaseUrl: wechat.url },
    );
    expect(verdict).toMatchObject({ type: 'wrong', errcode: 40013 });
    expect(ssm.writes).toEqual([]);
  });

  test('names the address that WeChat does not allow, and stores the AppSecret all the same', async () => {
    const { ssm, setup } = await useSetup();
    wechat.setSwitches({ ipWhitelist: ['203.0.113.7'] });
    const { code, stdout } = await setup();
    wechat.setSwitches({ ipWhitelist: null });
    expect([code, ssm.writes.length]).toEqual([0, 5]);
    for (const text of ['40164', '127.0.0.1', 'IP 白名单', 'WECHAT_PROXY_URL'])
      expect(stdout).toContain(text);
  });

  test('says what is missing or wrong without a stack, and writes nothing then', async () => {
    const { ssm, setup } = await useSetup({ stored: { '/qingniao/test/session-secret': 'short' } });
    const cases: [string[], Record<string, string>, string][] = [
      [[], {}, 'SESSION_SECRET: Expected at least 32 bytes'],
      [[], { WECHAT_APP_SECRET: '' }, 'set WECHAT_APP_SECRET'],
    ];
    const unasked = await runCommand('setup', ['--stage', 'test'], {});
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('say --yes')]);
    await Promise.all(
      cases.map(async ([args, env, text]) => {
        const { code, stderr } = await setup(args, env);
        expect([args, code, stderr]).toEqual([args, 1, expect.stringContaining(text)]);
        expect(stderr).not.toContain('    at ');
      }),
    );
    expect(ssm.writes).toEqual([]);
  });

  test('says what to ask AWS for where the account is new, and deploys what fits into it', async () => {
    const { setup } = await useSetup({ account: { limit: 10 } });
    const { code, stdout } = await setup();
    expect(code).toBe(0);
    expect(stdout).toContain('Ask AWS');
    expect(stdout).toContain('--quota-code L-B99A9384 --desired-value 1000');
    expect(stdout).toContain('4000 writes and 12000 reads a second');
    expect(stdout).toMatch(
      /npm run deploy -- --stage test --param "senderConcurrency=3" --param "campaignConcurrency=2" --param "eventConcurrency=2"\n/,
    );
  });

  test('keeps concurrency for WeChat’s pushes where the account has room for it', async () => {
    const { setup } = await useSetup();
    const { stdout } = await setup();
    expect(stdout).toMatch(/npm run deploy -- --stage test --param "wechatEventsReservedConcurrency=100"\n/);
  });

  test('of a deployed stage looks at its own queues and table', async () => {
    const account = { maximumConcurrency: { 'send-messages': 700 }, reserved: 200, warmWrites: 40_000 };
    const { setup } = await useSetup({ isDeployed: true, stored: STORED, account });
    const { stdout } = await setup(['--skip-check']);
    for (const text of ['the queues take up to 730', 'wechat-events keeps 200', 'L-AB614373'])
      expect(stdout).toContain(text);
  });

  test('is done all the same where the account’s limits may not be read', async () => {
    const { setup } = await useSetup({ account: { isForbidden: true } });
    const { code, stdout } = await setup();
    expect(code).toBe(0);
    expect(stdout).toMatch(/npm run deploy -- --stage test\n/);
  });

  test('changes nothing in a dry run', async () => {
    const { ssm, setup } = await useSetup();
    const { code, stdout } = await setup(['--dry-run']);
    expect([code, ssm.writes]).toEqual([0, []]);
    expect(stdout).toContain('/qingniao/test/api-keys');
    expect(stdout).not.toContain('qn_');
  });
});

describe('asked at a terminal', () => {
  async function useTerminal(secrets: string[], agrees = true) {
    const ssm = await useParameterStore();
    vi.stubEnv('AWS_ENDPOINT_URL_SSM', ssm.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    const names = await parameterNames('test');
    const lines: string[] = [];
    const asked: string[] = [];
    const services = {
      names,
      store: openSecretStore(names, 'eu-west-1'),
      questions: {
        appId: async () => wechat.appId,
        appSecret: async () => secrets.shift() ?? '',
        agree: async (question: string) => asked.push(question) > 0 && agrees,
        agreeTo: async () => false,
      },
      check: (credentials: { appId: string; appSecret: string }) =>
        checkCredentials(credentials, { apiBaseUrl: wechat.url }),
      random: () => 0,
      quotas: undefined,
      print: (line: string) => void lines.push(line),
    };
    const wishes = {
      rotate: new Set<never>(),
      given: {},
      apiKey: { name: 'backend', scopes: ['read' as const] },
    };
    const order = { stage: 'test', appId: undefined, deployed: undefined, wishes, dryRun: false };
    return { ssm, asked, lines, isDone: await setUp(services, order) };
  }

  test('a wrong AppSecret may be typed anew', async () => {
    const { ssm, isDone, lines } = await useTerminal(['wrong', wechat.appSecret]);
    expect(isDone).toBe(true);
    expect(lines.join('\n')).toContain('40125');
    expect(ssm.parameters.get('/qingniao/test/app-secret')).toBe(wechat.appSecret);
  });

  test('three wrong ones are enough', async () => {
    const { ssm, isDone } = await useTerminal(['a', 'b', 'c', wechat.appSecret]);
    expect([isDone, ssm.writes]).toEqual([false, []]);
  });

  test('nothing is written without consent, which names every parameter and no value', async () => {
    const { ssm, isDone, asked } = await useTerminal([wechat.appSecret], false);
    expect([isDone, ssm.writes]).toEqual([false, []]);
    expect(asked[0]).toContain('/qingniao/test/push-aes-key');
    expect(asked[0]).not.toContain(wechat.appSecret);
  });
});

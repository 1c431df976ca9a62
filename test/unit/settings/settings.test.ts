import { describe, expect, it } from 'vitest';
import { readSettings, SettingsError } from '../../../lib/settings/settings.ts';

const ALL = [
  'app',
  'wechat',
  'sessions',
  'apiKeys',
  'grants',
  'messages',
  'templates',
  'sending',
  'table',
  'queue',
  'push',
  'events',
] as const;

const key = { name: 'backend', sha256: 'a'.repeat(64), scopes: ['send'] };

const enough = {
  WECHAT_APP_ID: 'wx0123456789abcdef',
  WECHAT_APP_SECRET: '0123456789abcdef0123456789abcdef',
  SESSION_SECRET: 'x'.repeat(32),
  API_KEYS: JSON.stringify([key]),
  TABLE_NAME: 'qingniao-dev',
  SEND_QUEUE_URL: 'https://sqs.ap-southeast-1.amazonaws.com/123456789012/send',
};

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    readSettings({ ...enough, ...env }, ALL);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('have the defaults that the contract names', () => {
    expect(readSettings(enough, ALL)).toEqual({
      app: { appId: enough.WECHAT_APP_ID },
      wechat: {
        appSecret: enough.WECHAT_APP_SECRET,
        apiBaseUrl: 'https://api.weixin.qq.com',
        tokenMode: 'stable',
      },
      sessions: { secret: enough.SESSION_SECRET, ttlHours: 168 },
      apiKeys: [key],
      grants: { authority: 'client' },
      messages: { userSendableTemplates: [] },
      templates: { aliases: {} },
      sending: {},
      table: { name: 'qingniao-dev' },
      queue: { sendQueueUrl: enough.SEND_QUEUE_URL },
      push: { allowPlaintext: false, forwardMessages: false },
      events: {},
    });
  });

  it('are read when they are given', () => {
    const env = {
      ...enough,
      WECHAT_API_BASE_URL: 'http://127.0.0.1:3100/',
      WECHAT_PROXY_URL: 'http://proxy.internal:3128',
      WECHAT_TOKEN_MODE: 'plain',
      SESSION_TTL_HOURS: '24',
      GRANT_SOURCE: 'client',
      USER_SENDABLE_TEMPLATES: 'tmpl-1, tmpl_2,',
      MAX_SENDS_PER_SECOND: '40',
      WECHAT_PUSH_TOKEN: 'token123',
      WECHAT_PUSH_AES_KEY: 'k'.repeat(43),
      WECHAT_PUSH_PLAINTEXT: 'true',
      FORWARD_WECHAT_MESSAGES: 'true',
      EVENT_BUS_NAME: 'bus',
    };
    expect(readSettings(env, ALL)).toMatchObject({
      wechat: {
        apiBaseUrl: 'http://127.0.0.1:3100',
        proxyUrl: 'http://proxy.internal:3128',
        tokenMode: 'plain',
      },
      sessions: { ttlHours: 24 },
      grants: { authority: 'client' },
      messages: { userSendableTemplates: ['tmpl-1', 'tmpl_2'] },
      sending: { maxSendsPerSecond: 40 },
      push: { token: 'token123', aesKey: 'k'.repeat(43), allowPlaintext: true, forwardMessages: true },
      events: { busName: 'bus' },
    });
    expect(readSettings({ USER_SENDABLE_TEMPLATES: '*' }, ['messages']).messages.userSendableTemplates).toBe(
      '*',
    );
  });

  it('of parts that are not asked for may be absent or wrong', () => {
    expect(readSettings({ TABLE_NAME: 'table', SESSION_TTL_HOURS: 'x' }, ['table'])).toEqual({
      table: { name: 'table' },
    });
  });

  it('that are empty count as absent', () => {
    expect(readSettings({ MAX_SENDS_PER_SECOND: '' }, ['sending'])).toEqual({ sending: {} });
    expect(problemsOf({ TABLE_NAME: '' })).toEqual(['TABLE_NAME: Required']);
  });

  it('that are bad are all named at once, in one error', () => {
    expect(() => readSettings({}, ALL)).toThrow(SettingsError);
    expect(
      problemsOf({ ...Object.fromEntries(Object.keys(enough).map((name) => [name, undefined])) }),
    ).toEqual([
      'API_KEYS: Required',
      'SEND_QUEUE_URL: Required',
      'SESSION_SECRET: Required',
      'TABLE_NAME: Required',
      'WECHAT_APP_ID: Required',
      'WECHAT_APP_SECRET: Required',
    ]);
  });

  it.each([
    ['WECHAT_APP_ID', 'wx 1'],
    ['WECHAT_APP_ID', 'wx#1'],
    ['WECHAT_APP_SECRET', 'ends-in-a-line-break\n'],
    ['WECHAT_API_BASE_URL', 'api.weixin.qq.com'],
    ['WECHAT_API_BASE_URL', 'ftp://api.weixin.qq.com'],
    ['WECHAT_PROXY_URL', 'socks5://proxy'],
    ['WECHAT_TOKEN_MODE', 'Stable'],
    ['SESSION_SECRET', 'x'.repeat(31)],
    ['SESSION_TTL_HOURS', '0'],
    ['SESSION_TTL_HOURS', '8761'],
    ['SESSION_TTL_HOURS', '1.5'],
    ['SESSION_TTL_HOURS', 'a-week'],
    ['GRANT_SOURCE', 'both'],
    ['USER_SENDABLE_TEMPLATES', 'tmpl 1'],
    ['MAX_SENDS_PER_SECOND', '0'],
    ['MAX_SENDS_PER_SECOND', '-5'],
    ['TABLE_NAME', 'a b'],
    ['SEND_QUEUE_URL', 'send-queue'],
    ['WECHAT_PUSH_AES_KEY', 'short'],
    ['WECHAT_PUSH_PLAINTEXT', 'yes'],
    ['FORWARD_WECHAT_MESSAGES', '1'],
    ['API_KEYS', 'sesame'],
    ['API_KEYS', '{}'],
  ])('refuse %s=%s and do not print it', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: .+`));
    expect(problems[0]?.split(' ')).not.toContain(value.trim());
  });

  it.each([
    ['an upper-case hash', [{ ...key, sha256: 'A'.repeat(64) }], 'API_KEYS.0.sha256: '],
    ['the key itself', [{ ...key, key: 'sesame' }], 'API_KEYS.0.key: Unknown field'],
    ['an unknown scope', [{ ...key, scopes: ['write'] }], 'API_KEYS.0.scopes.0: '],
    ['no scope', [{ ...key, scopes: [] }], 'API_KEYS.0.scopes: '],
    ['a name twice', [key, { ...key, sha256: 'b'.repeat(64) }], 'API_KEYS: Expected a different name'],
    ['a hash twice', [key, { ...key, name: 'other' }], 'API_KEYS: Expected a different sha256'],
  ])('refuse API keys with %s', (_, keys, problem) => {
    const problems = problemsOf({ API_KEYS: JSON.stringify(keys) });
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems.join()).not.toMatch(/sesame|AAAA|aaaa/);
  });

  it('want the AES key that belongs to the push token, unless plaintext is allowed', () => {
    const WECHAT_PUSH_TOKEN = 'token123';
    expect(problemsOf({ WECHAT_PUSH_TOKEN })).toEqual([expect.stringMatching(/^WECHAT_PUSH_AES_KEY: .+/)]);
    expect(problemsOf({ WECHAT_PUSH_TOKEN, WECHAT_PUSH_PLAINTEXT: 'true' })).toEqual([]);
    const WECHAT_PUSH_AES_KEY = 'k'.repeat(43);
    expect(problemsOf({ WECHAT_PUSH_TOKEN, WECHAT_PUSH_AES_KEY })).toEqual([]);
    expect(problemsOf({ WECHAT_PUSH_TOKEN: 'no', WECHAT_PUSH_AES_KEY })).toEqual([
      expect.stringMatching(/^WECHAT_PUSH_TOKEN: .+/),
    ]);
  });

  it('that are bad are told without a stack and without what may be a secret in a wrong place', () => {
    const API_KEYS = JSON.stringify([{ 'qn_k3y-itself': ['send'] }]);
    const TEMPLATE_ALIASES = JSON.stringify({ 'qn_k3y itself': 'x y' });
    try {
      readSettings({ ...enough, API_KEYS, TEMPLATE_ALIASES }, ALL);
      expect.unreachable();
    } catch (error) {
      const { stack = '', problems } = error as SettingsError;
      expect(problems).toContain('API_KEYS.0: Unknown field');
      expect(problems).toContainEqual(expect.stringMatching(/^TEMPLATE_ALIASES: Expected name=id/));
      expect(stack).toContain('TEMPLATE_ALIASES');
      expect(stack).not.toMatch(/k3y|^\s+at /m);
    }
  });

  it('take SESSION_SECRET by its bytes', () => {
    expect(problemsOf({ SESSION_SECRET: '青'.repeat(11) })).toEqual([]);
    expect(problemsOf({ SESSION_SECRET: '青'.repeat(10) })).toHaveLength(1);
  });
});

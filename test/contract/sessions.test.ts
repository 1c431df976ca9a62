import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';
import { buildServices, createHandler } from '../../handlers/sessions.ts';
import { createSessionTokens } from '../../lib/sessions/session-tokens.ts';
import { localDynamoDbClient } from '../../local/stack/table.ts';
import { startWeChatSimulator } from '../../local/wechat-simulator/index.ts';
import { call as invoke } from '../support/http-events.ts';
import { keptLogs } from '../support/log-lines.ts';
import { startRecordingProxy, valuesNamed } from '../support/recording-proxy.ts';
import { startService } from './running-service.ts';

let nowMs = Date.now();
const clock = () => nowMs;
const simulator = await startWeChatSimulator({ clock });
const proxy = await startRecordingProxy(simulator.url);
const logs = keptLogs();
const { appId, appSecret } = simulator;
const { stack, wechat, call, operator, logIn } = await startService(
  { clock, appId, appSecret, wechatBaseUrl: proxy.url, logger: logs.logger, dispatchEverySeconds: 0 },
  simulator,
);
afterAll(async () => {
  await proxy.close();
  await simulator.close();
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const logInWith = (code: string) => call('POST', '/v1/sessions', { body: { code } });
const newCode = () => wechat.login(wechat.createUser());
const whoAmI = (token: string) => call('GET', '/v1/grants', { token });

describe('POST /v1/sessions', () => {
  test('trades a code for 201 with token, expiresAt and openid, and the unionid where WeChat gives one', async () => {
    const openid = wechat.createUser();
    const plain = await logInWith(wechat.login(openid));
    expect([plain.status, plain.body]).toEqual([
      201,
      { token: expect.any(String), expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\.\d{3}Z$/), openid },
    ]);
    wechat.createUser({ openid, unionid: 'union-1' });
    expect((await logInWith(wechat.login(openid))).body.unionid).toBe('union-1');
  });

  test("takes WeChat's whole answer: its errMsg is ignored", async () => {
    const body = { code: newCode(), errMsg: 'login:ok' };
    expect((await call('POST', '/v1/sessions', { body })).status).toBe(201);
  });

  test('a code works once: 40163 is 401 code-invalid', async () => {
    const code = newCode();
    expect((await logInWith(code)).status).toBe(201);
    const again = await logInWith(code);
    expect([again.status, again.body.code, again.body.wechat.errcode]).toEqual([401, 'code-invalid', 40163]);
  });

  test('a code older than five minutes, or made up: 40029 is 401 code-invalid', async () => {
    const code = newCode();
    nowMs += 5 * 60_000 + 1_000;
    for (const bad of [code, 'made-up']) {
      const { status, body } = await logInWith(bad);
      expect([status, body.code, body.wechat.errcode]).toEqual([401, 'code-invalid', 40029]);
    }
  });

  test('a user whom WeChat blocks: 40226 is 403 user-blocked', async () => {
    const openid = wechat.createUser({ blocked: true });
    const { status, body } = await logInWith(wechat.login(openid));
    expect([status, body.code, body.wechat.errcode]).toEqual([403, 'user-blocked', 40226]);
  });

  test('too many logins of one user: 45011 is 429 with retry-after', async () => {
    const openid = wechat.createUser();
    wechat.setSwitches({ loginsPerUserPerMinute: 1 });
    expect((await logInWith(wechat.login(openid))).status).toBe(201);
    const { status, body, headers } = await logInWith(wechat.login(openid));
    wechat.setSwitches({ loginsPerUserPerMinute: 100 });
    expect([status, body.code, body.wechat.errcode]).toEqual([429, 'rate-limited', 45011]);
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    nowMs += seconds * 1_000;
    expect((await logInWith(wechat.login(openid))).status).toBe(201);
  });

  test.each([
    [40001, 502, 'wechat-credentials'],
    [40013, 502, 'wechat-credentials'],
    [40125, 502, 'wechat-credentials'],
    [40164, 502, 'wechat-credentials'],
    [41002, 502, 'wechat-credentials'],
    [41004, 502, 'wechat-credentials'],
    [40243, 502, 'wechat-credentials'],
    [50007, 502, 'wechat-credentials'],
    [40029, 401, 'code-invalid'],
    [40163, 401, 'code-invalid'],
    [41008, 401, 'code-invalid'],
    [40226, 403, 'user-blocked'],
    [45011, 429, 'rate-limited'],
    [-1, 503, 'wechat-unavailable'],
    [77777, 502, 'wechat-refused'],
  ])(
    "WeChat's %i is %i %s, with a remedy in both languages and no more of its answer than the errcode",
    async (errcode, status, code) => {
      wechat.addFault({ call: 'login', kind: 'errcode', errcode });
      const reply = await logInWith(newCode());
      expect([reply.status, reply.body.code]).toEqual([status, code]);
      expect(reply.body).toMatchObject({
        remedy: { en: expect.stringMatching(/\w{3}/), zh: expect.stringMatching(/\p{sc=Han}{3}/u) },
      });
      expect(reply.body.wechat).toEqual({ errcode });
      expect(reply.headers.get('retry-after') !== null).toBe(status === 429);
    },
  );

  test('nobody who logs in learns the address that 40164 names', async () => {
    const errmsg = 'invalid ip 118.190.42.90 ipv6 ::ffff:118.190.42.90, not in whitelist';
    wechat.addFault({ call: 'login', kind: 'errcode', errcode: 40164, errmsg });
    const { body } = await logInWith(newCode());
    expect(JSON.stringify(body)).not.toContain('118.190');
    expect(body).toMatchObject({
      code: 'wechat-credentials',
      remedy: { en: expect.stringMatching(/\w{3}/) },
    });
  });

  test.each(['drop-answer', 'reset', 'half-json', 'cut-short', 'http-502'] as const)(
    'no readable answer (%s) is 503 wechat-unavailable, asked once: the code may be used up',
    async (kind) => {
      const before = wechat.received({ call: 'login' }).stats.byCall['login']?.total ?? 0;
      wechat.addFault({ call: 'login', kind });
      const { status, body } = await logInWith(newCode());
      expect([status, body.code, body.wechat]).toEqual([503, 'wechat-unavailable', undefined]);
      expect(body.detail).toContain('wx.login');
      expect((wechat.received().stats.byCall['login']?.total ?? 0) - before).toBe(1);
    },
  );

  test('no connection to WeChat is 503 wechat-unavailable, and the code stays good', async () => {
    const services = await buildServices(
      { ...stack.env, WECHAT_API_BASE_URL: 'http://127.0.0.1:1' },
      { clock, logger: logs.logger },
    );
    const code = newCode();
    const parts = { method: 'POST', path: '/v1/sessions', json: { code } };
    const { status, body } = await invoke(createHandler(services), parts);
    await services.close();
    expect([status, body.code]).toEqual([503, 'wechat-unavailable']);
    expect((await logInWith(code)).status).toBe(201);
  });

  test.each([[{}], [{ code: '' }], [{ code: 7 }], [{ code: 'x', openid: 'y' }], [[]]])(
    '%j is no login: 422, and WeChat is not asked',
    async (body) => {
      const before = wechat.received().stats.total;
      const reply = await call('POST', '/v1/sessions', { body });
      expect([reply.status, reply.body.code]).toEqual([422, 'invalid-body']);
      expect(wechat.received().stats.total).toBe(before);
    },
  );
});

describe('a session token', () => {
  test('expires after 7 days by default, when its expiresAt says, and not before', async () => {
    const { body } = await logInWith(newCode());
    const expiresAtMs = Date.parse(body.expiresAt);
    expect(Math.abs(expiresAtMs - nowMs - 7 * DAY_MS)).toBeLessThanOrEqual(1_000);
    nowMs = expiresAtMs - 1_000;
    expect((await whoAmI(body.token)).status).toBe(200);
    nowMs = expiresAtMs;
    const refused = await whoAmI(body.token);
    expect([refused.status, refused.body.code]).toEqual([401, 'invalid-token']);
  });

  test('lives as long as SESSION_TTL_HOURS says', async () => {
    const services = await buildServices({ ...stack.env, SESSION_TTL_HOURS: '2' }, { clock });
    const parts = { method: 'POST', path: '/v1/sessions', json: { code: newCode() } };
    const { body } = await invoke(createHandler(services), parts);
    await services.close();
    expect(Math.abs(Date.parse(body.expiresAt) - nowMs - 2 * HOUR_MS)).toBeLessThanOrEqual(1_000);
    nowMs += 2 * HOUR_MS;
    expect((await whoAmI(body.token)).status).toBe(401);
  });

  test('carries the appid and openid, its times, and never the session_key', async () => {
    const { openid, session } = await logIn();
    const claims = JSON.parse(Buffer.from(session.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ sub: openid, appid: stack.env['WECHAT_APP_ID'] });
    expect(Object.keys(claims).sort()).toEqual(['appid', 'aud', 'exp', 'iat', 'iss', 'sub']);
  });

  test('of another appid, another secret, another algorithm or none is 401', async () => {
    const { openid, session } = await logIn();
    const secret = stack.env['SESSION_SECRET'] ?? '';
    const issue = async ({ appId: appid, secret }: { appId: string; secret: string }) =>
      (await createSessionTokens({ ttlHours: 1, clock, secret }).issue({ appid, openid })).token;
    const claims = JSON.parse(Buffer.from(session.split('.')[1] ?? '', 'base64url').toString());
    const forged = [
      await issue({ appId: 'wx-somebody-else', secret }),
      await issue({ appId, secret: 'another secret of thirty-two bytes or more' }),
      await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS512' })
        .sign(new TextEncoder().encode(secret.repeat(2))),
      new UnsecuredJWT(claims).encode(),
      session.replace(/\.(.)([^.]*)$/, (_, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`),
    ];
    // The same made rightly is taken, so the others are refused for what is wrong with them.
    expect((await whoAmI(await issue({ appId, secret }))).status).toBe(200);
    for (const token of forged) {
      const { status, body } = await whoAmI(token);
      expect([status, body.code]).toEqual([401, 'invalid-token']);
    }
  });
});

test('the session_key is in no answer, no log line and nowhere in the table', async () => {
  const { openid } = await logIn();
  await operator('POST', '/v1/grants', { openid, requestId: 'r', results: { t: 'accept' } });
  const client = localDynamoDbClient(stack.dynamodbEndpoint);
  const { Items } = await client.send(new ScanCommand({ TableName: stack.tableName }));
  client.destroy();
  expect(Items?.length).toBeGreaterThan(0);
  const sessionKeys = valuesNamed(proxy, 'session_key');
  expect(sessionKeys.length).toBeGreaterThan(3);
  const answer = await logInWith(wechat.login(openid));
  const seen = [logs.text(), JSON.stringify(Items), JSON.stringify(answer.body)].join('\n');
  for (const key of sessionKeys) expect(seen).not.toContain(key);
  expect(seen).not.toMatch(/session_?key/i);
});

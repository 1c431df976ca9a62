import { describe, expect, it, vi } from 'vitest';
import { createHandler } from '../../../handlers/sessions.ts';
import type { Measurement } from '../../../lib/metrics.ts';
import type { CodeToSession } from '../../../lib/sessions/open-session.ts';
import { remedyFor } from '../../../lib/wechat/errcodes.ts';
import { APP_ID, oneApp, sessionTokens } from '../../support/api-credentials.ts';
import { call, type HttpRequestParts } from '../../support/http-events.ts';
import { keptLogs } from '../../support/log-lines.ts';

const CODE = '0a1B2c3D4e5F6g7H';

function setUp(codeToSession: CodeToSession) {
  const logs = keptLogs();
  const asked = vi.fn(codeToSession);
  const measured: Measurement[] = [];
  const apps = oneApp({
    codeToSession: asked,
    issue: sessionTokens().issue,
    measure: (measurement: Measurement) => measured.push(measurement),
  });
  const handler = createHandler({ apps, logger: logs.logger });
  const login = (parts: HttpRequestParts = { json: { code: CODE } }) =>
    call(handler, { method: 'POST', path: '/v1/sessions', ...parts });
  return { logs, asked, measured, login };
}

/** What a client of WeChat's throws, known here by its shape only. */
function refusal(errcode: number, errmsg = 'some text', rid?: string) {
  const error = Object.assign(new Error(`code2Session: errcode ${errcode}`), {
    code: 'wechat-refused',
    errcode,
    errmsg,
    call: 'code2Session',
    ...(rid === undefined ? {} : { rid }),
  });
  return setUp(() => Promise.reject(error));
}

function failure(code: string) {
  return setUp(() => Promise.reject(Object.assign(new Error('broke'), { code })));
}

describe('POST /v1/sessions', () => {
  it('trades a code for a token, its end and the openid: 201', async () => {
    const { login, asked } = setUp(async () => ({ openid: 'o-user' }));
    const reply = await login();
    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({
      token: expect.any(String),
      expiresAt: '2026-12-08T01:00:00.000Z',
      openid: 'o-user',
    });
    expect(asked.mock.calls).toEqual([[CODE]]);
    expect(await sessionTokens().verify(reply.body.token)).toEqual({ appid: APP_ID, openid: 'o-user' });
  });

  it('adds the unionid where WeChat gives one', async () => {
    const { login } = setUp(async () => ({ openid: 'o-user', unionid: 'u-1' }));
    expect((await login()).body).toMatchObject({ openid: 'o-user', unionid: 'u-1' });
  });

  it('lets nothing of the session_key out, not even through a client that forgot to drop it', async () => {
    const { login, logs } = setUp(async () => ({ openid: 'o-user', session_key: 'c2Vzc2lvbi1rZXk=' }));
    const reply = await login();
    expect(reply.text + atob(reply.body.token.split('.')[1]) + logs.text()).not.toMatch(
      /session_key|c2Vzc2lvbi/,
    );
  });

  it('asks for no token, and looks at none that comes along', async () => {
    const { login } = setUp(async () => ({ openid: 'o-user' }));
    expect((await login({ json: { code: CODE }, token: 'an old one' })).status).toBe(201);
  });

  it.each([
    [40029, 401, 'code-invalid'],
    [40163, 401, 'code-invalid'],
    [41008, 401, 'code-invalid'],
    [40226, 403, 'user-blocked'],
    [45011, 429, 'rate-limited'],
    [40013, 502, 'wechat-credentials'],
    [40125, 502, 'wechat-credentials'],
    [40164, 502, 'wechat-credentials'],
    [41002, 502, 'wechat-credentials'],
    [40243, 502, 'wechat-credentials'],
    [-1, 503, 'wechat-unavailable'],
    [47001, 502, 'wechat-refused'],
    [99999, 502, 'wechat-refused'],
  ])(
    'answers WeChat’s %i with %i %s and a remedy, and keeps its words to the log',
    async (errcode, status, code) => {
      const reply = await refusal(errcode, 'invalid, rid: 1-2-3', '1-2-3').login();
      expect([reply.status, reply.body.code]).toEqual([status, code]);
      expect(reply.body.wechat).toEqual({ errcode });
      expect(reply.text).not.toContain('1-2-3');
      expect(reply.text).not.toContain(remedyFor(errcode, '', 'login').en);
      expect(reply.body.remedy).toEqual({
        en: expect.stringMatching(/\w{3}/),
        zh: expect.stringMatching(/\p{sc=Han}{3}/u),
      });
    },
  );

  it('says when to come back after 45011', async () => {
    expect((await refusal(45011).login()).headers['retry-after']).toBe('60');
  });

  it.each(['wechat-no-answer', 'wechat-unreadable'])(
    'asks for a new code after %s, because this one may be used up',
    async (code) => {
      const { login, asked } = failure(code);
      const reply = await login();
      expect([reply.status, reply.body.code]).toEqual([503, 'wechat-unavailable']);
      expect(reply.body.detail).toMatch(/may be used up.*wx\.login again/);
      expect(asked).toHaveBeenCalledTimes(1);
    },
  );

  it('says that the code is unused when WeChat was not reached', async () => {
    const reply = await failure('wechat-not-reached').login();
    expect(reply.body).toMatchObject({
      status: 503,
      code: 'wechat-unavailable',
      detail: expect.stringMatching(/unused/),
    });
  });

  it('tells the operator what is WeChat’s or the settings’ fault, and not every stale code', async () => {
    const broken = refusal(40125);
    await broken.login();
    expect(broken.logs.text()).toContain(remedyFor(40125, '', 'login').zh);
    expect(broken.logs.text()).toContain('some text');
    expect(broken.measured).toEqual([
      { name: 'LoginsRefused', values: [1], dimensions: { Errcode: '40125' } },
    ]);
    const stale = refusal(40029);
    await stale.login();
    expect([stale.logs.lines, stale.measured]).toEqual([[], []]);
  });

  it.each([
    ['no code', {}, 'code'],
    ['an empty code', { code: '' }, 'code'],
    ['a code that is no text', { code: 7 }, 'code'],
    ['a code with a line break', { code: 'a\nb' }, 'code'],
    ['a code that is too long', { code: 'a'.repeat(257) }, 'code'],
    ['a field that is not known', { code: CODE, appid: 'wx1' }, 'appid'],
  ])('refuses %s by name, without asking WeChat', async (_, json, path) => {
    const { login, asked } = setUp(async () => ({ openid: 'o-user' }));
    const reply = await login({ json });
    expect([reply.status, reply.body.code, reply.body.errors[0].path]).toEqual([422, 'invalid-body', path]);
    expect(asked).not.toHaveBeenCalled();
  });

  it('shows nothing of an error that it does not know', async () => {
    const { login, logs } = setUp(() =>
      Promise.reject(new Error(`GET /sns/jscode2session?secret=my-app-secret&js_code=${CODE} failed`)),
    );
    const reply = await login();
    expect([reply.status, reply.body.code]).toEqual([500, 'internal-error']);
    expect(reply.text + logs.text()).not.toMatch(new RegExp(`my-app-secret|${CODE}`));
  });
});

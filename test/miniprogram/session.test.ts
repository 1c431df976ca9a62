import { expect, test } from 'vitest';
import type { Wx } from '../../miniprogram/src/index.ts';
import { isServiceError } from './built.ts';
import { allOf, Phone, rest } from './phone.ts';

const DAY_MS = 86_400_000;

test('a session is fetched once and kept over a restart', async () => {
  const phone = new Phone();
  const session = await phone.launch().login();
  expect(session).toEqual({ token: 'token-1', openid: 'o-user', expiresAt: '2026-11-30T01:00:00.000Z' });
  await expect(phone.launch().login()).resolves.toEqual(session);
  expect(phone.logins).toBe(1);
});

test('any number of calls make one login', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  await Promise.all([qingniao.login(), qingniao.remaining('a'), qingniao.remaining('b'), qingniao.login()]);
  expect(phone.logins).toBe(1);
});

test('a session close to its end is renewed first', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  await qingniao.login();
  phone.nowMs += 7 * DAY_MS - 60_001;
  await qingniao.login();
  expect(phone.logins).toBe(1);
  phone.nowMs += 1;
  await qingniao.login();
  expect(phone.logins).toBe(2);
});

test('a session that the service refuses is renewed and the call repeated once', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  await qingniao.login();
  const refused = { status: 401, body: { code: 'invalid-token', detail: 'The session has ended.' } };
  phone.refusals.push(refused);
  await qingniao.remaining('a');
  expect(phone.logins).toBe(2);
  expect(phone.requests.map(({ token }) => token)).toEqual([undefined, 'token-1', undefined, 'token-2']);
});

test('a service that refuses every session is asked no more than twice', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  await qingniao.login();
  const refused = { status: 401, body: { code: 'invalid-token', detail: 'No.' } };
  const session = {
    status: 201,
    body: { token: 'other', expiresAt: '2099-01-01T00:00:00.000Z', openid: 'o' },
  };
  phone.refusals.push(refused, session, refused);
  await expect(qingniao.remaining('a')).rejects.toMatchObject({ code: 'invalid-token', status: 401 });
  expect(phone.requests).toHaveLength(4);
});

test('a login that failed does not stay in the way of the next', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  phone.online = false;
  await expect(qingniao.login()).rejects.toMatchObject({
    code: 'login-failed',
    message: 'login-failed: login:fail',
  });
  phone.online = true;
  await expect(qingniao.login()).resolves.toMatchObject({ openid: 'o-user' });
});

test('a refused code is an error of the service, with words for the user', async () => {
  const phone = new Phone();
  phone.refusals.push({ status: 403, body: { code: 'user-blocked', detail: 'WeChat blocks this user.' } });
  const error = await phone
    .launch()
    .login()
    .catch((thrown: unknown) => thrown);
  expect(isServiceError(error)).toBe(true);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    code: 'user-blocked',
    status: 403,
    tell: { zh: expect.any(String), en: expect.any(String) },
  });
});

test('an answer that is no session is not kept', async () => {
  const phone = new Phone();
  phone.refusals.push({ status: 201, body: 'captive portal' });
  await expect(phone.launch().login()).rejects.toMatchObject({ code: 'offline', status: 0 });
  await expect(phone.launch().login()).resolves.toMatchObject({ token: 'token-2' });
});

test('a storage that fails costs one login a start and nothing else', async () => {
  const phone = new Phone();
  phone.storageFails = true;
  const qingniao = phone.launch();
  await qingniao.login();
  await qingniao.login();
  expect(phone.logins).toBe(1);
});

test('through a backend of the owner there is no session', async () => {
  const phone = new Phone();
  const sent: unknown[] = [];
  const qingniao = phone.launch({
    transport: {
      sessions: false,
      send: async (request) => {
        sent.push(request);
        return { status: 200, body: { items: [] } };
      },
    },
  });
  await expect(qingniao.login()).resolves.toBeUndefined();
  await qingniao.remaining('a');
  expect(phone.logins).toBe(0);
  expect(sent).toEqual([{ method: 'GET', path: '/v1/grants?limit=200&templateId=a' }]);
});

const refusedCode = {
  status: 401,
  body: { code: 'code-invalid', detail: 'WeChat refused the code (40029).' },
};

test('a first code that WeChat refuses is followed by one more login', async () => {
  const phone = new Phone();
  phone.refusals.push(refusedCode);
  await expect(phone.launch().login()).resolves.toMatchObject({ token: 'token-2' });
  expect(phone.requests.map(({ body }) => body)).toEqual([{ code: 'code-1' }, { code: 'code-2' }]);
});

test('a second code that is refused too is told, and asked for again by the next call', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  phone.refusals.push(refusedCode, refusedCode);
  await expect(qingniao.login()).rejects.toMatchObject({ code: 'code-invalid', status: 401 });
  expect(phone.logins).toBe(2);
  await expect(qingniao.login()).resolves.toMatchObject({ token: 'token-3' });
});

test('a refused first code costs no report: it goes out after the second login', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  phone.refusals.push(refusedCode);
  phone.popup = allOf(['a']);
  await phone.tap(() => qingniao.subscribe(['a']));
  await rest();
  expect(phone.counted.size).toBe(1);
  expect(phone.kept).toEqual([]);
});

test.each([
  [400, 'invalid-body'],
  [401, 'code-invalid'],
  [403, 'user-blocked'],
  [413, 'body-too-large'],
  [422, 'invalid-body'],
  [429, 'too-many-requests'],
  [502, 'wechat-credentials'],
])(
  'a login that the service refuses (%i %s) is no refusal of the report: it is kept',
  async (status, code) => {
    const phone = new Phone();
    const qingniao = phone.launch();
    const refused = { status, body: { code, detail: 'No.' } };
    phone.refusals.push(refused, refused);
    phone.popup = allOf(['a']);
    await phone.tap(() => qingniao.subscribe(['a']));
    await rest();
    expect(phone.kept).toHaveLength(1);
    expect(phone.notes).toEqual([]);
    phone.refusals.length = 0;
    await expect(qingniao.start()).resolves.toBe(0);
    expect(phone.counted.size).toBe(1);
  },
);

test('a report whose session is refused, and whose new login is refused too, is kept', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  await qingniao.login();
  const refused = { status: 400, body: { code: 'invalid-body', detail: 'code: is required' } };
  phone.refusals.push({ status: 401, body: { code: 'invalid-token', detail: 'No.' } }, refused);
  phone.popup = allOf(['a']);
  await phone.tap(() => qingniao.subscribe(['a']));
  await rest();
  expect(phone.kept).toHaveLength(1);
  await expect(qingniao.start()).resolves.toBe(0);
  expect(phone.counted.size).toBe(1);
});

test.each([
  ['its errMsg alone', { errMsg: 'login:ok' }],
  ['an empty code', { errMsg: 'login:ok', code: '' }],
  ['a code that is no text', { code: 7 }],
  ['null for a code', { code: null }],
  ['nothing', undefined],
  ['null', null],
])('a login that succeeds with %s asks the service nothing, and the report is kept', async (_, answer) => {
  const phone = new Phone();
  let isOdd = true;
  const real = phone.wx({ alive: true });
  const login: Wx['login'] = (options) => (isOdd ? options.success(answer as never) : real.login(options));
  const qingniao = phone.launch({ wx: { ...real, login } });
  phone.popup = allOf(['a']);
  await phone.tap(() => qingniao.subscribe(['a']));
  await rest();
  expect(phone.requests).toEqual([]);
  expect(phone.kept).toHaveLength(1);
  await expect(qingniao.login()).rejects.toMatchObject({ code: 'login-failed', status: 0 });
  await expect(qingniao.remindMe('a', null, {})).resolves.toMatchObject({ error: { code: 'login-failed' } });
  isOdd = false;
  await expect(qingniao.start()).resolves.toBe(0);
  expect(phone.counted.size).toBe(1);
});

test('a login that throws, and a request that throws, reject as errors of the module', async () => {
  const phone = new Phone();
  const broken = phone.launch({
    wx: {
      ...phone.wx({ alive: true }),
      login: () => {
        throw new Error('login:fail');
      },
    },
  });
  const error: unknown = await broken.login().catch((thrown: unknown) => thrown);
  expect(isServiceError(error)).toBe(true);
  expect(error).toMatchObject({ code: 'login-failed', message: 'login-failed: login:fail' });
  const unreachable = phone.launch({ transport: { sessions: true, send: () => Promise.reject('timeout') } });
  await expect(unreachable.login()).rejects.toSatisfy(isServiceError);
});

test.each([undefined, null, 'text', 7, {}, { token: 'kept' }, { token: 'kept', expiresAt: 'soon' }])(
  'what the storage holds in the place of a session (%j) costs one login',
  async (stored) => {
    const phone = new Phone();
    phone.storage.set('qingniao:session', stored);
    await expect(phone.launch().login()).resolves.toMatchObject({ token: 'token-1' });
  },
);

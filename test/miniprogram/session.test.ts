import { expect, test } from 'vitest';
import { isServiceError } from '../../miniprogram/src/index.ts';
import { Phone } from './phone.ts';

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
  await expect(phone.launch().login()).rejects.toMatchObject({ code: 'http-201' });
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
  expect(sent).toEqual([{ method: 'GET', path: '/v1/grants?templateId=a' }]);
});

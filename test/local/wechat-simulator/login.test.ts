import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { NOON, start, USER } from './support.ts';

const RID = '[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}';
const HEX_NOON = (NOON / 1000).toString(16);

test('a code gives openid and session_key once, as text/plain without errcode', async () => {
  const { wechat, login } = await start();
  const reply = await login(wechat.login(USER));
  expect(reply).toMatchObject({ status: 200, type: 'text/plain', errcode: undefined });
  expect(reply.body).toEqual({ openid: USER, session_key: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/) });
});

test('a bound user comes with a unionid', async () => {
  const { wechat, login } = await start();
  wechat.createUser({ openid: USER, unionid: 'uOne' });
  expect((await login(wechat.login(USER))).body['unionid']).toBe('uOne');
});

test('a used code is 40163 with a comma before the rid, whose first group is the clock', async () => {
  const { wechat, login } = await start();
  const code = wechat.login(USER);
  await login(code);
  const reply = await login(code);
  expect(reply).toMatchObject({ status: 200, type: 'text/plain', errcode: 40163 });
  expect(reply.errmsg).toMatch(new RegExp(`^code been used, rid: ${HEX_NOON}-`));
  expect(reply.errmsg).toMatch(new RegExp(`${RID}$`));
});

test('a code lives 5 minutes and not a millisecond more', async () => {
  const { wechat, passMs, login } = await start();
  const [first, second] = [wechat.login(USER), wechat.login(USER)];
  passMs(299_999);
  expect((await login(first)).errcode).toBeUndefined();
  passMs(1);
  expect(await login(second)).toMatchObject({
    errcode: 40029,
    errmsg: expect.stringMatching(/^invalid code, rid: /),
  });
});

test.each([
  ['no appid', { appid: '' }, 41002, /^appid missing, rid: /],
  ['no secret', { secret: '' }, 41004, /^appsecret missing, rid: /],
  ['no code', { js_code: '' }, 41008, /^missing code, rid: /],
  ['a foreign appid', { appid: 'wxother' }, 40013, /^invalid appid rid: /],
  ['a wrong secret', { secret: 'wrong' }, 40125, /^invalid appsecret rid: /],
  ['a wrong grant_type', { grant_type: 'client_credential' }, 40002, /^invalid grant_type, rid: /],
  ['a made-up code', { js_code: 'made-up' }, 40029, /^invalid code, rid: /],
  ['a foreign appid and a wrong grant_type', { appid: 'wxother', grant_type: 'x' }, 40013, /^invalid appid/],
])('%s is refused', async (_, changes, errcode, errmsg) => {
  const { wechat, login } = await start();
  expect(await login(wechat.login(USER), changes)).toMatchObject({
    errcode,
    errmsg: expect.stringMatching(errmsg),
  });
});

test('a blocked user is 40226', async () => {
  const { wechat, login } = await start();
  wechat.createUser({ openid: USER, blocked: true });
  expect(await login(wechat.login(USER))).toMatchObject({
    errcode: 40226,
    errmsg: expect.stringMatching(/^code blocked/),
  });
});

test('one login too many in a minute is 45011 and leaves the code usable', async () => {
  const { wechat, passMs, login } = await start({ switches: { loginsPerUserPerMinute: 2 } });
  await login(wechat.login(USER));
  await login(wechat.login(USER));
  const code = wechat.login(USER);
  expect(await login(code)).toMatchObject({
    errcode: 45011,
    errmsg: expect.stringMatching(/^api minute-quota reach limit, must slower, retry next minute rid: /),
  });
  passMs(60_000);
  expect((await login(code)).body['openid']).toBe(USER);
});

test('a new code replaces the session_key, which checksession then tells apart', async () => {
  const { wechat, get, login, token } = await start();
  const access_token = await token();
  const check = (key: unknown) =>
    get('/wxa/checksession', {
      access_token,
      openid: USER,
      sig_method: 'hmac_sha256',
      signature: createHmac('sha256', String(key)).update('').digest('hex'),
    });
  const { session_key: first } = (await login(wechat.login(USER))).body;
  expect((await check(first)).errcode).toBe(0);
  const { session_key: second } = (await login(wechat.login(USER))).body;
  expect(second).not.toBe(first);
  expect((await check(first)).errcode).toBe(87009);
  expect((await check(second)).errcode).toBe(0);
});

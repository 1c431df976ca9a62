import { expect, test } from 'vitest';
import { start } from './support.ts';

const MINUTE = 60_000;

/** The errcode that a call with this token draws; 0 when the token is good. */
async function use(get: Awaited<ReturnType<typeof start>>['get'], token: unknown) {
  return (await get('/wxaapi/newtmpl/gettemplate', { access_token: String(token) })).errcode;
}

test('the plain endpoint gives a new long token each time; the old one lives 5 minutes on', async () => {
  const { plainToken, get, passMs } = await start();
  const first = await plainToken();
  expect(first).toMatchObject({ status: 200, type: 'application/json; encoding=utf-8', errcode: undefined });
  expect(first.body).toEqual({
    access_token: expect.stringMatching(/^\d\d_[A-Za-z0-9_-]{147}$/),
    expires_in: 7200,
  });
  const old = first.body['access_token'];
  const next = (await plainToken()).body['access_token'];
  expect(next).not.toBe(old);
  passMs(5 * MINUTE - 1);
  expect(await use(get, old)).toBe(0);
  passMs(1);
  expect(await use(get, old)).toBe(40001);
  expect(await use(get, next)).toBe(0);
});

test('the stable endpoint repeats its token until the last 5 minutes', async () => {
  const { stableToken, get, passMs } = await start();
  const first = (await stableToken()).body['access_token'];
  passMs(115 * MINUTE);
  expect((await stableToken()).body).toEqual({ access_token: first, expires_in: 300 });
  passMs(1000);
  const renewed = (await stableToken()).body;
  expect(renewed).toMatchObject({ expires_in: 7200 });
  expect(renewed['access_token']).not.toBe(first);
  expect(await use(get, first)).toBe(0);
  passMs(5 * MINUTE);
  expect(await use(get, first)).toBe(42001);
});

test('the two endpoints do not touch each other', async () => {
  const { plainToken, stableToken, get, passMs } = await start();
  const stable = (await stableToken()).body['access_token'];
  const plain = (await plainToken()).body['access_token'];
  await stableToken({ force_refresh: true });
  passMs(6 * MINUTE);
  expect(await use(get, plain)).toBe(0);
  expect(await use(get, stable)).toBe(40001);
});

test('force_refresh kills the token before at once, 30 s apart at most', async () => {
  const { stableToken, get, passMs } = await start();
  const first = (await stableToken()).body['access_token'];
  const forced = (await stableToken({ force_refresh: true })).body['access_token'];
  expect(forced).not.toBe(first);
  expect(await use(get, first)).toBe(40001);
  passMs(29_999);
  expect((await stableToken({ force_refresh: true })).body['access_token']).toBe(forced);
  passMs(1);
  expect((await stableToken({ force_refresh: true })).body['access_token']).not.toBe(forced);
});

test('force_refresh works 20 times a day', async () => {
  const { stableToken, passMs } = await start();
  const tokens = new Set<unknown>();
  for (let i = 0; i < 22; i++) {
    tokens.add((await stableToken({ force_refresh: true })).body['access_token']);
    passMs(30_000);
  }
  expect(tokens.size).toBe(20);
  passMs(24 * 60 * MINUTE);
  tokens.add((await stableToken({ force_refresh: true })).body['access_token']);
  expect(tokens.size).toBe(21);
});

test.each([
  ['no token', '', 41001, /^access_token missing rid: /],
  ['a malformed token', 'garbage', 40014, /^invalid access_token rid: /],
  [
    'a made-up token',
    '86_abc',
    40001,
    /^invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, more details at https:\/\/mmbizurl\.cn\/s\/JtxxFh33r rid: /,
  ],
])('%s is refused by other calls', async (_, access_token, errcode, errmsg) => {
  const { get } = await start();
  expect(await get('/wxaapi/newtmpl/gettemplate', { access_token })).toMatchObject({
    status: 200,
    errcode,
    errmsg: expect.stringMatching(errmsg),
  });
});

test('a token that ran out is 42001', async () => {
  const { plainToken, get, passMs } = await start();
  const { access_token } = (await plainToken()).body;
  passMs(7_200_000 - 1);
  expect(await use(get, access_token)).toBe(0);
  passMs(1);
  const reply = await get('/wxaapi/newtmpl/gettemplate', { access_token: String(access_token) });
  expect(reply).toMatchObject({
    errcode: 42001,
    errmsg: expect.stringMatching(/^access_token expired rid: /),
  });
});

test.each([
  ['no appid', { appid: '' }, 41002],
  ['a foreign appid', { appid: 'wxother' }, 40013],
  ['a foreign appid before a wrong grant_type', { appid: 'wxother', grant_type: 'x' }, 40013],
  ['no secret', { secret: '' }, 41004],
  ['a wrong grant_type', { grant_type: 'authorization_code' }, 40002],
  ['a wrong secret', { secret: 'wrong' }, 40125],
])('%s is refused by both endpoints', async (_, changes, errcode) => {
  const { plainToken, stableToken } = await start();
  expect((await plainToken(changes)).errcode).toBe(errcode);
  expect((await stableToken(changes)).errcode).toBe(errcode);
});

test('stable_token wants a POST with a JSON object', async () => {
  const { get, post, credentials, stableToken } = await start();
  expect(await get('/cgi-bin/stable_token', credentials)).toMatchObject({
    errcode: 43002,
    errmsg: expect.stringMatching(/^require POST method rid: /),
  });
  expect((await post('/cgi-bin/stable_token', '')).errcode).toBe(44002);
  expect((await post('/cgi-bin/stable_token', '{"appid"')).errcode).toBe(47001);
  expect((await post('/cgi-bin/stable_token', [])).errcode).toBe(47001);
  expect((await stableToken({ force_refresh: 'true' })).errcode).toBe(47001);
});

test('an address that is not in the whitelist is named in 40164', async () => {
  const { plainToken, stableToken, wechat } = await start({ switches: { ipWhitelist: ['203.0.113.7'] } });
  const refusal = {
    errcode: 40164,
    errmsg: expect.stringMatching(
      /^invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid: [0-9a-f]{8}-/,
    ),
  };
  expect(await plainToken()).toMatchObject(refusal);
  expect(await stableToken()).toMatchObject(refusal);
  wechat.setSwitches({ ipWhitelist: ['127.0.0.1'] });
  expect((await plainToken()).errcode).toBeUndefined();
});

test('the day of the plain endpoint ends at midnight in Beijing', async () => {
  const { plainToken, passMs } = await start({ switches: { plainTokensPerDay: 1 } });
  await plainToken();
  expect(await plainToken()).toMatchObject({
    errcode: 45009,
    errmsg: expect.stringMatching(/^reach max api daily quota limit rid: /),
  });
  passMs(12 * 60 * MINUTE - 1);
  expect((await plainToken()).errcode).toBe(45009);
  passMs(1);
  expect((await plainToken()).errcode).toBeUndefined();
});

test('the stable endpoint has a minute limit', async () => {
  const { stableToken, passMs } = await start({ switches: { stableTokensPerMinute: 1 } });
  await stableToken();
  expect((await stableToken()).errcode).toBe(45011);
  passMs(MINUTE);
  expect((await stableToken()).errcode).toBeUndefined();
});

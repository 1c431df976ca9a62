import { expect, test } from 'vitest';
import { SAMPLE_TEMPLATES, type SimulatedApp } from '../../../local/wechat-simulator/index.ts';
import {
  AES_KEY,
  decrypt,
  encryptedIn,
  type Pushed,
  sha1,
  startReceiver,
  TOKEN,
} from './callback-receiver.ts';
import { GOOD_DATA, ONE_TIME, start, USER } from './support.ts';

const SECOND = { appId: 'wx2', appSecret: 'secret-of-2', templates: [ONE_TIME], openids: [USER] };
const ACCEPT = { openid: USER, results: { [ONE_TIME.templateId]: 'accept' } } as const;

/** Two apps with the same user and the same template. */
async function startTwo() {
  const started = await start({ moreApps: [SECOND] });
  const { wechat, post } = started;
  const tokenOf = async ({ appId, appSecret }: SimulatedApp) => {
    const asked = { appid: appId, secret: appSecret, grant_type: 'client_credential' };
    return String((await post('/cgi-bin/stable_token', asked)).body['access_token']);
  };
  return { ...started, first: wechat.app(), second: wechat.app('wx2'), tokenOf };
}

test('a token belongs to one app: what is sent with it spends that app’s grants and is listed there alone', async () => {
  const { first, second, tokenOf, send } = await startTwo();
  first.subscribe(ACCEPT);
  second.subscribe(ACCEPT);
  expect((await send(await tokenOf(second))).errcode).toBe(0);
  expect(second.ledger()).toMatchObject([{ openid: USER, granted: 1, spent: 1 }]);
  expect(second.received({ call: 'send' }).items).toMatchObject([{ openid: USER, token: 'stable#1' }]);
  expect(first.ledger()).toMatchObject([{ openid: USER, granted: 1, spent: 0 }]);
  expect(first.received().stats.total).toBe(0);
  expect((await send(await tokenOf(second))).errcode).toBe(43101);
  expect((await send(await tokenOf(first))).errcode).toBe(0);
});

test('a template of another app is 40037, and a user of another app 40003', async () => {
  const { wechat, tokenOf, send } = await startTwo();
  const third = wechat.addApp({ appId: 'wx3', openids: ['oThird'] });
  const [own] = third.templates();
  const template_id = `${own?.templateId}`;
  const token = await tokenOf(third);
  expect((await send(token, { touser: 'oThird' })).errcode).toBe(40037);
  expect((await send(token, { template_id })).errcode).toBe(40003);
  expect((await send(await tokenOf(wechat.app()), { template_id })).errcode).toBe(40037);
});

test('secrets and login codes are one app’s', async () => {
  const { wechat, second, login, plainToken, stableToken } = await startTwo();
  const of2 = { appid: second.appId, secret: second.appSecret };
  expect((await login(wechat.login(USER), of2)).errcode).toBe(40029);
  expect((await login(second.login(USER))).errcode).toBe(40029);
  expect((await login(second.login(USER), of2)).body).toMatchObject({ openid: USER });
  expect((await plainToken({ appid: second.appId })).errcode).toBe(40125);
  expect((await stableToken({ appid: second.appId })).errcode).toBe(40125);
  expect((await stableToken({ appid: 'wx-nobody' })).errcode).toBe(40013);
  expect(second.received().stats.byCall).toMatchObject({
    login: { byErrcode: { 0: 1, 40029: 1 } },
    'plain-token': { byErrcode: { 40125: 1 } },
    'stable-token': { byErrcode: { 40125: 1 } },
  });
});

test('quotas, the lock of a user, bans, faults and latency are one app’s', async () => {
  const { wechat, first, second, tokenOf, send } = await startTwo();
  second.setSwitches({ accountBanned: true });
  first.subscribe(ACCEPT);
  expect((await send(await tokenOf(second))).errcode).toBe(43107);
  second.setSwitches({ accountBanned: false, sendsPerDay: 1 });
  expect((await send(await tokenOf(second))).errcode).toBe(45009);
  second.addFault({ call: 'send', kind: 'errcode', errcode: -1, times: 100 });
  second.setLatency({ ms: 50 });
  expect(first.switches()).toMatchObject({ latencyMs: 0, accountBanned: false, sendsPerDay: 10_000_000 });
  const held = send(await tokenOf(second));
  expect((await send(await tokenOf(first))).errcode).toBe(0);
  expect((await held).errcode).toBe(-1);
  expect(wechat.received().stats.overlappingSends).toBe(0);
});

test('quotas are cleared by a token of that app only', async () => {
  const { first, second, tokenOf, post } = await startTwo();
  const clear = async (appid: string) =>
    (await post('/cgi-bin/clear_quota', { appid }, { access_token: await tokenOf(second) })).errcode;
  expect(await clear(first.appId)).toBe(40013);
  expect(await clear(second.appId)).toBe(0);
});

test('events go to the callback of the app in which they happened, under its token and key', async () => {
  const { wechat, first, second } = await startTwo();
  const [to1, to2] = [await startReceiver(), await startReceiver()];
  const keyOf2 = 'GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba';
  first.setCallback({ url: to1.url, token: TOKEN, aesKey: AES_KEY });
  second.setCallback({ url: to2.url, token: 'tokenOf2', aesKey: keyOf2 });
  second.subscribe(ACCEPT);
  await second.pushed();
  const [pushed] = to2.pushes as [Pushed];
  const { timestamp, nonce, signature } = pushed.query;
  expect(signature).toBe(sha1('tokenOf2', timestamp, nonce));
  expect(decrypt(encryptedIn(pushed), keyOf2)).toMatchObject({ appId: 'wx2' });
  expect(to1.pushes).toHaveLength(0);
  expect(first.deliveries().stats.messages).toBe(0);
  expect(second.deliveries().items).toMatchObject([{ event: 'subscribe_msg_popup_event', outcome: 'taken' }]);
  wechat.removeCallback();
  expect(second.callback()).toMatchObject({ url: to2.url });
});

test('the control API takes the app, by default the first', async () => {
  const { control, first, second } = await startTwo();
  expect((await control('GET', '/apps')).body).toEqual({
    items: [{ appid: first.appId }, { appid: second.appId }],
  });
  await control('POST', '/users', { openid: 'oNew', appid: 'wx2' });
  await control('POST', '/users?appid=wx2', { openid: 'oNewer' });
  expect(second.users().map(({ openid }) => openid)).toEqual([USER, 'oNew', 'oNewer']);
  expect((await control('GET', '/users')).body['items']).not.toContainEqual(
    expect.objectContaining({ openid: 'oNew' }),
  );
  await control('POST', '/subscribe', { ...ACCEPT, appid: 'wx2' });
  expect((await control('GET', '/ledger?appid=wx2')).body['items']).toHaveLength(1);
  expect((await control('GET', `/ledger?appid=${first.appId}`)).body['items']).toHaveLength(0);
  expect((await control('GET', '/received?appid=wx2')).body).toMatchObject({ stats: { total: 0 } });
});

test('an app is added while the server runs, with what is said of it or the samples under ids of its own', async () => {
  const { control, wechat, tokenOf, send } = await startTwo();
  const { body } = await control('POST', '/apps', {});
  const added = wechat.app(String(body['appid']));
  expect(added.appSecret).toBe(body['secret']);
  expect(added.templates()).toHaveLength(SAMPLE_TEMPLATES.length);
  const [template] = added.templates();
  const [openid] = added.users().map((user) => user.openid);
  const about = { touser: openid, template_id: template?.templateId, data: GOOD_DATA };
  expect((await send(await tokenOf(added), about)).errcode).toBe(43101);
  const named = { appid: 'wxNamed', secret: 's', openids: ['oA'], switches: { msgid: false } };
  expect((await control('POST', '/apps', named)).body).toEqual({ appid: 'wxNamed', secret: 's' });
  expect(wechat.app('wxNamed').switches().msgid).toBe(false);
});

test.each([
  ['POST', '/apps', { appid: 'wx2' }, 'appid'],
  ['POST', '/apps', { appid: 'has space' }, 'appid'],
  ['POST', '/apps', { templates: 'all' }, 'templates'],
  ['GET', '/users?appid=wx-nobody', undefined, 'appid'],
  ['POST', '/users', { appid: 2 }, 'appid'],
  ['POST', '/reset', { appid: 'wx-nobody' }, 'appid'],
])('%s %s with a wrong app names the field', async (method, path, body, field) => {
  const { control } = await startTwo();
  const answer = await control(method, path, body);
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: field }] } });
});

test('one app goes back to its beginning, or all do', async () => {
  const { control, first, second } = await startTwo();
  for (const app of [first, second]) app.createUser({ openid: 'oNew' });
  await control('POST', '/reset', { appid: 'wx2' });
  expect(second.users()).toHaveLength(1);
  expect(first.users()).toHaveLength(3);
  second.createUser({ openid: 'oNew' });
  await control('POST', '/reset', {});
  expect(second.users()).toHaveLength(1);
  expect(first.users()).toHaveLength(2);
});

import { describe, expect, test } from 'vitest';
import {
  AES_KEY,
  type Answer,
  decrypt,
  encryptedIn,
  type Pushed,
  SUCCESS,
  sha1,
  startReceiver,
  TOKEN,
} from './callback-receiver.ts';
import { createTime, NOON, ONE_TIME, OTHER, start, USER } from './support.ts';

const ID = ONE_TIME.templateId;

async function startPushing(receiver: { url: string }, options: Parameters<typeof start>[0] = {}) {
  const simulated = await start(options);
  const { wechat } = simulated;
  wechat.setCallback({ url: receiver.url, token: TOKEN, aesKey: AES_KEY, mode: 'plaintext' });
  return { ...simulated, tap: (openid = USER) => wechat.subscribe({ openid, results: { [ID]: 'accept' } }) };
}

const openids = (pushes: readonly Pushed[]) => pushes.map(({ query }) => query['openid']);

test('a lost event is never delivered, and the next one is', async () => {
  const receiver = await startReceiver();
  const { wechat, tap } = await startPushing(receiver);
  wechat.addPushFault({ kind: 'lose', event: 'popup' });
  tap();
  tap(OTHER);
  await wechat.pushed();
  expect(openids(receiver.pushes)).toEqual([OTHER]);
  expect(wechat.deliveries().stats).toMatchObject({ messages: 2, deliveries: 1, lost: 1, taken: 1 });
});

test('a duplicate is the same event again, signed anew', async () => {
  const receiver = await startReceiver();
  const { wechat, tap } = await startPushing(receiver);
  wechat.addPushFault({ kind: 'duplicate', copies: 2 });
  tap();
  await wechat.pushed();
  expect(receiver.pushes).toHaveLength(3);
  expect(new Set(receiver.pushes.map(({ body }) => body)).size).toBe(1);
  expect(new Set(receiver.pushes.map(({ query }) => query['nonce'])).size).toBe(3);
  expect(wechat.deliveries({ message: 1 }).items).toHaveLength(3);
});

test('reordered events go last to first, each after the answer to the one before', async () => {
  const receiver = await startReceiver();
  const { wechat, tap } = await startPushing(receiver);
  wechat.addPushFault({ kind: 'reorder', count: 3 });
  const users = ['oA', 'oB', 'oC', 'oD'].map((openid) => wechat.createUser({ openid }));
  for (const openid of users.slice(0, 2)) tap(openid);
  await wechat.pushed();
  expect(wechat.deliveries().stats).toMatchObject({ messages: 2, deliveries: 0, held: 2 });
  for (const openid of users.slice(2)) tap(openid);
  await wechat.pushed();
  expect(openids(receiver.pushes).filter((openid) => openid !== 'oD')).toEqual(['oC', 'oB', 'oA']);
  expect(openids(receiver.pushes)).toContain('oD');
});

test('what is kept back goes when the faults are forgotten', async () => {
  const receiver = await startReceiver();
  const { wechat, tap } = await startPushing(receiver);
  wechat.addPushFault({ kind: 'reorder', count: 100 });
  tap();
  tap(OTHER);
  wechat.clearPushFaults();
  await wechat.pushed();
  expect(openids(receiver.pushes)).toEqual([OTHER, USER]);
});

test('a delayed event leaves when its time has come', async () => {
  const receiver = await startReceiver();
  const time = createTime();
  const { wechat, tap } = await startPushing(receiver, { ...time, switches: { eventDelayMs: 1000 } });
  wechat.addPushFault({ kind: 'delay', ms: 2000, openid: USER });
  tap();
  tap(OTHER);
  expect([wechat.isPushing(), wechat.isPushing(1000)]).toEqual([false, true]);
  time.passMs(1000);
  await receiver.came(1);
  await wechat.pushed();
  expect(openids(receiver.pushes)).toEqual([OTHER]);
  time.passMs(2000);
  await receiver.came(2);
  expect(wechat.deliveries().items.map((item) => item.startedAtMs)).toEqual([NOON + 1000, NOON + 3000]);
});

test('several kinds of faults hit one event; chance and times are kept to', async () => {
  const receiver = await startReceiver();
  const rolls = [0.5, 0.2];
  const { wechat, tap } = await startPushing(receiver, { random: () => rolls.shift() ?? 0 });
  wechat.addPushFault({ kind: 'lose', chance: 0.4, times: 2 });
  wechat.addPushFault({ kind: 'duplicate', chance: 0.4 });
  tap();
  await wechat.pushed();
  expect(receiver.pushes).toHaveLength(2);
  tap();
  tap();
  tap();
  await wechat.pushed();
  expect(wechat.deliveries().stats).toMatchObject({ lost: 2, taken: 3 });
  expect(wechat.pushFaults()).toEqual([]);
});

test('one at a time keeps the order of what happened', async () => {
  let underWay = 0;
  const receiver = await startReceiver(async (): Promise<Answer> => {
    underWay += 1;
    await new Promise((resolve) => setImmediate(resolve));
    expect(underWay).toBe(1);
    underWay -= 1;
    return SUCCESS;
  });
  const { wechat, tap } = await startPushing(receiver, { switches: { deliveriesAtOnce: 1 } });
  const users = wechat.createUsers(20);
  for (const openid of users) tap(openid);
  await wechat.pushed();
  expect(openids(receiver.pushes)).toEqual(users);
});

describe('one message can be delivered by hand', () => {
  const popup = {
    openid: USER,
    event: 'subscribe_msg_popup_event',
    items: [{ TemplateId: ID, SubscribeStatusString: 'accept', PopupScene: '0' }],
  };

  test('an honest one like any other, and its answer is told', async () => {
    const receiver = await startReceiver();
    const { control } = await startPushing(receiver);
    const { status, body } = await control('POST', '/push', { ...popup, createTime: 1_700_000_000 });
    expect({ status, body }).toMatchObject({ status: 200, body: { outcome: 'taken', answer: 'success' } });
    expect(JSON.parse(receiver.pushes[0]?.body ?? '')).toMatchObject({
      CreateTime: 1_700_000_000,
      List: { TemplateId: ID },
    });
  });

  test('a message that is no event', async () => {
    const receiver = await startReceiver();
    const { wechat } = await startPushing(receiver);
    await wechat.pushOnce({ openid: USER, msgType: 'text', fields: { Content: '你好', MsgId: '7' } });
    expect(JSON.parse(receiver.pushes[0]?.body ?? '')).toMatchObject({
      MsgType: 'text',
      Content: '你好',
      MsgId: '7',
    });
  });

  test('forged ones differ just where they say; a refusal is not repeated', async () => {
    const receiver = await startReceiver(() => ({ status: 403, body: 'no' }));
    const { wechat } = await startPushing(receiver);
    const push = async (forgery: NonNullable<Parameters<typeof wechat.pushOnce>[0]['forgery']>) => {
      const delivery = await wechat.pushOnce({ ...popup, forgery: { mode: 'safe', ...forgery } });
      expect(delivery).toMatchObject({ outcome: 'refused', status: 403, mode: forgery.mode ?? 'safe' });
      const pushed = receiver.pushes.at(-1) as Pushed;
      const { timestamp, nonce, signature, msg_signature } = pushed.query;
      const encrypted = encryptedIn(pushed);
      const isSigned = signature === sha1(TOKEN, timestamp, nonce);
      const isSealed = msg_signature === sha1(TOKEN, timestamp, nonce, encrypted);
      return { ...pushed, isSigned, isSealed, encrypted, timestamp };
    };
    expect(await push({ token: 'foreign' })).toMatchObject({ isSigned: false, isSealed: false });
    const foreign = await push({ appId: 'wxforeign' });
    expect(foreign).toMatchObject({ isSigned: true, isSealed: true });
    expect(decrypt(foreign.encrypted).appId).toBe('wxforeign');
    const otherKey = 'B'.repeat(43);
    expect(decrypt((await push({ aesKey: otherKey })).encrypted, otherKey).appId).toBe(wechat.appId);
    expect(await push({ agedMs: 3_600_000 })).toMatchObject({
      isSigned: true,
      timestamp: String(NOON / 1000 - 3600),
    });
    expect(await push({ body: '{"Encrypt":"else"}' })).toMatchObject({ isSigned: true, isSealed: false });
    expect((await push({ query: { msg_signature: '', nonce: 'x' } })).query).toEqual({
      signature: expect.any(String),
      timestamp: expect.any(String),
      nonce: 'x',
      openid: USER,
      encrypt_type: 'aes',
    });
    expect((await push({ mode: 'plaintext', format: 'xml' })).body).toMatch(/^<xml>/);
    await wechat.pushed();
    expect(receiver.pushes).toHaveLength(7);
  });
});

describe('the check of the URL', () => {
  test('is signed, and passes when the callback answers the echostr', async () => {
    const receiver = await startReceiver(({ query }) => ({ status: 200, body: query['echostr'] ?? '' }));
    const { control } = await startPushing(receiver);
    const { body } = await control('POST', '/callback/verify', {});
    const [{ method, query }] = receiver.pushes as [Pushed];
    expect(method).toBe('GET');
    expect(query).toEqual({
      signature: sha1(TOKEN, query['timestamp'], query['nonce']),
      timestamp: String(NOON / 1000),
      nonce: expect.stringMatching(/^\d+$/),
      echostr: body['echostr'],
    });
    expect(body).toMatchObject({ verified: true, answer: { type: 'answered', status: 200 } });
  });

  test.each([
    ['quotes it', ({ query }: Pushed): Answer => ({ status: 200, body: `"${query['echostr']}"` })],
    ['answers success', (): Answer => SUCCESS],
    ['refuses', (): Answer => ({ status: 403, body: '' })],
    ['breaks off', (): Answer => 'reset'],
  ])('fails when the callback %s, and says what came', async (_, answer) => {
    const receiver = await startReceiver(answer);
    const { wechat } = await startPushing(receiver);
    const { verified, answer: came } = await wechat.verifyCallback();
    expect(verified).toBe(false);
    expect(came.type).toMatch(/answered|no-answer/);
  });
});

test('the callback is set, changed, read and removed by the control API', async () => {
  const { control, wechat } = await start();
  expect((await control('GET', '/callback')).body).toEqual({ callback: null });
  const callback = { url: 'http://127.0.0.1:9/events', token: TOKEN, aesKey: AES_KEY };
  const shown = { url: callback.url, mode: 'safe', format: 'json' };
  expect((await control('POST', '/callback', callback)).body).toEqual({ callback: shown });
  expect((await control('POST', '/callback', { format: 'xml' })).body).toEqual({
    callback: { ...shown, format: 'xml' },
  });
  expect(wechat.callback()).toEqual({ ...shown, format: 'xml' });
  expect((await control('DELETE', '/callback')).body).toEqual({ callback: null });
  expect((await control('POST', '/callback/verify', {})).status).toBe(400);
  const fault = { kind: 'lose', times: 3 };
  expect((await control('POST', '/push-faults', fault)).body).toEqual({
    items: [{ ...fault, timesLeft: 3 }],
  });
  expect((await control('GET', '/push-faults')).body).toEqual({ items: [{ ...fault, timesLeft: 3 }] });
  expect((await control('DELETE', '/push-faults')).body).toEqual({ items: [] });
});

test.each([
  ['/callback', { token: TOKEN }, 'url'],
  ['/callback', { url: 'http://127.0.0.1:9', token: 'a b', aesKey: AES_KEY }, 'token'],
  ['/callback', { url: 'http://127.0.0.1:9', token: TOKEN, aesKey: 'short' }, 'aesKey'],
  ['/callback', { mode: 'secret' }, 'mode'],
  ['/push-faults', { kind: 'eat' }, 'kind'],
  ['/push-faults', { kind: 'fail-send' }, 'errorCode'],
  ['/push-faults', { kind: 'reorder', count: 1 }, 'count'],
  ['/push', { openid: USER, items: [{ TemplateId: 1 }] }, 'items.0.TemplateId'],
  ['/push', { openid: USER, forgery: { surplus: 1 } }, 'forgery.surplus'],
])('POST %s with bad input names the field', async (path, body, field) => {
  const { control } = await start();
  const answer = await control('POST', path, body);
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid-input' } });
  expect(answer.body['errors']).toContainEqual({ path: field, message: expect.any(String) });
});

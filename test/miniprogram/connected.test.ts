import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { createQingniao, ownBackend, ownDomain } from './built.ts';
import { simulatedWx } from './simulated-wx.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const [orderShipped, appointment, priceDrop, followUp, parking] = SAMPLE_TEMPLATES.map(
  ({ templateId }) => templateId,
) as [string, string, string, string, string];
const data = {
  thing1: '口腔洁治',
  time2: '2026年11月24日 15:00',
  thing3: '中山路88号二楼',
  phone_number4: '020-81167888',
  thing5: '请提前十分钟到店',
};

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    logger: quiet,
    dispatchEverySeconds: 0,
    settings: { USER_SENDABLE_TEMPLATES: '*' },
  });
});
afterAll(() => stack.close());

/** A new user with the module on their phone. */
function newPhone() {
  const openid = stack.wechat!.createUser();
  const { wx, phone } = simulatedWx(stack, openid);
  const launch = () =>
    createQingniao({ wx, transport: ownDomain({ wx, baseUrl: stack.apiUrl }), longTerm: [followUp] });
  return { openid, phone, launch, qingniao: launch() };
}

const wechatsOwnCount = (openid: string, templateId: string) =>
  stack.wechat!.ledger({ openid, templateId }).map(({ left }) => left);

test('a tap is counted as WeChat counts it, and a reminder reaches WeChat', async () => {
  const { openid, qingniao } = newPhone();
  await expect(qingniao.subscribe([appointment])).resolves.toMatchObject({ accepted: [appointment] });
  await expect(qingniao.remaining(appointment)).resolves.toMatchObject({ available: 1 });
  expect(wechatsOwnCount(openid, appointment)).toEqual([1]);

  const outcome = await qingniao.remindMe(appointment, null, data, { page: 'pages/booking/index' });
  expect(outcome).toMatchObject({ type: 'booked', message: { to: openid, templateId: appointment } });
  await stack.idle();
  expect(stack.wechat!.received({ call: 'send', openid }).items).toHaveLength(1);
  await expect(qingniao.remaining(appointment)).resolves.toMatchObject({ available: 0, spent: 1 });
});

test('a booked reminder sets its grant aside, and the same key books it once', async () => {
  const { qingniao } = newPhone();
  await qingniao.subscribe([appointment]);
  const at = Date.now() + 3_600_000;
  const first = await qingniao.remindMe(appointment, at, data, { key: 'booking-1' });
  const second = await qingniao.remindMe(appointment, at, data, { key: 'booking-1' });
  expect(second).toMatchObject({ type: 'booked', message: { status: 'scheduled' } });
  expect(second).toMatchObject({ message: { id: (first as { message: { id: string } }).message.id } });
  await expect(qingniao.remaining(appointment)).resolves.toMatchObject({ available: 0, held: 1 });
});

test('an appointment that is moved takes its reminder and the one grant along', async () => {
  const { qingniao } = newPhone();
  await qingniao.subscribe([appointment]);
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);
  const remind = (hours: number) =>
    qingniao.remindMe(appointment, inHours(hours), data, {
      collapseKey: 'booking-7',
      expiresAt: inHours(hours + 1),
    });
  await expect(remind(1)).resolves.toMatchObject({ type: 'booked' });
  await expect(remind(2)).resolves.toMatchObject({ type: 'booked', message: { status: 'scheduled' } });
  await expect(qingniao.remaining(appointment)).resolves.toMatchObject({ available: 0, held: 1 });
  await expect(remind(-2)).resolves.toMatchObject({
    error: { code: 'invalid-body', errors: [{ path: 'expiresAt' }] },
  });
});

test('without a grant, and with a value that breaks a rule, the caller learns why', async () => {
  const { qingniao } = newPhone();
  await expect(qingniao.remindMe(appointment, null, data)).resolves.toMatchObject({
    error: { code: 'no-grant' },
  });
  await qingniao.subscribe([appointment]);
  const broken = { ...data, thing1: '超过二十个字的预约项目名称会被微信以四七零零三拒绝' };
  await expect(qingniao.remindMe(appointment, null, broken)).resolves.toMatchObject({
    error: { code: 'invalid-data', errors: [{ path: 'data.thing1' }] },
  });
  await expect(qingniao.remindMe(appointment, null, broken, { fit: true })).resolves.toMatchObject({
    type: 'booked',
    message: { fitted: [{ key: 'thing1' }] },
  });
});

test('taps without a network, a lost answer and a restart lead to the exact count', async () => {
  const { openid, phone, qingniao, launch } = newPhone();
  await qingniao.login();
  phone.online = false;
  await qingniao.subscribe([priceDrop]);
  await qingniao.subscribe([priceDrop]);
  expect(phone.kept()).toHaveLength(2);
  phone.online = true;
  phone.losesAnswers = true;
  await qingniao.start(); // the service counts the first, and the phone does not learn it
  expect(phone.kept()).toHaveLength(2);
  phone.losesAnswers = false;
  await expect(launch().start()).resolves.toBe(0);
  await expect(launch().remaining(priceDrop)).resolves.toMatchObject({ available: 2 });
  expect(wechatsOwnCount(openid, priceDrop)).toEqual([2]);
});

test('a refusal that is kept comes silently the next time, is told to the service and leads to the guide', async () => {
  const { phone, qingniao } = newPhone();
  await qingniao.start();
  phone.tap = 'reject';
  phone.always = true;
  await expect(qingniao.subscribe([parking])).resolves.toMatchObject({ silent: [], guide: undefined });
  await expect(qingniao.subscribe([parking])).resolves.toMatchObject({
    silent: [parking],
    guide: 'kept-reject',
  });
  await expect(qingniao.remaining(parking)).resolves.toMatchObject({ available: 0, silentReject: true });
});

test('an acceptance that is kept adds one with each tap', async () => {
  const { openid, phone, qingniao } = newPhone();
  phone.always = true;
  for (let tap = 0; tap < 3; tap += 1) await qingniao.subscribe([orderShipped]);
  await expect(qingniao.remaining(orderShipped)).resolves.toMatchObject({ available: 3 });
  expect(wechatsOwnCount(openid, orderShipped)).toEqual([3]);
});

test('the main switch off is 20004 and leads to the guide; on again, the tap counts', async () => {
  const { openid, qingniao } = newPhone();
  stack.wechat!.changeSettings({ openid, mainSwitch: false });
  await expect(qingniao.subscribe([priceDrop])).resolves.toMatchObject({
    type: 'failed',
    error: { code: 20004 },
    guide: 'main-switch',
  });
  stack.wechat!.changeSettings({ openid, mainSwitch: true });
  await expect(qingniao.subscribe([priceDrop])).resolves.toMatchObject({ accepted: [priceDrop] });
});

test('more templates than an old client takes, and of both kinds, are all asked for over further taps', async () => {
  const { phone, launch } = newPhone();
  phone.baseLibrary = '3.0.0';
  const qingniao = launch();
  await qingniao.remindMe(appointment, null, data); // for which the service reads the templates and their kinds
  const all = [orderShipped, appointment, priceDrop, followUp, parking];
  await expect(qingniao.subscribe(all)).resolves.toMatchObject({ left: [followUp, parking] });
  await expect(qingniao.subscribe(all)).resolves.toMatchObject({ accepted: [followUp] });
  await expect(qingniao.subscribe(all)).resolves.toMatchObject({
    accepted: expect.arrayContaining([parking]),
  });
  await expect(qingniao.remaining(followUp)).resolves.toMatchObject({
    kind: 'long-term',
    available: null,
    subscribed: true,
  });
});

test('through a backend of the owner, which puts in the openid and the key, no phone reaches the service', async () => {
  const openid = stack.wechat!.createUser();
  const { wx } = simulatedWx(stack, openid);
  const backend = async ({
    method,
    path,
    body,
    idempotencyKey,
  }: Parameters<Parameters<typeof ownBackend>[0]>[0]) => {
    const url = new URL(path, stack.apiUrl);
    if (method === 'GET') url.searchParams.set('openid', openid);
    const own = path === '/v1/messages' ? { to: openid } : { openid };
    const response = await fetch(url, {
      method,
      headers: {
        authorization: 'Bearer dev-key',
        'content-type': 'application/json',
        ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
      },
      ...(method === 'POST' && { body: JSON.stringify({ ...body, ...own }) }),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  };
  const qingniao = createQingniao({ wx, transport: ownBackend(backend) });
  await qingniao.subscribe([appointment]);
  await expect(qingniao.remaining(appointment)).resolves.toMatchObject({ available: 1 });
  await expect(qingniao.remindMe(appointment, null, data)).resolves.toMatchObject({ type: 'booked' });
});

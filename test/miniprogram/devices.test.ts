import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import type { WxSubscribeDeviceOptions } from '../../miniprogram/src/subscribe-device.ts';
import { createQingniao, createSubscribeDevice, ownDomain } from './built.ts';
import { simulatedWx } from './simulated-wx.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const LOW_WATER = 'low-water_W3nGq8dYx0VfKtB5zRmHs1uCjPoLaEi7';
const TANK = { sn: 'TANK-1', modelId: 'xo_Ao7bO0L5Glb9U0XKqLw' };
const DATA = { time1: '2026-11-23 10:59', enum_string2: '客厅', enum_string3: '水位过低，请及时加水' };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    logger: quiet,
    dispatchEverySeconds: 0,
    settings: { USER_SENDABLE_TEMPLATES: '*' },
  });
});
afterAll(() => stack.close());

/** A new user with the module on their phone, and a ticket as the owner's server has fetched it. */
function newPhone() {
  const wechat = stack.wechat!;
  const openid = wechat.createUser();
  const { wx, phone } = simulatedWx(stack, openid);
  const launch = () =>
    createQingniao({ wx, transport: ownDomain({ wx, baseUrl: stack.apiUrl }), note: () => {} });
  const qingniao = launch();
  const subscribe = createSubscribeDevice({ wx, qingniao });
  const ticketed = (device: typeof TANK) => ({ ...device, snTicket: wechat.deviceTicket(device) });
  return { openid, phone, qingniao, launch, subscribe, ticketed, device: ticketed(TANK) };
}

test('a tap is counted for its device, and a message about it reaches WeChat', async () => {
  const { openid, qingniao, subscribe, device } = newPhone();
  await expect(subscribe([LOW_WATER], device)).resolves.toMatchObject({
    type: 'answered',
    accepted: [LOW_WATER],
    left: [],
  });
  await expect(qingniao.remaining(LOW_WATER)).resolves.toMatchObject({
    kind: 'device',
    device: TANK,
    available: null,
    subscribed: true,
  });
  const booked = await qingniao.remindMe(LOW_WATER, null, DATA, { device: TANK });
  expect(booked).toMatchObject({ type: 'booked' });
  await stack.idle();
  expect(stack.wechat!.received({ openid, call: 'device-send' }).items).toMatchObject([
    { device: TANK, accepted: true },
  ]);
});

test('an answer outlives a network that is down and a mini program that is closed, and counts once', async () => {
  const { phone, launch, subscribe, device } = newPhone();
  phone.online = false;
  await expect(subscribe([LOW_WATER], device)).resolves.toMatchObject({ accepted: [LOW_WATER] });
  phone.online = true;
  phone.losesAnswers = true;
  const qingniao = launch();
  await qingniao.start();
  phone.losesAnswers = false;
  await expect(qingniao.start()).resolves.toBe(0);
  await expect(qingniao.remaining(LOW_WATER)).resolves.toMatchObject({ subscribed: true });
});

test('a refusal turns the device off', async () => {
  const { phone, qingniao, subscribe, device } = newPhone();
  await subscribe([LOW_WATER], device);
  phone.tap = 'reject';
  await expect(subscribe([LOW_WATER], device)).resolves.toMatchObject({ accepted: [] });
  await expect(qingniao.remaining(LOW_WATER)).resolves.toMatchObject({ subscribed: false });
});

test('what is left is told of each device of a template', async () => {
  const { phone, qingniao, subscribe, ticketed } = newPhone();
  const tanks = Array.from({ length: 3 }, (_, n) => ({ ...TANK, sn: `TANK-${n}` }));
  for (const tank of tanks) {
    phone.tap = tank.sn === 'TANK-1' ? 'reject' : 'accept';
    await subscribe([LOW_WATER], ticketed(tank));
  }
  const left = await qingniao.remaining(LOW_WATER);
  expect(left.all.map(({ device, subscribed }) => [device?.sn, subscribed])).toEqual([
    ['TANK-0', true],
    ['TANK-1', false],
    ['TANK-2', true],
  ]);
  expect(left).toMatchObject(left.all[0]!);
  // Pages hand it to setData, which takes JSON only.
  expect(JSON.parse(JSON.stringify(left))).toEqual(left);
});

describe('the user is not asked', () => {
  test.each([
    ['with a ticket that is none', { snTicket: 'made-up' }, [LOW_WATER], 19720726],
    ['with a ticket of another device', { sn: 'TANK-2' }, [LOW_WATER], 19720726],
    ['for a template that there is not', {}, ['nowhere'], 19720728],
    ['for a template of another kind', {}, ['follow-up-visit_tE9CDYBcyTOwDwpqLykpxlMjeMa'], 19720736],
    ['for no template', {}, [], 10001],
  ])('%s', async (_when, changes, templates, code) => {
    const { qingniao, subscribe, device } = newPhone();
    await expect(subscribe(templates, { ...device, ...changes })).resolves.toMatchObject({
      type: 'failed',
      error: { code, tell: { zh: expect.any(String), en: expect.any(String) } },
    });
    await expect(qingniao.start()).resolves.toBe(0);
  });

  test.each([
    ['no device', undefined, 19720736],
    ['an empty one', {}, 19720736],
    ['one without its ticket', TANK, 19720726],
    ['one without its model', { sn: 'TANK-1', snTicket: 'made-up' }, 19720736],
  ])('about %s, which WeChat tells, and nothing is thrown', async (_what, device, code) => {
    const { subscribe } = newPhone();
    await expect(subscribe([LOW_WATER], device as never)).resolves.toMatchObject({
      type: 'failed',
      error: { code },
    });
  });

  const failing = (failure: object) => {
    const { qingniao } = newPhone();
    const wx = {
      requestSubscribeDeviceMessage: ({ fail }: WxSubscribeDeviceOptions) =>
        fail({ errMsg: 'requestSubscribeDeviceMessage:fail', ...failure }),
    };
    return createSubscribeDevice({ wx, qingniao })([LOW_WATER], { ...TANK, snTicket: 't' });
  };

  test.each([
    [{ errCode: 19720727 }, 19720727],
    [{ errMsg: 'requestSubscribeDeviceMessage:fail sn_ticket expire' }, 19720727],
    [{ errno: '19720736' }, 19720736],
    [{ errMsg: 'requestSubscribeDeviceMessage:fail invalid scope', errCode: -12001 }, -12001],
    [{ errCode: 20004 }, 20004],
    [{ errMsg: 'requestSubscribeDeviceMessage:fail can only be invoked by user TAP gesture.' }, 'not-a-tap'],
    [{ errCode: -202 }, 'unknown'],
  ])('where WeChat fails with %j', async (failure, code) => {
    const outcome = await failing(failure);
    expect(outcome).toMatchObject({ type: 'failed', error: { code } });
    expect(outcome.guide).toBe(code === 20004 ? 'main-switch' : undefined);
  });

  test('before base library 2.20.0, which has no such popup', async () => {
    const { qingniao } = newPhone();
    const subscribe = createSubscribeDevice({ wx: {}, qingniao });
    await expect(subscribe([LOW_WATER], { ...TANK, snTicket: 't' })).resolves.toMatchObject({
      error: { code: 'unsupported', tell: { zh: '请升级微信后再订阅。' } },
    });
  });
});

test('of more than three templates the rest is asked for at the next tap', async () => {
  const { qingniao } = newPhone();
  const asked: string[][] = [];
  const wx = {
    requestSubscribeDeviceMessage({ tmplIds, success }: WxSubscribeDeviceOptions) {
      asked.push(tmplIds);
      success(Object.fromEntries(tmplIds.map((id) => [id, 'reject'])));
    },
  };
  const subscribe = createSubscribeDevice({ wx, qingniao });
  const tap = () => subscribe(['a', 'b', 'c', 'd'], { ...TANK, snTicket: 't' });
  await expect(tap()).resolves.toMatchObject({ left: ['d'] });
  await tap();
  expect(asked).toEqual([
    ['a', 'b', 'c'],
    ['d', 'a', 'b'],
  ]);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import type { ApiAnswer, ApiRequest, Qingniao } from '../../miniprogram/src/index.ts';
import { exampleOf, inBothLanguages } from '../docs/examples.ts';
import { createQingniao, ownDomain, requireInstalled } from './built.ts';
import { ClickPhone } from './click-phone.ts';
import { rest } from './phone.ts';
import { simulatedWx } from './simulated-wx.ts';

/** Waits for as long as a busy machine may take. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const MODULE_README = 'miniprogram/README.md';
const { templateId, keywords } = SAMPLE_TEMPLATES[1]!;
const data = Object.fromEntries(keywords.map(({ key, example }) => [key, example]));

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    logger: quiet,
    dispatchEverySeconds: 0,
    settings: { USER_SENDABLE_TEMPLATES: '*' },
  });
});
afterAll(() => stack.close());

interface BookingPage {
  data: { guide: string; notice: string };
  setData(changes: object): void;
  remind(): void;
}

/** The code of a page, run as the mini program of a new user. */
function open(readme: string) {
  const openid = stack.wechat!.createUser();
  const { wx, phone } = simulatedWx(stack, openid);
  const code = exampleOf(readme, 'module')
    .replace('https://api.example.com', stack.apiUrl)
    .replaceAll('YOUR_TEMPLATE_ID', templateId)
    .replace(/\{ thing1: '[^']+' \}/, JSON.stringify(data));
  let app: { onShow(): void } | undefined;
  let page: BookingPage | undefined;
  const names = ['require', 'wx', 'App', 'Page', 'getApp'];
  new Function(...names, code)(
    requireInstalled,
    wx,
    (given: typeof app) => {
      app = given;
    },
    (given: BookingPage) => {
      page = { ...given, setData: (changes) => void Object.assign(given.data, changes) };
    },
    () => app,
  );
  app!.onShow();
  return { openid, phone, page: page! };
}

test.each([...inBothLanguages('mini-program'), MODULE_README])(
  '%s: one tap asks and books a reminder',
  async (readme) => {
    const { openid, page } = open(readme);
    page.remind();
    await eventually(() => page.data.notice).toMatch(/提醒您|reminded/);
    expect(stack.wechat!.ledger({ openid, templateId })).toMatchObject([{ granted: 1 }]);
  },
);

test.each([...inBothLanguages('mini-program'), MODULE_README])(
  '%s: with the main switch off the guide is shown',
  async (readme) => {
    const { openid, page } = open(readme);
    stack.wechat!.changeSettings({ openid, mainSwitch: false });
    page.remind();
    await eventually(() => page.data.guide).toBe('main-switch');
  },
);

type Relay = (request: ApiRequest, openid: string) => Promise<ApiAnswer>;

/** The backend's code, with the address and the key of the running service. */
function readRelay(): Relay {
  const env = { QINGNIAO_URL: stack.apiUrl, QINGNIAO_API_KEY: 'dev-key' };
  return new Function('process', `${exampleOf(MODULE_README, 'backend')}\nreturn relay;`)({ env }) as Relay;
}

test('the backend of the module readme speaks for its user and for no other', async () => {
  const openid = stack.wechat!.createUser();
  const { wx } = simulatedWx(stack, openid);
  const relay = readRelay();
  const cloud = {
    callFunction: async ({ data: request }: { data: ApiRequest }) => ({
      result: await relay(JSON.parse(JSON.stringify(request)), openid),
    }),
  };
  const code = `${exampleOf(MODULE_README, 'own-backend')}\nreturn qingniao;`;
  const qingniao = new Function('require', 'wx', code)(requireInstalled, {
    ...wx,
    cloud,
  }) as Qingniao;
  await qingniao.subscribe([templateId]);
  await expect(qingniao.remaining(templateId)).resolves.toMatchObject({ available: 1 });
  const key = { key: 'booking-1' };
  await expect(qingniao.remindMe(templateId, null, data, key)).resolves.toMatchObject({ type: 'booked' });
  await expect(qingniao.remindMe(templateId, null, data, key)).resolves.toMatchObject({ type: 'booked' });

  const other = stack.wechat!.createUser();
  const forged = { method: 'POST', path: '/v1/grants' } as const;
  const body = { requestId: 'forged', results: { [templateId]: 'accept' }, openid: other };
  await expect(relay({ ...forged, body }, openid)).resolves.toMatchObject({ body: { grants: [{ openid }] } });
  const path = `/v1/grants?openid=${other}`;
  await expect(relay({ method: 'GET', path }, openid)).resolves.toMatchObject({
    body: { items: [{ openid }] },
  });
  for (const elsewhere of ['/v1/messages', 'https://evil.example/v1/grants', '//evil.example/v1/grants']) {
    const answer = await relay({ method: 'GET', path: elsewhere }, openid);
    expect(answer, elsewhere).toEqual({ status: 404, body: {} });
  }
});

test(`${MODULE_README}: a tap asks about the device, and its answer is counted`, async () => {
  const wechat = stack.wechat!;
  const openid = wechat.createUser();
  const { wx } = simulatedWx(stack, openid);
  const transport = ownDomain({ wx, baseUrl: stack.apiUrl });
  const qingniao = createQingniao({ wx, transport });
  const { templateId: ofDevices, modelId = '' } = SAMPLE_TEMPLATES.find(({ kind }) => kind === 'device')!;
  const code = exampleOf(MODULE_README, 'subscribe-device').replace('YOUR_DEVICE_TEMPLATE_ID', ofDevices);
  let page: { data: object; setData(changes: object): void; onShow(): void; allow(): void } | undefined;
  const names = ['require', 'wx', 'Page', 'getApp', 'getTicket'];
  new Function(...names, code)(
    requireInstalled,
    wx,
    (given: NonNullable<typeof page>) => {
      page = { ...given, data: {}, setData: (changes) => void Object.assign(page!.data, changes) };
    },
    () => ({ qingniao }),
    async (sn: string) => ({ sn, modelId, snTicket: wechat.deviceTicket({ sn, modelId }) }),
  );
  page!.onShow();
  await eventually(() => page!.data).toHaveProperty('device');
  page!.allow();
  await eventually(() => wechat.ledger({ openid })).toMatchObject([{ device: { sn: 'CAM-0042' } }]);
  await expect(qingniao.remaining(ofDevices)).resolves.toMatchObject({ kind: 'device', subscribed: true });
});

interface ShopPage extends Omit<BookingPage, 'remind'> {
  onLoad(): void;
  explain(): void;
  buy(): void;
}

describe.each(['android', 'ios'])(`${MODULE_README}: on %s`, (platform) => {
  function openShop() {
    const phone = new ClickPhone(platform);
    const { wx, qingniao } = phone.open();
    const code = exampleOf(MODULE_README, 'subscribe-after').replace('YOUR_TEMPLATE_ID', 'a');
    let page: ShopPage | undefined;
    new Function('require', 'wx', 'Page', 'getApp', code)(
      requireInstalled,
      wx,
      (given: ShopPage) => {
        page = { ...given, setData: (changes) => void Object.assign(given.data, changes) };
      },
      () => ({ qingniao }),
    );
    page!.onLoad();
    return { phone, page: page! };
  }

  test('a page explains, and then asks', async () => {
    const { phone, page } = openShop();
    phone.tap(() => page.explain());
    await eventually(() => page.data.notice).toBe('好的，到时提醒您。');
    expect(phone.popups).toEqual([['a']]);
  });

  test('a page orders, has it paid, and asks about the order', async () => {
    const { phone, page } = openShop();
    const data = { payment: { package: 'prepay_id=1' }, templateIds: ['a', 'b'] };
    phone.results['request'] = { answer: { statusCode: 201, data } };
    phone.tap(() => page.buy());
    await eventually(() => page.data.notice).toBe('好的，到时提醒您。');
    expect(phone.popups).toEqual([['a', 'b']]);
    expect(phone.calls.slice(0, 2)).toEqual(['request', 'requestPayment']);
  });
});

test(`${MODULE_README}: a page only says that a tap is a good moment`, async () => {
  const phone = new ClickPhone('ios');
  phone.baseLibrary = '2.8.2'; // one template at a time
  let app: object | undefined;
  let page: { data: { guide: string }; setData(changes: object): void; favourite(): void } | undefined;
  const names = ['require', 'wx', 'App', 'Page', 'getApp'];
  new Function(...names, exampleOf(MODULE_README, 'subscribe-plan'))(
    requireInstalled,
    phone.open().wx,
    (given: { onShow(): void }) => {
      app = given;
      given.onShow();
    },
    (given: NonNullable<typeof page>) => {
      page = { ...given, setData: (changes) => void Object.assign(given.data, changes) };
    },
    () => app,
  );
  const [price, news] = ['YOUR_PRICE_TEMPLATE_ID', 'YOUR_NEWS_TEMPLATE_ID'];
  // What was passed over once is the first of the next popup.
  for (const [taps, templateId = ''] of [price, price, news].entries()) {
    phone.popup = { words: { [templateId]: 'accept' } };
    phone.tap(() => page!.favourite());
    await eventually(() => phone.popups).toHaveLength(taps + 1);
    expect(phone.popups.at(-1)).toEqual([templateId]);
    await new Promise((resolve) => phone.setTimeout(() => phone.setTimeout(() => resolve(undefined))));
    await rest();
  }
});

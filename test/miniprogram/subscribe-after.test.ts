import { describe, expect, test } from 'vitest';
import { createSubscribeDevice } from './built.ts';
import { ClickPhone } from './click-phone.ts';

const ASKED = { type: 'answered', accepted: ['a'] };
const CARRY = ['request', 'downloadFile', 'getSetting'] as const;
const GIVE = ['showModal', 'showActionSheet', 'requestPayment', 'requestOrderPayment'] as const;

describe.each(['android', 'ios'])('on %s', (platform) => {
  const open = () => {
    const phone = new ClickPhone(platform);
    return { phone, ...phone.open() };
  };

  test.each([...CARRY, ...GIVE])('after %s the popup comes', async (name) => {
    const { phone, after } = open();
    await expect(phone.tap(() => after(name, {}, ['a']))).resolves.toMatchObject(ASKED);
    expect(phone.calls.filter((call) => call !== 'login')).toEqual(name === 'getSetting' ? [] : [name]);
  });

  test('the templates come from the answer to the request', async () => {
    const { phone, after } = open();
    phone.results['request'] = { answer: { statusCode: 200, data: { templates: ['a'] } } };
    const outcome = phone.tap(() =>
      after('request', {}, ({ data }) => (data as { templates: string[] }).templates),
    );
    await expect(outcome).resolves.toMatchObject(ASKED);
    expect(phone.popups).toEqual([['a']]);
  });

  test('an order is fetched, paid and then asked about, in one tap', async () => {
    const { phone, after } = open();
    const outcome = phone.tap(() =>
      after('request', {}, () =>
        after('showModal', {}, () => after('requestPayment', {}, () => after('request', {}, ['a']))),
      ),
    );
    await expect(outcome).resolves.toMatchObject(ASKED);
    expect(phone.calls.slice(0, 4)).toEqual(['request', 'showModal', 'requestPayment', 'request']);
  });

  test("a device's ticket is fetched in the tap that asks about it", async () => {
    const { phone, wx, qingniao, after } = open();
    const subscribeDevice = createSubscribeDevice({ wx, qingniao });
    const ticket = { sn: 'SN', modelId: 'm', snTicket: 't' };
    phone.results['request'] = { answer: { statusCode: 200, data: ticket } };
    const outcome = phone.tap(() =>
      after('request', {}, ({ data }) => subscribeDevice(['a'], data as typeof ticket)),
    );
    await expect(outcome).resolves.toMatchObject(ASKED);
    expect(phone.calls.slice(0, 2)).toEqual(['request', 'requestSubscribeDeviceMessage']);
    await expect(subscribeDevice(['a'], ticket)).resolves.toMatchObject({ error: { code: 'not-a-tap' } });
  });

  test('a function that is async loses the tap where promises do, and the error says how to write it', async () => {
    const { phone, after } = open();
    const outcome = await phone.tap(() => after('requestPayment', {}, async () => ['a']));
    if (platform === 'android') return expect(outcome).toMatchObject(ASKED);
    expect(outcome).toMatchObject({
      type: 'failed',
      error: {
        code: 'not-a-tap',
        rule: 'promise',
        how: {
          zh: expect.stringContaining('不能是 async'),
          en: expect.stringContaining('must not be async'),
        },
        tell: { zh: '请再点一次。' },
      },
    });
  });

  test('called after an await it is too late on iOS, and the error says so', async () => {
    const { phone, after } = open();
    const outcome = await phone.tap(async () => {
      await Promise.resolve();
      return after('request', {}, ['a']);
    });
    if (platform === 'android') return expect(outcome).toMatchObject(ASKED);
    expect(outcome).toMatchObject({
      error: {
        code: 'not-a-tap',
        rule: 'lost-before',
        how: { en: expect.stringContaining('before the call') },
      },
    });
  });

  test('a dialog that is shown after an await gives a tap of its own', async () => {
    const { phone, after } = open();
    const outcome = phone.tap(async () => {
      await Promise.resolve();
      return after('showModal', {}, ['a']);
    });
    await expect(outcome).resolves.toMatchObject(ASKED);
  });

  test("the page's own callback that uses the tap up is named", async () => {
    const { phone, wx, after } = open();
    const success = () => wx['openSetting']!({ success: () => undefined });
    await expect(phone.tap(() => after('showModal', { success }, ['a']))).resolves.toMatchObject({
      error: { code: 'not-a-tap', rule: 'used', how: { zh: expect.stringContaining('用掉了') } },
    });
  });
});

const open = () => {
  const phone = new ClickPhone('ios');
  return { phone, ...phone.open() };
};

test.each([
  ['the dialog is declined', 'showModal', { answer: { confirm: false, cancel: true } }],
  ['the payment is canceled', 'requestPayment', { errMsg: 'requestPayment:fail cancel' }],
  ['the sheet is closed', 'showActionSheet', { errMsg: 'showActionSheet:fail cancel' }],
] as const)('%s: nobody is asked', async (_, name, result) => {
  const { phone, after } = open();
  phone.results[name] = result;
  await expect(phone.tap(() => after(name, {}, ['a']))).resolves.toEqual({ type: 'skipped' });
  expect(phone.popups).toEqual([]);
});

test.each([
  ['no network', { errMsg: 'request:fail timeout' }, 'request:fail timeout'],
  ['an order that was refused', { answer: { statusCode: 409, data: {} } }, 'request: 409'],
])('%s: nobody is asked, and the outcome says why', async (_, result, message) => {
  const { phone, after } = open();
  phone.results['request'] = result;
  await expect(phone.tap(() => after('request', {}, ['a']))).resolves.toEqual({
    type: 'failed',
    error: { code: 'call-failed', tell: { zh: '请稍后再试。', en: 'Please try later.' }, message },
    guide: undefined,
  });
  expect(phone.popups).toEqual([]);
});

test.each([
  ['nothing', () => undefined],
  ['no template', () => []],
  ['nothing, later', async () => undefined],
])('a function that gives %s asks nobody', async (_, next) => {
  const { phone, after } = open();
  await expect(phone.tap(() => after('request', {}, next))).resolves.toEqual({ type: 'skipped' });
});

test("the page's own callbacks are called first, and what they throw does not stop the popup", async () => {
  const { phone, wx, after } = open();
  const seen: unknown[] = [];
  const reported: unknown[] = [];
  // WeChat reports what a callback throws.
  const report = (thrown: unknown) => reported.push(thrown);
  process.once('uncaughtException', report);
  const outcome = await phone.tap(() =>
    after(
      'request',
      {
        success: (answer) => {
          seen.push(answer, phone.popups.length);
          throw new Error('of the page');
        },
      },
      ['a'],
    ),
  );
  process.off('uncaughtException', report);
  expect(outcome).toMatchObject(ASKED);
  expect(seen).toEqual([{ errMsg: 'request:ok', statusCode: 200, data: {} }, 0]);
  expect(reported.map(String)).toEqual(['Error: of the page']);
  expect(wx).toBeDefined();
});

test('what the choosing function throws is thrown to the page', async () => {
  const { phone, after } = open();
  const outcome = phone.tap(() =>
    after('request', {}, () => {
      throw new TypeError('data is not what it was');
    }),
  );
  await expect(outcome).rejects.toThrow('data is not what it was');
});

test('a call that passes no tap on, or that the base library lacks, is not made', async () => {
  const { phone, wx, after } = open();
  const message = expect.stringMatching(/^wx\.login passes no tap on.*不延续点击态/);
  const untyped = after as (call: string, options: object, ids: string[]) => Promise<unknown>;
  await expect(phone.tap(() => untyped('login', {}, ['a']))).resolves.toMatchObject({
    error: { code: 'unsupported', message },
  });
  delete wx['requestOrderPayment'];
  await expect(phone.tap(() => after('requestOrderPayment', {}, ['a']))).resolves.toMatchObject({
    error: { code: 'unsupported' },
  });
  expect(phone.calls).toEqual([]);
});

test('a call that throws at once is a call that failed', async () => {
  const { phone, wx, after } = open();
  wx['requestPayment'] = () => {
    throw new Error('parameter.package should be String');
  };
  await expect(phone.tap(() => after('requestPayment', {}, ['a']))).resolves.toMatchObject({
    error: { code: 'call-failed', message: 'Error: parameter.package should be String' },
  });
});

test('base library 2.8.1 needs no tap, and is asked all the same', async () => {
  const { phone, after } = open();
  phone.baseLibrary = '2.8.1';
  await expect(after('request', {}, ['a'])).resolves.toMatchObject(ASKED);
});

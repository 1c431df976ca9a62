import { expect, test } from 'vitest';
import type { Wx, WxSubscribeOptions } from '../../miniprogram/src/index.ts';
import { allOf, Phone, rest } from './phone.ts';

const never = () => undefined;
const LONG_MS = 10 * 60_000;

/** Whether a promise has settled. */
function watch(promise: Promise<unknown>) {
  const seen = { settled: false };
  const settle = () => {
    seen.settled = true;
  };
  promise.then(settle, settle);
  return seen;
}

/** A phone with a report that waits, and some of its calls never answered. */
async function silenced(silent: Partial<Wx>, options: Parameters<Phone['launch']>[0] = {}) {
  const phone = new Phone();
  phone.storage.set('qingniao:reports', [{ requestId: 'r1', results: { a: 'accept' } }]);
  const qingniao = phone.launch({ wx: { ...phone.wx({ alive: true }), ...silent }, ...options });
  return { phone, qingniao };
}

const NOBODY = { sessions: true, send: () => new Promise<never>(never) };

test.each<[string, Partial<Wx>, Parameters<Phone['launch']>[0]]>([
  ['wx.login', { login: never }, {}],
  ['wx.getSetting', { getSetting: never }, {}],
  ['wx.requestSubscribeMessage', { requestSubscribeMessage: never }, {}],
  ['the transport', {}, { transport: NOBODY }],
  ['an own backend', {}, { transport: { ...NOBODY, sessions: false } }],
  ['all of wx', { login: never, getSetting: never, requestSubscribeMessage: never }, { transport: NOBODY }],
])('%s that never calls back leaves no call of the module pending', async (_, silent, options) => {
  const { phone, qingniao } = await silenced(silent, options);
  const calls = {
    start: watch(qingniao.start()),
    subscribe: watch(phone.tap(() => qingniao.subscribe(['a']))),
    remindMe: watch(qingniao.remindMe('a', null, {})),
    settings: watch(qingniao.settings()),
    remaining: watch(qingniao.remaining('a')),
    login: watch(qingniao.login()),
  };
  await phone.pass(LONG_MS);
  expect(Object.entries(calls).filter(([, { settled }]) => !settled)).toEqual([]);
});

test('wx.login that never calls back stops nothing for good: the next start logs in and sends what is kept', async () => {
  const phone = new Phone();
  phone.storage.set('qingniao:reports', [{ requestId: 'r1', results: { a: 'accept' } }]);
  const real = phone.wx({ alive: true });
  let isSilent = true;
  const login: Wx['login'] = (given) => (isSilent ? undefined : real.login(given));
  const qingniao = phone.launch({ wx: { ...real, login } });
  const started = qingniao.start();
  await phone.pass(7_999);
  expect(watch(started).settled).toBe(false);
  await phone.pass(1);
  await expect(started).resolves.toBe(1);
  isSilent = false;
  await expect(qingniao.start()).resolves.toBe(0);
  expect(phone.counted.size).toBe(1);
});

test('a transport that never answers is given up after twelve seconds, and its report is sent again', async () => {
  const phone = new Phone();
  let isSilent = true;
  const transport = {
    sessions: false,
    send: (request: Parameters<Phone['serve']>[0]) =>
      isSilent ? new Promise<never>(never) : phone.serve({ ...request, token: 'of the backend' }),
  };
  const qingniao = phone.launch({ transport });
  phone.popup = allOf(['a']);
  await phone.tap(() => qingniao.subscribe(['a']));
  const started = qingniao.start();
  await phone.pass(12_000);
  await expect(started).resolves.toBe(1);
  isSilent = false;
  await expect(qingniao.start()).resolves.toBe(0);
  expect(phone.counted.size).toBe(1);
});

test('settings that never come hold up no report for longer than three seconds', async () => {
  const phone = new Phone();
  phone.settingGate = new Promise(never);
  phone.popup = allOf(['a']);
  const asking = phone.tap(() => phone.launch().subscribe(['a']));
  await phone.pass(2_999);
  expect(phone.counted.size).toBe(0);
  await phone.pass(1);
  await expect(asking).resolves.toMatchObject({ accepted: ['a'], answers: { a: { silent: undefined } } });
  expect(phone.counted.size).toBe(1);
});

test('a popup that is answered after it was given up still counts, once', async () => {
  const phone = new Phone();
  let answer: WxSubscribeOptions['success'] = never;
  const requestSubscribeMessage = ({ success }: WxSubscribeOptions) => {
    answer = success;
  };
  const qingniao = phone.launch({ wx: { ...phone.wx({ alive: true }), requestSubscribeMessage } });
  const asking = qingniao.subscribe(['a']);
  await phone.pass(119_999);
  expect(watch(asking).settled).toBe(false);
  await phone.pass(1);
  await expect(asking).resolves.toMatchObject({
    type: 'failed',
    error: { code: 'no-answer', tell: { zh: '请再点一次。', en: 'Please tap again.' } },
  });
  answer({ a: 'accept' });
  answer({ a: 'accept' });
  await rest();
  expect(phone.counted.size).toBe(1);
});

test('a stand-in that never answers, throws or gives nothing is a failure', async () => {
  for (const standIn of [
    () => new Promise<never>(never),
    () => {
      throw new Error('no dialog');
    },
    () => undefined as never,
  ]) {
    const phone = new Phone();
    phone.platform = 'devtools';
    const asking = phone.launch({ standIn }).subscribe(['a']);
    await phone.pass(120_000);
    await expect(asking).resolves.toMatchObject({ type: 'failed' });
  }
});

test('the owner says how long each answer is waited for', async () => {
  const timeouts = { loginMs: 100, requestMs: 200, settingsMs: 300, popupMs: 400 };
  const pending = async (
    silent: Partial<Wx>,
    options: object,
    call: (of: Awaited<ReturnType<typeof silenced>>) => Promise<unknown>,
    ms: number,
  ) => {
    const of = await silenced(silent, { timeouts, ...options });
    const seen = watch(call(of));
    await of.phone.pass(ms - 1);
    const before = seen.settled;
    await of.phone.pass(1);
    return [before, seen.settled];
  };
  const transport = { ...NOBODY, sessions: false };
  await expect(pending({ login: never }, {}, ({ qingniao }) => qingniao.login(), 100)).resolves.toEqual([
    false,
    true,
  ]);
  await expect(
    pending({ getSetting: never }, {}, ({ qingniao }) => qingniao.settings(), 300),
  ).resolves.toEqual([false, true]);
  await expect(
    pending({ requestSubscribeMessage: never }, {}, ({ qingniao }) => qingniao.subscribe(['a']), 400),
  ).resolves.toEqual([false, true]);
  await expect(pending({}, { transport }, ({ qingniao }) => qingniao.start(), 200)).resolves.toEqual([
    false,
    true,
  ]);
});

test('what calls back twice is heard once', async () => {
  const phone = new Phone();
  const real = phone.wx({ alive: true });
  const twice: Partial<Wx> = {
    login: ({ success, fail }) => {
      success({ code: 'first' });
      success({ code: 'second' });
      fail({ errMsg: 'login:fail' });
    },
    getSetting: ({ success, fail }) => {
      success({ subscriptionsSetting: { mainSwitch: true } });
      fail({ errMsg: 'getSetting:fail' });
    },
  };
  const qingniao = phone.launch({ wx: { ...real, ...twice } });
  phone.popup = allOf(['a']);
  await phone.tap(() => qingniao.subscribe(['a']));
  await expect(qingniao.start()).resolves.toBe(0);
  expect(phone.counted.size).toBe(1);
  expect(phone.requests[0]?.body).toEqual({ code: 'first' });
});

test('notes that the owner fails to take stop nothing', async () => {
  const phone = new Phone();
  phone.platform = 'devtools';
  const note = () => {
    throw new Error('no console');
  };
  const qingniao = phone.launch({ note });
  await qingniao.login();
  phone.popup = allOf(['a']);
  phone.refusals.push({ status: 422, body: { code: 'invalid-body', detail: 'bad' } });
  await expect(phone.tap(() => qingniao.subscribe(['a']))).resolves.toMatchObject({ accepted: ['a'] });
  await expect(qingniao.start()).resolves.toBe(0);
});

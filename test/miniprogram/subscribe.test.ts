import { expect, onTestFinished, test, vi } from 'vitest';
import { modalStandIn } from '../../miniprogram/src/stand-in.ts';
import { allOf, Phone, rest } from './phone.ts';

const FAILURES = [
  [10001, "TmplIds can't be empty"],
  [10002, 'Request list fail'],
  [10003, 'Request subscribe fail'],
  [10004, 'Invalid template id'],
  [10005, 'Cannot show subscribe message UI'],
  [20001, 'No template data return, verify the template id exist'],
  [20002, 'Templates type must be same'],
  [20003, 'Templates count out of max bounds'],
  [20004, 'The main switch is switched off'],
  [20005, 'This mini program was banned from subscribing messages'],
  [20013, 'Reject DeviceMsg Template'],
] as const;

test.each(FAILURES)(
  'errCode %i (%s) is a typed error with words for the user in both languages',
  async (errCode, text) => {
    const phone = new Phone();
    const errMsg = `requestSubscribeMessage:fail ${text}`;
    phone.popup = { errCode, errMsg };
    const outcome = await phone.tap(() => phone.launch().subscribe(['a']));
    expect(outcome).toEqual({
      type: 'failed',
      error: {
        code: errCode,
        message: errMsg,
        tell: { zh: expect.stringMatching(/\p{sc=Han}.*。$/u), en: expect.stringMatching(/^[A-Z].*\.$/) },
      },
      guide: errCode === 20004 ? 'main-switch' : undefined,
    });
    await rest();
    expect(phone.requests).toEqual([]);
  },
);

test.each([
  ['requestSubscribeMessage:fail last call has not ended', undefined, 'in-flight'],
  ['requestSubscribeMessage:fail can only be invoked by user TAP gesture.', undefined, 'not-a-tap'],
  ['requestSubscribeMessage:fail cancel', undefined, 'unknown'],
  ['requestSubscribeMessage:fail something new', 20099, 'unknown'],
])('%s is %3$s', async (errMsg, errCode, code) => {
  const phone = new Phone();
  phone.popup = errCode === undefined ? { errMsg } : { errMsg, errCode };
  await expect(phone.tap(() => phone.launch().subscribe(['a']))).resolves.toMatchObject({
    type: 'failed',
    error: { code, message: errMsg },
  });
});

test('a call that throws is a failure, and the button works again', async () => {
  const phone = new Phone();
  const wx = phone.wx({ alive: true });
  let times = 0;
  const qingniao = phone.launch({
    wx: {
      ...wx,
      requestSubscribeMessage: (options) => {
        times += 1;
        if (times === 1) throw new Error('requestSubscribeMessage:fail parameter error');
        options.success({ a: 'accept' });
      },
    },
  });
  await expect(qingniao.subscribe(['a'])).resolves.toMatchObject({
    type: 'failed',
    error: { code: 'unknown', message: expect.stringContaining('parameter error') },
  });
  await expect(qingniao.subscribe(['a'])).resolves.toMatchObject({ accepted: ['a'] });
});

test('no template at all is 10001 without asking WeChat', async () => {
  const phone = new Phone();
  await expect(phone.tap(() => phone.launch().subscribe([]))).resolves.toMatchObject({
    error: { code: 10001 },
  });
  expect(phone.popups).toEqual([]);
});

test('a template named twice is asked for once', async () => {
  const phone = new Phone();
  await phone.tap(() => phone.launch().subscribe(['a', 'b', 'a']));
  expect(phone.popups).toEqual([['a', 'b']]);
});

test.each([
  ['', 3],
  ['2.4.3', 0],
  ['2.4.4', 1],
  ['2.8.3', 1],
  ['2.8.4', 3],
  ['2.33.0', 3],
  ['3.9.12', 3],
  ['3.12.0', 3],
  ['3.12.1', 5],
  ['3.13.0', 5],
  ['4.0.0', 5],
])('base library "%s" shows %i templates at once', async (version, count) => {
  const phone = new Phone();
  const wx = phone.wx({ alive: true });
  const qingniao = phone.launch({ wx: { ...wx, getAppBaseInfo: () => ({ SDKVersion: version }) } });
  await phone.tap(() => qingniao.subscribe(['a', 'b', 'c', 'd', 'e', 'f', 'g']));
  expect(phone.popups[0]?.length ?? 0).toBe(count);
});

test('what does not fit is asked for first at the next tap with the same list', async () => {
  const phone = new Phone();
  phone.baseLibrary = '3.0.0';
  const qingniao = phone.launch();
  const list = ['a', 'b', 'c', 'd', 'e'];
  for (let tap = 0; tap < 3; tap += 1) await phone.tap(() => qingniao.subscribe(list));
  expect(phone.popups).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e', 'a'],
    ['b', 'c', 'a'],
  ]);
});

test('after a failed popup the same templates are asked for again', async () => {
  const phone = new Phone();
  phone.baseLibrary = '3.0.0';
  const qingniao = phone.launch();
  phone.popup = { errCode: 10002, errMsg: 'requestSubscribeMessage:fail Request list fail' };
  await phone.tap(() => qingniao.subscribe(['a', 'b', 'c', 'd']));
  await phone.tap(() => qingniao.subscribe(['a', 'b', 'c', 'd']));
  expect(phone.popups).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
});

test('a popup that never answers does not make the button dead', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  phone.popup = 'stays open';
  void phone.tap(() => qingniao.subscribe(['a']));
  phone.nowMs += 4999;
  await expect(phone.tap(() => qingniao.subscribe(['a']))).resolves.toMatchObject({
    error: { code: 'in-flight' },
  });
  phone.nowMs += 1;
  phone.popup = allOf(['a']);
  await expect(phone.tap(() => qingniao.subscribe(['a']))).resolves.toMatchObject({ accepted: ['a'] });
});

test.each(['accept', 'acceptWithAlert', 'acceptWithAudio', 'acceptWithForcePush'])(
  '%s counts',
  async (word) => {
    const phone = new Phone();
    phone.popup = allOf(['a'], word);
    await expect(phone.tap(() => phone.launch().subscribe(['a']))).resolves.toMatchObject({
      accepted: ['a'],
      answers: { a: { status: 'accepted', word } },
    });
    await rest();
    expect([...phone.counted.values()]).toMatchObject([{ results: { a: word } }]);
  },
);

test('words that nobody knows are told to the caller and not to the service', async () => {
  const phone = new Phone();
  phone.popup = { words: { a: 'perhaps', b: 'accept' } };
  await expect(phone.tap(() => phone.launch().subscribe(['a', 'b', 'c']))).resolves.toMatchObject({
    answers: {
      a: { status: 'unknown', word: 'perhaps' },
      b: { status: 'accepted' },
      c: { status: 'unknown', word: '' },
    },
  });
  await rest();
  expect([...phone.counted.values()]).toMatchObject([{ results: { b: 'accept' } }]);
});

test('an answer without one word that is known is no report', async () => {
  const phone = new Phone();
  phone.popup = { words: { a: 'perhaps' } };
  await phone.tap(() => phone.launch().subscribe(['a']));
  await rest();
  expect(phone.requests).toEqual([]);
});

test('a kept refusal answers silently: the user is led to the settings, and the service is told', async () => {
  const phone = new Phone();
  phone.setting = { mainSwitch: true, itemSettings: { a: 'reject', b: 'accept' } };
  phone.popup = { words: { a: 'reject', b: 'accept', c: 'reject' } };
  await expect(phone.tap(() => phone.launch().subscribe(['a', 'b', 'c']))).resolves.toMatchObject({
    answers: { a: { silent: true }, b: { silent: true }, c: { silent: false } },
    silent: ['a', 'b'],
    guide: 'kept-reject',
  });
  await rest();
  expect([...phone.counted.values()]).toMatchObject([{ silent: ['a', 'b'] }]);
});

test('a user who ticks "always keep" and refuses this very moment has seen the popup: no guide', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  await qingniao.start();
  phone.setting = { mainSwitch: true, itemSettings: { a: 'reject' } };
  phone.popup = allOf(['a'], 'reject');
  await expect(phone.tap(() => qingniao.subscribe(['a']))).resolves.toMatchObject({
    silent: [],
    guide: undefined,
  });
  await expect(phone.tap(() => qingniao.subscribe(['a']))).resolves.toMatchObject({
    silent: ['a'],
    guide: 'kept-reject',
  });
});

test('kept choices beside mainSwitch, as some clients give them, are read too', async () => {
  const phone = new Phone();
  phone.setting = { mainSwitch: true, ...{ a: 'reject' } };
  phone.popup = allOf(['a'], 'reject');
  await expect(phone.tap(() => phone.launch().subscribe(['a']))).resolves.toMatchObject({ silent: ['a'] });
  await expect(phone.launch().settings()).resolves.toMatchObject({ mainSwitch: true, kept: { a: 'reject' } });
});

test('refusals with the main switch off lead to the main switch', async () => {
  const phone = new Phone();
  phone.setting = { mainSwitch: false };
  phone.popup = allOf(['a'], 'reject');
  await expect(phone.tap(() => phone.launch().subscribe(['a']))).resolves.toMatchObject({
    guide: 'main-switch',
  });
});

test('settings that cannot be read leave the silence open and hold up no report', async () => {
  const phone = new Phone();
  const wx = phone.wx({ alive: true });
  phone.popup = allOf(['a'], 'reject');
  const qingniao = phone.launch({
    wx: { ...wx, getSetting: ({ fail }) => fail({ errMsg: 'getSetting:fail' }) },
  });
  await expect(phone.tap(() => qingniao.subscribe(['a']))).resolves.toMatchObject({
    answers: { a: { silent: undefined } },
    guide: undefined,
  });
  await rest();
  expect(phone.counted.size).toBe(1);
});

test('settings that never come hold up no report for longer than three seconds', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const phone = new Phone();
  phone.settingGate = new Promise(() => undefined);
  phone.popup = allOf(['a']);
  const asking = phone.tap(() => phone.launch().subscribe(['a']));
  await vi.advanceTimersByTimeAsync(2999);
  expect(phone.counted.size).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  await expect(asking).resolves.toMatchObject({ accepted: ['a'], answers: { a: { silent: undefined } } });
  await rest();
  expect(phone.counted.size).toBe(1);
});

test('in the developer tool every call says what to expect, and the popup is tried', async () => {
  const phone = new Phone();
  phone.platform = 'devtools';
  phone.popup = allOf(['a']);
  await expect(phone.tap(() => phone.launch().subscribe(['a']))).resolves.toMatchObject({ accepted: ['a'] });
  expect(phone.notes).toEqual([expect.stringMatching(/开发者工具.*developer tool/)]);
});

test.each([
  [true, 'accepted'],
  [false, 'rejected'],
])(
  'the stand-in of the developer tool answers %s for the popup and is never reported',
  async (confirm, status) => {
    const phone = new Phone();
    phone.platform = 'devtools';
    const standIn = modalStandIn({ showModal: ({ success }) => success({ confirm }) });
    await expect(phone.tap(() => phone.launch({ standIn }).subscribe(['a', 'b']))).resolves.toMatchObject({
      answers: { a: { status }, b: { status } },
    });
    await rest();
    expect(phone.popups).toEqual([]);
    expect(phone.requests).toEqual([]);
    expect(phone.notes).toHaveLength(1);
  },
);

test('a dialog that fails is a failure', async () => {
  const phone = new Phone();
  phone.platform = 'devtools';
  const standIn = modalStandIn({ showModal: ({ fail }) => fail({ errMsg: 'showModal:fail' }) });
  await expect(phone.tap(() => phone.launch({ standIn }).subscribe(['a']))).resolves.toMatchObject({
    error: { code: 'unknown', message: 'showModal:fail' },
  });
});

test('on a phone the stand-in is not used', async () => {
  const phone = new Phone();
  phone.popup = allOf(['a']);
  const standIn = () => Promise.reject(new Error('must not be called'));
  await expect(phone.tap(() => phone.launch({ standIn }).subscribe(['a']))).resolves.toMatchObject({
    accepted: ['a'],
  });
  expect(phone.notes).toEqual([]);
});

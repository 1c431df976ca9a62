import { expect, test } from 'vitest';
import type { Wx, WxFailure, WxSubscribeOptions } from '../../miniprogram/src/index.ts';
import { modalStandIn } from './built.ts';
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
  ['requestSubscribeMessage:fail cancel', undefined, 'canceled'],
  ['requestSubscribeMessage:fail something new', 20099, 'unknown'],
])('%s is %3$s', async (errMsg, errCode, code) => {
  const phone = new Phone();
  phone.popup = errCode === undefined ? { errMsg } : { errMsg, errCode };
  await expect(phone.tap(() => phone.launch().subscribe(['a']))).resolves.toMatchObject({
    type: 'failed',
    error: { code, message: errMsg },
  });
});

test.each(FAILURES)(
  '%i is known by its number, as a text, under errno, in the words, and by %s alone',
  async (code, text) => {
    const errMsg = `requestSubscribeMessage:fail ${text}`;
    const other = 'requestSubscribeMessage:fail';
    for (const failure of [
      { errCode: code, errMsg: other },
      { errCode: `${code}`, errMsg: other },
      { errno: code, errMsg: other },
      { errno: `${code}`, errMsg: other },
      { errCode: '', errno: code, errMsg },
      { errMsg: `${other}:${code}` },
      { errMsg },
      { errMsg: errMsg.toUpperCase() },
    ]) {
      const phone = new Phone();
      phone.popup = failure;
      await expect(phone.tap(() => phone.launch().subscribe(['a']))).resolves.toMatchObject({
        type: 'failed',
        error: { code },
        guide: code === 20004 ? 'main-switch' : undefined,
      });
    }
  },
);

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'requestSubscribeMessage:fail'],
  ['an empty object', {}],
  ['a code beyond the documented ones', { errCode: 120004, errMsg: 'requestSubscribeMessage:fail' }],
])('a failure that says %s is unknown and has words for the user', async (_, failure) => {
  const phone = new Phone();
  const wx = {
    ...phone.wx({ alive: true }),
    requestSubscribeMessage: (options: WxSubscribeOptions) => options.fail(failure as WxFailure),
  };
  await expect(phone.launch({ wx }).subscribe(['a'])).resolves.toMatchObject({
    type: 'failed',
    error: { code: 'unknown', message: expect.any(String), tell: { zh: '请稍后再试。' } },
  });
});

test.each([
  ['null', null],
  ['a text', 'accept'],
  ['its errMsg alone', { errMsg: 'requestSubscribeMessage:ok' }],
  ['words that are no texts', { a: 1, b: null }],
])('an answer of the popup that is %s is no report and no failure', async (_, words) => {
  const phone = new Phone();
  const wx = {
    ...phone.wx({ alive: true }),
    requestSubscribeMessage: (options: WxSubscribeOptions) => options.success(words as never),
  };
  await expect(phone.launch({ wx }).subscribe(['a'])).resolves.toMatchObject({
    type: 'answered',
    accepted: [],
    answers: { a: { status: 'unknown', silent: false } },
  });
  await rest();
  expect(phone.requests).toEqual([]);
});

test('a popup that answers twice, or fails and then answers, counts once', async () => {
  const phone = new Phone();
  const twice = (options: WxSubscribeOptions) => {
    options.fail({ errMsg: 'requestSubscribeMessage:fail' });
    options.success({ a: 'accept' });
    queueMicrotask(() => options.success({ a: 'accept' }));
  };
  const qingniao = phone.launch({ wx: { ...phone.wx({ alive: true }), requestSubscribeMessage: twice } });
  await expect(qingniao.subscribe(['a'])).resolves.toMatchObject({ type: 'failed' });
  await rest();
  expect([...phone.counted.values()]).toEqual([{ results: { a: 'accept' }, silent: [] }]);
  expect(phone.kept).toEqual([]);
});

test.each([undefined, null, 'a', 7])('templates given as %s are no template', async (templateIds) => {
  const phone = new Phone();
  await expect(phone.launch().subscribe(templateIds as never)).resolves.toMatchObject({
    error: { code: 10001 },
  });
});

test('a client that says nothing of itself, or throws, has the popup of most clients', async () => {
  for (const odd of [
    () => undefined,
    () => ({ SDKVersion: 3 }),
    () => {
      throw new Error('getAppBaseInfo:fail');
    },
  ]) {
    const phone = new Phone();
    const wx = {
      ...phone.wx({ alive: true }),
      getAppBaseInfo: odd,
      getDeviceInfo: odd,
      onNetworkStatusChange: odd,
      getAccountInfoSync: odd,
    };
    const qingniao = phone.launch({ wx: wx as never });
    await phone.tap(() => qingniao.subscribe(['a', 'b', 'c', 'd']));
    expect(phone.popups).toEqual([['a', 'b', 'c']]);
    await expect(qingniao.remindMe('a', null, {})).resolves.toMatchObject({ type: 'failed' });
  }
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
  const qingniao = phone.launch();
  await qingniao.start();
  await expect(phone.tap(() => qingniao.subscribe(['a', 'b', 'c']))).resolves.toMatchObject({
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
  const qingniao = phone.launch();
  await expect(qingniao.settings()).resolves.toMatchObject({ mainSwitch: true, kept: { a: 'reject' } });
  await expect(phone.tap(() => qingniao.subscribe(['a']))).resolves.toMatchObject({ silent: ['a'] });
});

test('"always keep" ticked at the very first tap, before any settings are known, is no silent answer', async () => {
  const phone = new Phone();
  phone.setting = { mainSwitch: true, itemSettings: { a: 'accept', b: 'reject' } };
  phone.popup = { words: { a: 'accept', b: 'reject' } };
  const qingniao = phone.launch();
  await expect(phone.tap(() => qingniao.subscribe(['a', 'b']))).resolves.toMatchObject({
    answers: { a: { silent: false }, b: { silent: false } },
    silent: [],
    guide: undefined,
  });
  await expect(phone.tap(() => qingniao.subscribe(['a', 'b']))).resolves.toMatchObject({
    silent: ['a', 'b'],
    guide: 'kept-reject',
  });
  await rest();
  expect([...phone.counted.values()]).toMatchObject([{ silent: [] }, { silent: ['a', 'b'] }]);
});

/** A phone whose `getSetting` answers what is in the list, one call each: settings, or a failure of some kind. */
function settingsInTurn(phone: Phone, ...answers: readonly unknown[]) {
  const left = [...answers];
  const getSetting: Wx['getSetting'] = ({ success, fail }) => {
    const answer = left.shift();
    if (answer === 'fails') fail({ errMsg: 'getSetting:fail' });
    else if (answer === 'throws') throw new Error('getSetting:fail');
    else success(answer as never);
  };
  return phone.launch({ wx: { ...phone.wx({ alive: true }), getSetting } });
}

const KEPT = { subscriptionsSetting: { mainSwitch: true, itemSettings: { a: 'reject' } } };

test.each(['fails', 'throws', undefined, null, 'text', {}, { subscriptionsSetting: null }])(
  'settings that could not be read before the popup (%j) make no answer silent',
  async (answer) => {
    const phone = new Phone();
    phone.popup = allOf(['a'], 'reject');
    const qingniao = settingsInTurn(phone, answer, KEPT);
    await expect(qingniao.start()).resolves.toBe(0);
    await expect(phone.tap(() => qingniao.subscribe(['a']))).resolves.toMatchObject({ silent: [] });
  },
);

test.each(['fails', 'throws', undefined, null, {}])(
  'settings that cannot be read any more (%j) are those that were read last',
  async (answer) => {
    const phone = new Phone();
    phone.popup = allOf(['a'], 'reject');
    const qingniao = settingsInTurn(phone, KEPT, answer, answer, KEPT);
    await qingniao.start();
    await expect(phone.tap(() => qingniao.subscribe(['a']))).resolves.toMatchObject({ silent: ['a'] });
    await expect(qingniao.settings()).resolves.toEqual({ mainSwitch: true, kept: { a: 'reject' } });
    await expect(phone.tap(() => qingniao.subscribe(['a']))).resolves.toMatchObject({ silent: ['a'] });
  },
);

test('the settings that count are those from before the popup, not those that came while it was open', async () => {
  const phone = new Phone();
  let answer: WxSubscribeOptions['success'] = () => undefined;
  const requestSubscribeMessage = ({ success }: WxSubscribeOptions) => {
    answer = success;
  };
  const qingniao = phone.launch({ wx: { ...phone.wx({ alive: true }), requestSubscribeMessage } });
  const asking = qingniao.subscribe(['a']);
  phone.setting = { mainSwitch: true, itemSettings: { a: 'accept' } }; // ticked; iOS shows the app before it answers
  await qingniao.start();
  answer({ a: 'accept' });
  await expect(asking).resolves.toMatchObject({ silent: [] });
});

test("a kept choice that is no word of WeChat's is no silent answer, and not told to the service", async () => {
  const phone = new Phone();
  phone.setting = { mainSwitch: true, itemSettings: { a: 'perhaps', b: null as never } };
  phone.popup = { words: { a: 'perhaps', c: 'accept' } };
  const qingniao = phone.launch();
  await qingniao.start();
  await expect(phone.tap(() => qingniao.subscribe(['a', 'b', 'c']))).resolves.toMatchObject({ silent: [] });
  await rest();
  expect([...phone.counted.values()]).toEqual([{ results: { c: 'accept' }, silent: [] }]);
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

test('in the developer tool every call says what to expect, and the popup is tried', async () => {
  const phone = new Phone();
  phone.platform = 'devtools';
  phone.popup = allOf(['a']);
  await expect(phone.tap(() => phone.launch().subscribe(['a']))).resolves.toMatchObject({ accepted: ['a'] });
  expect(phone.notes).toEqual([expect.stringMatching(/开发者工具.*Use a phone/)]);
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

test.each([undefined, null, {}, 'ok'])('a dialog that answers %j is declined', async (answer) => {
  const phone = new Phone();
  phone.platform = 'devtools';
  const standIn = modalStandIn({ showModal: ({ success }) => success(answer as never) });
  await expect(phone.launch({ standIn }).subscribe(['a'])).resolves.toMatchObject({
    answers: { a: { status: 'rejected' } },
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

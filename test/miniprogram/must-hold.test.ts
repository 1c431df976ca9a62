import { expect, test } from 'vitest';
import { allOf, Phone, rest } from './phone.ts';

test('the first tap after a start without a session opens the popup at once and is counted after the login', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  phone.popup = allOf(['a']);
  const outcome = phone.tap(() => {
    const asking = qingniao.subscribe(['a']);
    expect(phone.popups).toEqual([['a']]); // before the tap handler has returned
    expect(phone.logins).toBe(0);
    return asking;
  });
  await expect(outcome).resolves.toMatchObject({ type: 'answered', accepted: ['a'] });
  await rest();
  expect(phone.paths()).toEqual(['POST /v1/sessions', 'POST /v1/grants']);
  expect([...phone.counted.values()]).toEqual([{ results: { a: 'accept' }, silent: [] }]);
});

test('two quick taps open one popup, count once and tell the second tap so', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  phone.popup = allOf(['a']);
  const first = phone.tap(() => qingniao.subscribe(['a']));
  const second = phone.tap(() => qingniao.subscribe(['a']));
  await expect(second).resolves.toMatchObject({ type: 'failed', error: { code: 'in-flight' } });
  await expect(first).resolves.toMatchObject({ type: 'answered' });
  await rest();
  expect(phone.popups).toHaveLength(1);
  expect(phone.counted.size).toBe(1);
});

test('the app killed between accept and report: the next start counts it, once', async () => {
  const phone = new Phone();
  phone.popup = allOf(['a']);
  phone.settingGate = new Promise(() => undefined); // killed while it looks for silent answers
  const first = phone.launch();
  void phone.tap(() => first.subscribe(['a']));
  await rest();
  phone.kill();
  expect(phone.kept).toHaveLength(1);
  expect(phone.counted.size).toBe(0);

  phone.settingGate = Promise.resolve();
  await expect(phone.launch().start()).resolves.toBe(0);
  expect(phone.counted.size).toBe(1);
  await expect(phone.launch().start()).resolves.toBe(0);
  expect(phone.counted.size).toBe(1);
  expect(phone.kept).toEqual([]);
});

test('the app killed after the report left and before its answer: it is sent again under the same id', async () => {
  const phone = new Phone();
  phone.popup = allOf(['a']);
  const first = phone.launch();
  await first.login();
  phone.losesAnswers = true;
  await phone.tap(() => first.subscribe(['a']));
  await rest();
  phone.kill();
  phone.losesAnswers = false;
  await phone.launch().start();
  await rest();
  const reports = phone.requests.filter(({ path }) => path === '/v1/grants').map(({ body }) => body);
  expect(reports).toHaveLength(2);
  expect(reports[1]).toEqual(reports[0]);
  expect(phone.counted.size).toBe(1);
  expect(phone.kept).toEqual([]);
});

test('base library 2.4.3 has no popup: the user is told to update WeChat', async () => {
  const phone = new Phone();
  phone.baseLibrary = '2.4.3';
  const outcome = await phone.tap(() => phone.launch().subscribe(['a']));
  expect(outcome).toMatchObject({ type: 'failed', error: { code: 'unsupported' } });
  expect(outcome.type === 'failed' && outcome.error.tell).toEqual({
    zh: '请升级微信后再订阅。',
    en: 'Please update WeChat first.',
  });
});

test('base library 2.8.1 takes one template a popup, and needs no tap', async () => {
  const phone = new Phone();
  phone.baseLibrary = '2.8.1';
  const qingniao = phone.launch();
  phone.popup = allOf(['a', 'b']);
  await expect(qingniao.subscribe(['a', 'b'])).resolves.toMatchObject({ accepted: ['a'], left: ['b'] });
  await expect(qingniao.subscribe(['a', 'b'])).resolves.toMatchObject({ accepted: ['b'], left: ['a'] });
  expect(phone.popups).toEqual([['a'], ['b']]);
});

test('base library 2.10.0 tells no kept choices: a refusal is counted and nothing is said about its silence', async () => {
  const phone = new Phone();
  phone.baseLibrary = '2.10.0';
  phone.popup = allOf(['a', 'b', 'c', 'd'], 'reject');
  const outcome = await phone.tap(() => phone.launch().subscribe(['a', 'b', 'c', 'd']));
  expect(outcome).toEqual({
    type: 'answered',
    answers: Object.fromEntries(
      ['a', 'b', 'c'].map((id) => [id, { status: 'rejected', silent: undefined, word: 'reject' }]),
    ),
    accepted: [],
    silent: [],
    left: ['d'],
    guide: undefined,
  });
  await rest();
  expect([...phone.counted.values()]).toMatchObject([{ silent: [] }]);
});

test('base library 3.12.1 takes five templates a popup', async () => {
  const phone = new Phone();
  phone.baseLibrary = '3.12.1';
  await phone.tap(() => phone.launch().subscribe(['a', 'b', 'c', 'd', 'e', 'f']));
  expect(phone.popups).toEqual([['a', 'b', 'c', 'd', 'e']]);
});

test('iOS shows the app again before it hands over the answer: the answer still leaves with what is silent', async () => {
  const phone = new Phone();
  phone.popup = allOf(['a'], 'reject');
  phone.setting = { mainSwitch: true, itemSettings: { a: 'reject' } };
  const qingniao = phone.launch();
  await qingniao.start();
  let open: () => void = () => undefined;
  phone.settingGate = new Promise((resolve) => {
    open = resolve;
  });
  const asking = phone.tap(() => qingniao.subscribe(['a']));
  const shown = qingniao.start(); // App.onShow, before `success`
  await rest();
  void qingniao.start(); // and once more, after `success` and before `getSetting`
  await rest();
  expect(phone.kept).toHaveLength(1);
  open();
  await shown;
  await expect(asking).resolves.toMatchObject({ type: 'answered', silent: ['a'], guide: 'kept-reject' });
  await rest();
  expect([...phone.counted.values()]).toEqual([{ results: { a: 'reject' }, silent: ['a'] }]);
});

test('iOS takes no call after an await for a tap: it fails as not-a-tap', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  phone.popup = allOf(['a']);
  const late = phone.tap(async () => {
    await qingniao.login();
    return qingniao.subscribe(['a']);
  });
  await expect(late).resolves.toMatchObject({
    type: 'failed',
    error: { code: 'not-a-tap', tell: { zh: '请再点一次。', en: 'Please tap again.' } },
  });
});

test('five templates with one banned and one filtered are told apart', async () => {
  const phone = new Phone();
  phone.popup = { words: { a: 'accept', b: 'ban', c: 'filter', d: 'reject', e: 'acceptWithAudio' } };
  const outcome = await phone.tap(() => phone.launch().subscribe(['a', 'b', 'c', 'd', 'e']));
  expect(outcome).toMatchObject({
    answers: {
      a: { status: 'accepted', word: 'accept' },
      b: { status: 'banned' },
      c: { status: 'filtered' },
      d: { status: 'rejected', silent: false },
      e: { status: 'accepted', word: 'acceptWithAudio' },
    },
    accepted: ['a', 'e'],
    left: [],
    guide: undefined,
  });
  await rest();
  expect([...phone.counted.values()]).toMatchObject([
    { results: { a: 'accept', b: 'ban', c: 'filter', d: 'reject', e: 'acceptWithAudio' } },
  ]);
});

test('20002 by mixing kinds is a typed error, and cannot come when the long-term ones are named', async () => {
  const phone = new Phone();
  phone.popup = { errCode: 20002, errMsg: 'requestSubscribeMessage:fail Templates type must be same' };
  const mixing = phone.launch();
  await expect(phone.tap(() => mixing.subscribe(['once', 'long']))).resolves.toMatchObject({
    type: 'failed',
    error: { code: 20002, message: 'requestSubscribeMessage:fail Templates type must be same' },
  });
  expect(phone.counted.size).toBe(0);

  phone.popup = allOf(['once', 'long']);
  const apart = phone.launch({ longTerm: ['long'] });
  await phone.tap(() => apart.subscribe(['once', 'long', 'other']));
  await phone.tap(() => apart.subscribe(['once', 'long', 'other']));
  expect(phone.popups.slice(1)).toEqual([['once', 'other'], ['long']]);
});

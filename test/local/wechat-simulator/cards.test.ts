import { describe, expect, test } from 'vitest';
import { NOON, OTHER, start, USER } from './support.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const QUEUE = {
  cur_status: 1,
  queue_number: 'A121',
  current_number: 'A101',
  min_wait_time: 600,
  max_wait_time: 900,
  wxa_path_query: '',
};

async function started() {
  const base = await start();
  const { wechat, post } = base;
  /** Fresh each time: a token lives for two hours. */
  const calling = async (path: string, body: object) =>
    post(`/wxa/${path}`, body, { access_token: await base.token() });
  const named = (code: string, notify_type = 1005, openid = USER) => ({
    openid,
    notify_type,
    notify_code: code,
  });
  return {
    ...base,
    tap: (openid = USER, notifyType = 1005) => wechat.cardCode({ openid, notifyType }),
    set: (code: string, content: object, more: object = {}) =>
      calling('set_user_notify', { ...named(code), content_json: JSON.stringify(content), ...more }),
    ext: (code: string, ext: string) => calling('set_user_notifyext', { ...named(code), ext_json: ext }),
    read: (code: string, more: object = {}) => calling('get_user_notify', { ...named(code), ...more }),
  };
}

describe('the code of a tap', () => {
  test('activates within five minutes, and takes changes for a day after that', async () => {
    const { tap, set, passMs } = await started();
    const [late, code] = [tap(), tap()];
    passMs(5 * MINUTE_MS - 1);
    expect((await set(code, QUEUE)).errcode).toBe(0);
    passMs(1);
    expect((await set(late, QUEUE)).errcode).toBe(85438);
    passMs(DAY_MS - 2);
    expect((await set(code, { ...QUEUE, cur_status: 2 })).errcode).toBe(0);
    passMs(1);
    expect((await set(code, { ...QUEUE, cur_status: 2 })).errcode).toBe(85438);
  });

  test('is of its user and its kind', async () => {
    const { tap, set } = await started();
    const code = tap();
    expect((await set(code, QUEUE, { openid: OTHER })).errcode).toBe(85437);
    expect((await set(code, QUEUE, { openid: 'oNobody' })).errcode).toBe(40003);
    expect((await set(code, QUEUE, { notify_type: 1004 })).errcode).toBe(85437);
    expect((await set(code, QUEUE, { notify_type: 1002 })).errcode).toBe(85434);
    expect((await set('another', QUEUE)).errcode).toBe(85437);
  });

  test('moves through the states in their order, each with its members', async () => {
    const { tap, set } = await started();
    const code = tap();
    expect((await set(code, { ...QUEUE, queue_number: undefined })).errcode).toBe(85440);
    expect((await set(code, { wxa_path_query: '' })).errcode).toBe(85440);
    expect((await set(code, QUEUE, { content_json: '{' })).errcode).toBe(85435);
    expect((await set(code, { ...QUEUE, cur_status: 2 })).errcode).toBe(0);
    expect((await set(code, QUEUE)).errcode).toBe(85439);
    expect((await set(code, { ...QUEUE, cur_status: 2 })).errcode).toBe(0);
  });
});

describe('the number of a pay order', () => {
  const goods = { cur_status: 1, product_count: 1, product_list: {}, wxa_path_query: '' };
  const kind = { notify_type: 2001 };

  test('is known a little later, and checked when it is activated', async () => {
    const { wechat, set, passMs } = await started();
    const code = wechat.cardCode({ openid: USER, payAmount: 9900, knownInMs: 30_000 });
    const check = (amount: number, ageMs = 0) => ({
      ...kind,
      check_json: JSON.stringify({ pay_amount: amount, pay_time: Math.floor((NOON - ageMs) / 1000) }),
    });
    expect((await set(code, goods, check(9900))).errcode).toBe(85437);
    passMs(30_000);
    expect((await set(code, goods, kind)).errcode).toBe(85433);
    expect((await set(code, goods, check(1))).errcode).toBe(85433);
    expect((await set(code, goods, check(9900, DAY_MS))).errcode).toBe(85438);
    expect((await set(code, goods, check(9900))).errcode).toBe(0);
    passMs(30 * DAY_MS - 1);
    expect((await set(code, { cur_status: 4, wxa_path_query: '' }, kind)).errcode).toBe(0);
  });
});

test.each([
  [2002, 'product_count product_list', 7],
  [2003, 'product_count product_list', 7],
  [2006, 'product_count product_list', 10],
  [2008, 'product_list check_in_time check_out_time', 7],
  [2011, 'product_list', 6],
])(
  'a card of kind %i begins in state 1 or 2 with its members, and comes back to 1 from its own state alone',
  async (kind, members, back) => {
    const { wechat, set } = await started();
    const code = wechat.cardCode({ openid: USER, payAmount: 1 });
    const check_json = JSON.stringify({ pay_amount: 1, pay_time: Math.floor(NOON / 1000) });
    const body = Object.fromEntries(members.split(' ').map((member) => [member, 1]));
    const put = (cur_status: number, content: object = body) =>
      set(code, { cur_status, wxa_path_query: '', ...content }, { notify_type: kind, check_json });
    expect((await put(2, {})).errcode).toBe(85440);
    expect((await put(2)).errcode).toBe(0);
    expect((await put(1)).errcode).toBe(85439);
    expect((await put(back)).errcode).toBe(0);
    expect((await put(1)).errcode).toBe(0);
  },
);

test('what WeChat has of a card can be read', async () => {
  const { tap, set, ext, read, wechat } = await started();
  const code = tap();
  expect((await read(code)).body['notify_info']).toMatchObject({ content_json: '', code_state: 0 });
  expect((await ext(code, '{}')).errcode).toBe(85437);
  await set(code, QUEUE);
  expect((await ext(code, 'no JSON')).errcode).toBe(85470);
  expect((await ext(code, '{}')).errcode).toBe(0);
  wechat.changeCard({ code, codeState: 10 });
  expect((await read(code)).body['notify_info']).toMatchObject({
    content_json: JSON.stringify(QUEUE),
    code_state: 10,
    code_expire_time: expect.any(Number),
  });
  wechat.changeCard({ code, codeState: 2 });
  expect((await set(code, QUEUE)).errcode).toBe(85436);
});

test('a code is locked while a change is under way', async () => {
  const { tap, set, wechat } = await started();
  const code = tap();
  wechat.addFault({ call: 'set-card', kind: 'slow', ms: 100 });
  wechat.setLatency({ ms: 50 });
  const errcodes = await Promise.all([set(code, QUEUE), set(code, QUEUE)]);
  expect(errcodes.map(({ errcode }) => errcode).toSorted()).toEqual([0, 85449]);
});

test('only a kind with a button gives a code by a tap', async () => {
  const { wechat } = await started();
  expect(() => wechat.cardCode({ openid: USER, notifyType: 2001 })).toThrow(/payAmount/);
  expect(() => wechat.changeCard({ code: 'another' })).toThrow(/no code/);
});

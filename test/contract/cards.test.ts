import { afterAll, describe, expect, test } from 'vitest';
import { buildServices } from '../../handlers/send-messages.ts';
import type { Fault } from '../../local/wechat-simulator/index.ts';
import { PRICE_DROP, QUIET, startService } from './running-service.ts';

/*
 * Every promise about service cards. Nothing takes jobs off the queue here: a test hands them to a sender itself,
 * and moves the clock instead of waiting.
 */
/** Eight in the morning in Beijing, so that the quota's day does not end within a test. */
let nowMs = Date.now() - (Date.now() % 86_400_000);
const clock = () => nowMs;
const { stack, wechat, operator, call, logIn, allow } = await startService({
  pollers: 0,
  dispatchEverySeconds: 0,
  clock,
});
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const sending = await buildServices(stack.env, {
  clock,
  sleep: async (ms) => {
    nowMs += Math.ceil(ms);
  },
  logger: QUIET,
});
afterAll(() => sending.close());
const { services: sender } = await sending.apps.of();

const QUEUE = {
  cur_status: 1,
  queue_number: 'A121',
  current_number: 'A101',
  min_wait_time: 600,
  max_wait_time: 900,
  wxa_path_query: 'pages/queue/index',
};
const goods = (cur_status: number) => ({
  cur_status,
  product_count: 1,
  product_list: { info_list: [] },
  wxa_path_query: 'pages/order/detail?id=7',
});
const parcel = (cur_status: number) => ({ cur_status, wxa_path_query: 'pages/order/detail?id=7' });

/** The request for a card of a tap on the button of a restaurant queue. */
async function tapped(more: object = {}) {
  const { openid } = await logIn();
  const code = wechat.cardCode({ openid, notifyType: 1005 });
  return { to: openid, notifyType: 1005, code, content: QUEUE, ...more };
}

/** The request for a card of a pay order. */
async function paid({
  knownInMs = 0,
  ...more
}: {
  readonly knownInMs?: number;
  readonly content?: object;
} = {}) {
  const { openid } = await logIn();
  const code = wechat.cardCode({ openid, payAmount: 9900, knownInMs });
  const check = { payAmount: 9900, payTime: new Date(nowMs).toISOString() };
  return { to: openid, notifyType: 2001, code, content: goods(2), check, ...more };
}

/** Does the next thing for a card, as the job of a change that is stored would. */
const deliver = (cardId: string) =>
  sender.deliverCard({ cardId, changeId: 'another', sinceMs: nowMs - MINUTE_MS });

/** Does all there is for a card, moving the clock on to whatever is due within `forMs`. */
async function settle(cardId: string, forMs = 5 * MINUTE_MS) {
  const untilMs = nowMs + forMs;
  for (let round = 0; round < 100; round++) {
    const result = await sender.deliverCard({ cardId, changeId: 'another', sinceMs: nowMs - MINUTE_MS });
    if (result.type === 'done' || nowMs + result.delayMs > untilMs) return read(cardId);
    nowMs += result.delayMs;
  }
  throw new Error(`${cardId} never comes to rest.`);
}

async function read(cardId: string) {
  return (await operator('GET', `/v1/cards/${cardId}`)).body;
}

const patch = (cardId: string, body: object) => operator('PATCH', `/v1/cards/${cardId}`, body);

async function active(request: Awaited<ReturnType<typeof tapped | typeof paid>>) {
  const { body } = await operator('POST', '/v1/cards', request);
  expect(await settle(body.id)).toMatchObject({ status: 'active' });
  return { ...request, id: body.id as string };
}

const fault = (
  openid: string,
  more: Partial<Fault> & { kind: 'errcode' | 'drop-answer' | 'hang' | 'reset' },
) => wechat.addFault({ call: 'set-card', openid, ...more } as Fault);
const sent = (openid: string) => wechat.received({ call: 'set-card', openid }).items;
const atWeChat = (openid: string) => {
  const [card] = wechat.cards(openid);
  return card?.content === undefined ? undefined : JSON.parse(card.content);
};

describe('POST /v1/cards', () => {
  test('answers 202 with the card that is being activated, and WeChat then has its content', async () => {
    const request = await tapped();
    const { status, body } = await operator('POST', '/v1/cards', request);
    expect(status).toBe(202);
    expect(body).toEqual({
      id: expect.any(String),
      to: request.to,
      notifyType: 1005,
      content: QUEUE,
      status: 'activating',
      changing: true,
      attempts: 0,
      expiresAt: new Date(nowMs + 5 * MINUTE_MS).toISOString(),
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(await settle(body.id)).toMatchObject({
      status: 'active',
      changing: false,
      attempts: 1,
      outcome: { reason: 'accepted', errcode: 0 },
      expiresAt: new Date(nowMs + DAY_MS).toISOString(),
    });
    expect(atWeChat(request.to)).toEqual(QUEUE);
  });

  test('activates a pay order by what WeChat checks it by, for 30 days', async () => {
    const { to, id } = await active(await paid());
    const data = sent(to)[0]?.data as Record<string, string>;
    expect(JSON.parse(data['check_json'] ?? '')).toEqual({ pay_amount: 9900, pay_time: expect.any(Number) });
    expect((await read(id)).expiresAt).toBe(new Date(nowMs + 30 * DAY_MS).toISOString());
  });

  test('the code stands for the card: the same request again is 200, another is 409 card-exists', async () => {
    const request = await tapped();
    const first = await operator('POST', '/v1/cards', request);
    const again = await operator('POST', '/v1/cards', request);
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id } });
    const other = await operator('POST', '/v1/cards', { ...request, content: { ...QUEUE, cur_status: 2 } });
    expect(other).toMatchObject({ status: 409, body: { code: 'card-exists' } });
    expect(other.body.detail).toContain(first.body.id);
    await settle(first.body.id);
    expect(sent(request.to)).toHaveLength(1);
  });

  test('asked for twice at once, a card is made once', async () => {
    const request = await tapped();
    const answers = await Promise.all([1, 2, 3].map(() => operator('POST', '/v1/cards', request)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 202]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  test('another request for a code whose activation failed tries it anew', async () => {
    const request = await paid();
    const wrong = { ...request, check: { ...request.check, payAmount: 1 } };
    const { body } = await operator('POST', '/v1/cards', wrong);
    expect(await settle(body.id)).toMatchObject({ status: 'failed', outcome: { errcode: 85433 } });
    expect(await operator('POST', '/v1/cards', request)).toMatchObject({
      status: 202,
      body: { id: body.id },
    });
    expect(await settle(body.id)).toMatchObject({ status: 'active' });
  });

  test('names each wrong field and its rule', async () => {
    const request = await paid();
    const answer = await operator('POST', '/v1/cards', { ...request, content: {}, check: undefined });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-body' } });
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'content.cur_status',
      'content.wxa_path_query',
      'check',
    ]);
    const old = { payAmount: 9900, payTime: new Date(nowMs - 25 * HOUR_MS).toISOString() };
    const late = await operator('POST', '/v1/cards', { ...request, check: old });
    expect(late.body.errors).toMatchObject([{ path: 'check.payTime' }]);
    const unknown = await operator('POST', '/v1/cards', { ...request, notify_code: 'x' });
    expect(unknown.body.errors).toMatchObject([{ path: 'notify_code' }]);
  });

  test('takes a kind that no page lists as it is, with a warning', async () => {
    const { openid } = await logIn();
    const request = { to: openid, notifyType: 3001, code: 'c', content: { anything: 1 } };
    const { status, body } = await operator('POST', '/v1/cards', request);
    expect(status).toBe(202);
    expect(body.warnings).toMatchObject([{ path: 'notifyType', code: 'unknown-kind' }]);
    expect(await settle(body.id)).toMatchObject({ status: 'failed', outcome: { errcode: 85434 } });
  });

  test('is for operators with the scope send', async () => {
    const { session } = await logIn();
    const answer = await call('POST', '/v1/cards', { token: session, body: await tapped() });
    expect(answer).toMatchObject({ status: 403, body: { code: 'wrong-caller' } });
  });
});

describe('PATCH /v1/cards/{id}', () => {
  test('moves the card on', async () => {
    const { id, to } = await active(await tapped());
    const content = { ...QUEUE, cur_status: 2, current_number: 'A118' };
    const answer = await patch(id, { content });
    expect(answer).toMatchObject({ status: 200, body: { status: 'active', changing: true, content } });
    expect(await settle(id)).toMatchObject({ status: 'active', changing: false, content });
    expect(atWeChat(to)).toEqual(content);
  });

  test('gives further facts to an active card, and those of the request once it is active', async () => {
    const request = await tapped({ ext: { store_info: '{"store_name":"a"}' } });
    const { id, to } = await active(request);
    expect(JSON.parse(wechat.cards(to)[0]?.ext ?? '')).toEqual({ store_info: '{"store_name":"a"}' });
    await patch(id, { ext: { store_info: '{"store_name":"b"}' } });
    expect(await settle(id)).toMatchObject({ status: 'active', ext: { store_info: '{"store_name":"b"}' } });
    expect(wechat.received({ call: 'set-card-ext', openid: to }).items).toHaveLength(2);
  });

  test('of changes that wait the latest is sent', async () => {
    const { id, to } = await active(await tapped());
    for (const number of ['A102', 'A103', 'A104']) {
      await patch(id, { content: { ...QUEUE, current_number: number } });
    }
    await settle(id);
    expect(sent(to)).toHaveLength(2);
    expect(atWeChat(to)).toMatchObject({ current_number: 'A104' });
  });

  test('what is wanted already changes nothing, so a repeat is harmless', async () => {
    const { id, to } = await active(await tapped());
    const content = { ...QUEUE, current_number: 'A110' };
    for (let time = 0; time < 2; time++) await patch(id, { content });
    await settle(id);
    expect(await patch(id, { content })).toMatchObject({ status: 200, body: { changing: false } });
    expect(sent(to)).toHaveLength(2);
  });

  test('one card has one change under way, and two at once end with the later one', async () => {
    const { id, to } = await active(await tapped());
    const numbers = ['B1', 'B2', 'B3', 'B4'];
    const deliveries = numbers.map(async (number) => {
      await patch(id, { content: { ...QUEUE, current_number: number } });
      return deliver(id);
    });
    await Promise.all(deliveries);
    const { content } = await settle(id);
    expect(atWeChat(to)).toEqual(content);
    expect(sent(to).filter(({ errcode }) => errcode === 85449)).toEqual([]);
  });

  test('a job that came before its change does not wait for whoever has the card in hand', async () => {
    const { id, to } = await active(await tapped());
    await patch(id, { content: { ...QUEUE, cur_status: 2 } });
    wechat.addFault({ call: 'set-card', openid: to, kind: 'slow', ms: 300 });
    const underWay = deliver(id);
    while (sent(to).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const early = (agoMs: number) =>
      sender.deliverCard({ cardId: id, changeId: 'not stored yet', sinceMs: nowMs - agoMs });
    expect(await early(0)).toEqual({ type: 'later', delayMs: SECOND_MS });
    expect(await early(4 * SECOND_MS)).toEqual({ type: 'later', delayMs: 4 * SECOND_MS });
    expect(await deliver(id)).toMatchObject({ type: 'later', delayMs: expect.any(Number) });
    await underWay;
    expect(await early(MINUTE_MS)).toEqual({ type: 'done' });
  });

  test('keeps WeChat’s order of states: what another needs before it is sent, and nothing else', async () => {
    const { id, to } = await active(await paid());
    for (const status of [3, 4, 6]) {
      expect((await patch(id, { content: parcel(status) })).status).toBe(200);
    }
    await settle(id);
    const states = sent(to).map(({ data }) =>
      JSON.parse((data as Record<string, string>)['content_json'] ?? ''),
    );
    // 6 may follow 4 and not 2 or 3; 4 may follow 2, so that 3 is needless.
    expect(states.map(({ cur_status }) => cur_status)).toEqual([2, 4, 6]);
  });

  test('a state that its page does not let follow is 409 card-state-order, and never leaves', async () => {
    const { id, to } = await active(await paid({ content: goods(1) }));
    await patch(id, { content: parcel(4) });
    await settle(id);
    const answer = await patch(id, { content: goods(2) });
    expect(answer).toMatchObject({ status: 409, body: { code: 'card-state-order' } });
    expect(answer.body.detail).toContain('1, 7');
    expect(await settle(id)).toMatchObject({ content: parcel(4) });
    const button = { notifyType: 1001, code: wechat.cardCode({ openid: to, notifyType: 1001 }) };
    const canceled = await operator('POST', '/v1/cards', { to, ...button, content: parcel(3) });
    expect(canceled).toMatchObject({ status: 409, body: { code: 'card-state-order' } });
  });

  test('a state that only somebody’s table rules out passes with a warning', async () => {
    const { id } = await active(await paid());
    const answer = await patch(id, { content: parcel(9) });
    expect(answer.body.warnings).toMatchObject([{ code: 'state-order', path: 'content.cur_status' }]);
    expect(await settle(id)).toMatchObject({
      status: 'failed',
      outcome: { errcode: 85439, reason: 'state-order' },
    });
  });

  test('after a refusal the card can be moved on', async () => {
    const { id, to } = await active(await tapped());
    wechat.setSwitches({ sensitiveWords: ['forbidden'] });
    await patch(id, { content: { ...QUEUE, table_type: 'forbidden' } });
    expect(await settle(id)).toMatchObject({ status: 'failed', outcome: { errcode: 85442 } });
    wechat.setSwitches({ sensitiveWords: [] });
    expect(atWeChat(to)).toEqual(QUEUE);
    const answer = await patch(id, { content: { ...QUEUE, current_number: 'A120' } });
    expect(answer.body).toMatchObject({ status: 'active', changing: true });
    expect(answer.body).not.toHaveProperty('outcome');
    expect(await settle(id)).toMatchObject({ status: 'active' });
  });

  test('must change something, of a card that there is', async () => {
    const { id } = await active(await tapped());
    expect(await patch(id, {})).toMatchObject({ status: 422, body: { code: 'invalid-body' } });
    const gone = `card_${'0'.repeat(32)}_o-nobody`;
    expect(await patch(gone, { content: QUEUE })).toMatchObject({ status: 404 });
    expect(await operator('GET', `/v1/cards/${gone}`)).toMatchObject({ status: 404 });
    expect(await operator('GET', '/v1/cards/anything')).toMatchObject({ status: 404 });
  });
});

describe('what WeChat answers', () => {
  test('85437 of a pay order is tried again after a minute', async () => {
    const request = await paid({ knownInMs: 50 * SECOND_MS });
    const { body } = await operator('POST', '/v1/cards', request);
    const first = await deliver(body.id);
    expect(await read(body.id)).toMatchObject({ status: 'activating', outcome: { errcode: 85437 } });
    expect(first).toEqual({ type: 'later', delayMs: expect.any(Number) });
    if (first.type === 'later') expect(first.delayMs).toBeGreaterThanOrEqual(MINUTE_MS);
    expect(await settle(body.id)).toMatchObject({ status: 'active', attempts: 2 });
  });

  test('85437 of a tap is not tried again', async () => {
    const { body } = await operator('POST', '/v1/cards', await tapped({ code: 'another' }));
    const failed = await settle(body.id);
    expect(failed).toMatchObject({ status: 'failed', attempts: 1, outcome: { reason: 'code-unknown' } });
    expect(failed.outcome.remedy).toEqual({ en: expect.any(String), zh: expect.any(String) });
  });

  test.each([85431, 85449, -1])('%i is tried again soon', async (errcode) => {
    const request = await tapped();
    fault(request.to, { kind: 'errcode', errcode, times: 2 });
    const { body } = await operator('POST', '/v1/cards', request);
    const beforeMs = nowMs;
    expect(await settle(body.id)).toMatchObject({ status: 'active', attempts: 3 });
    expect(nowMs - beforeMs).toBeLessThan(20 * SECOND_MS);
  });

  test('a change that came while another was tried again goes in its place', async () => {
    const { id, to } = await active(await tapped());
    fault(to, { kind: 'errcode', errcode: 85431 });
    await patch(id, { content: { ...QUEUE, current_number: 'C1' } });
    await deliver(id);
    await patch(id, { content: { ...QUEUE, current_number: 'C2' } });
    await settle(id);
    const numbers = sent(to).map(({ data }) =>
      JSON.parse((data as Record<string, string>)['content_json'] ?? ''),
    );
    expect(numbers.map(({ current_number }) => current_number)).toEqual(['A101', 'C1', 'C2']);
  });

  test('any other refusal ends the change with what to do, in both languages', async () => {
    const { id, to } = await active(await tapped());
    fault(to, { kind: 'errcode', errcode: 85461 });
    await patch(id, { content: { ...QUEUE, current_number: 'A102' } });
    const { status, attempts, outcome } = await settle(id);
    expect({ status, attempts }).toEqual({ status: 'failed', attempts: 2 });
    expect(outcome).toMatchObject({ errcode: 85461, reason: 'permission', rid: expect.any(String) });
    expect(outcome.remedy).toEqual({ en: expect.any(String), zh: expect.any(String) });
  });

  test('a lost answer is unknown, WeChat is asked, and the change never leaves twice by itself', async () => {
    const { id, to } = await active(await tapped());
    fault(to, { kind: 'drop-answer' });
    const content = { ...QUEUE, current_number: 'A107' };
    await patch(id, { content });
    await deliver(id);
    expect(await read(id)).toMatchObject({ status: 'unknown', outcome: { reason: 'no-answer' } });
    expect(await settle(id)).toMatchObject({
      status: 'active',
      outcome: { reason: 'accepted' },
      attempts: 2,
    });
    expect(sent(to)).toHaveLength(2);
    expect(atWeChat(to)).toEqual(content);
  });

  test('what WeChat does not show stays unknown, until the caller says what is wanted', async () => {
    const { id, to } = await active(await tapped());
    fault(to, { kind: 'reset' });
    const content = { ...QUEUE, current_number: 'A108' };
    await patch(id, { content });
    expect(await settle(id, 10 * MINUTE_MS)).toMatchObject({ status: 'unknown', attempts: 2 });
    expect(atWeChat(to)).toEqual(QUEUE);
    expect(await patch(id, { content })).toMatchObject({ body: { changing: true } });
    expect(await settle(id)).toMatchObject({ status: 'active', attempts: 3 });
    expect(atWeChat(to)).toEqual(content);
  });

  test('a sender that dies with a request under way leaves it unknown, and WeChat is asked', async () => {
    const { id, to } = await active(await tapped());
    const dead = await buildServices(stack.env, { clock, logger: QUIET });
    afterAll(() => dead.close());
    const content = { ...QUEUE, current_number: 'A109' };
    await patch(id, { content });
    fault(to, { kind: 'hang' });
    const { services } = await dead.apps.of();
    void services.deliverCard({ cardId: id, changeId: 'another', sinceMs: nowMs }).catch(() => undefined);
    while (sent(to).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    // While its lease lasts nobody else sends.
    expect(await deliver(id)).toMatchObject({ type: 'later' });
    expect(await read(id)).toMatchObject({ changing: true });
    await patch(id, { content: { ...content, cur_status: 2 } });
    expect(sent(to)).toHaveLength(2);
    await settle(id);
    expect(atWeChat(to)).toMatchObject({ cur_status: 2 });
  });
});

describe('the end of the code’s time', () => {
  test('a tap is expired after five minutes, an order after a day', async () => {
    const { body: tap } = await operator('POST', '/v1/cards', await tapped());
    const { body: order } = await operator('POST', '/v1/cards', await paid());
    nowMs += 5 * MINUTE_MS;
    expect(await settle(tap.id)).toMatchObject({ status: 'expired', attempts: 0, changing: false });
    expect(await read(order.id)).toMatchObject({ status: 'activating' });
    nowMs += DAY_MS;
    expect(await read(order.id)).toMatchObject({ status: 'expired' });
  });

  test('ends an active card after 24 hours, or after 30 days, and what waits is not sent', async () => {
    const tap = await active(await tapped());
    const order = await active(await paid());
    nowMs += DAY_MS - MINUTE_MS;
    await patch(tap.id, { content: { ...QUEUE, cur_status: 2 } });
    nowMs += MINUTE_MS;
    expect(await settle(tap.id)).toMatchObject({ status: 'expired', outcome: { reason: 'code-expired' } });
    expect(sent(tap.to)).toHaveLength(1);
    expect(await patch(tap.id, { content: QUEUE })).toMatchObject({
      status: 409,
      body: { code: 'card-expired' },
    });
    await patch(order.id, { content: parcel(4) });
    expect(await settle(order.id)).toMatchObject({ status: 'active' });
    nowMs += 29 * DAY_MS;
    expect(await read(order.id)).toMatchObject({ status: 'expired' });
  });

  test('ends a change that is put off for longer', async () => {
    const request = await tapped();
    fault(request.to, { kind: 'errcode', errcode: 45009 });
    const { body } = await operator('POST', '/v1/cards', request);
    const card = await settle(body.id, 6 * MINUTE_MS);
    expect(card).toMatchObject({ status: 'expired', changing: false, outcome: { reason: 'code-expired' } });
    expect(sent(request.to)).toHaveLength(1);
  });

  test('is over for an order that was paid a day ago', async () => {
    const request = await paid();
    const check = (agoMs: number) => ({
      check: { payAmount: 9900, payTime: new Date(nowMs - agoMs).toISOString() },
    });
    const late = await operator('POST', '/v1/cards', { ...request, ...check(DAY_MS) });
    expect([late.status, late.body.errors[0].path]).toEqual([422, 'check.payTime']);
    const { body } = await operator('POST', '/v1/cards', { ...request, ...check(DAY_MS - MINUTE_MS) });
    expect(body).toMatchObject({ status: 'activating' });
  });

  test('WeChat’s word that it is over ends it, too', async () => {
    const { id, to } = await active(await tapped());
    fault(to, { kind: 'errcode', errcode: 85438 });
    await patch(id, { content: { ...QUEUE, cur_status: 2 } });
    expect(await settle(id)).toMatchObject({ status: 'expired', outcome: { errcode: 85438 } });
  });
});

describe('cards of a user', () => {
  test('are listed by openid, the latest change first', async () => {
    const { openid } = await logIn();
    const ids = [];
    for (let n = 0; n < 3; n++) {
      nowMs += SECOND_MS;
      const code = wechat.cardCode({ openid, notifyType: 1005 });
      const request = { to: openid, notifyType: 1005, code, content: QUEUE };
      ids.push((await operator('POST', '/v1/cards', request)).body.id);
    }
    const { body } = await operator('GET', `/v1/cards?openid=${openid}`);
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(ids.toReversed());
    const page = await operator('GET', `/v1/cards?openid=${openid}&limit=2`);
    const rest = await operator('GET', `/v1/cards?openid=${openid}&limit=2&cursor=${page.body.nextCursor}`);
    const listed = [...page.body.items, ...rest.body.items].map(({ id }: { id: string }) => id);
    expect(listed.toSorted()).toEqual(ids.toSorted());
    expect(await operator('GET', '/v1/cards')).toMatchObject({
      status: 422,
      body: { code: 'invalid-query' },
    });
  });

  test('go with the user who is erased, also while a change is under way', async () => {
    const { id, to } = await active(await tapped());
    await patch(id, { content: { ...QUEUE, current_number: 'A102' } });
    wechat.addFault({ call: 'set-card', openid: to, kind: 'slow', ms: 300 });
    const underWay = deliver(id);
    while (sent(to).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await operator('DELETE', `/v1/users/${to}`)).toMatchObject({ status: 200, body: { cards: 1 } });
    await underWay;
    expect(await operator('GET', `/v1/cards/${id}`)).toMatchObject({ status: 404 });
    expect((await operator('GET', `/v1/cards?openid=${to}`)).body.items).toEqual([]);
    expect(await sender.deliverCard({ cardId: id, changeId: 'another', sinceMs: nowMs - MINUTE_MS })).toEqual(
      { type: 'done' },
    );
  });

  test('never share the user’s one-at-a-time rule: a card changes while a message is being sent', async () => {
    const { id, to } = await active(await tapped());
    await patch(id, { content: { ...QUEUE, cur_status: 2 } });
    await allow(wechat, to, PRICE_DROP.templateId);
    const { body } = await operator('POST', '/v1/messages', { to, ...PRICE_DROP });
    wechat.addFault({ call: 'send', openid: to, kind: 'slow', ms: 1_500 });
    const underWay = sender.deliver({ messageId: body.id, sinceMs: nowMs });
    while (wechat.received({ call: 'send', openid: to }).items.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await deliver(id);
    const message = await operator('GET', `/v1/messages/${body.id}`);
    expect([message.body.status, atWeChat(to).cur_status]).toEqual(['sending', 2]);
    await underWay;
    expect((await operator('GET', `/v1/messages/${body.id}`)).body.status).toBe('sent');
  });

  test('never share the user’s one-at-a-time rule: two cards of a user change at the same time', async () => {
    const { openid } = await logIn();
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const code = wechat.cardCode({ openid, notifyType: 1005 });
        const request = { to: openid, notifyType: 1005, code, content: QUEUE };
        return (await operator('POST', '/v1/cards', request)).body.id as string;
      }),
    );
    wechat.addFault({ call: 'set-card', openid, kind: 'slow', ms: 200, times: 2 });
    await Promise.all(ids.map(deliver));
    const [first, second] = sent(openid);
    expect(second?.startedAtMs).toBeLessThanOrEqual(first?.endedAtMs ?? 0);
    for (const id of ids) expect(await read(id)).toMatchObject({ status: 'active' });
  });
});

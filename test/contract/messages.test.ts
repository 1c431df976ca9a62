import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildServices, createHandler } from '../../handlers/messages.ts';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { call as invoke } from '../support/http-events.ts';
import { LONG_TERM, PRICE_DROP, QUIET, SHIPPED, startService } from './running-service.ts';

const { stack, wechat, call, operator, logIn, allow, grantOf, read, ended } = await startService({
  settings: { USER_SENDABLE_TEMPLATES: PRICE_DROP.templateId },
});
const T = PRICE_DROP.templateId;
const later = (ms: number) => new Date(Date.now() + ms).toISOString();
const sendsTo = (openid: string) => wechat.received({ call: 'send', openid }).items;

/** A user with that many grants for the price-drop template. */
async function grantee(grants: number) {
  const user = await logIn();
  await allow(wechat, user.openid, T, grants);
  return user;
}

const send = (openid: string, more: object = {}, headers?: Record<string, string>) =>
  operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP, ...more }, headers);

describe('sending now', () => {
  test('202, then sent; page, state, language and every value reach WeChat', async () => {
    const { openid } = await grantee(1);
    const accepted = await send(openid, {
      page: 'pages/item?id=7',
      miniprogramState: 'trial',
      lang: 'en_US',
    });
    expect(accepted.status).toBe(202);
    expect(accepted.body).toMatchObject({
      to: openid,
      templateId: T,
      status: 'queued',
      attempts: 0,
      data: PRICE_DROP.data,
    });
    const message = await ended(accepted.body.id);
    expect(message).toMatchObject({
      status: 'sent',
      attempts: 1,
      outcome: { errcode: 0, msgid: expect.stringMatching(/^\d{17,}$/) },
    });
    expect(sendsTo(openid)).toMatchObject([
      {
        page: 'pages/item?id=7',
        miniprogramState: 'trial',
        lang: 'en_US',
        data: { thing1: { value: '无线降噪耳机' } },
      },
    ]);
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 0, spent: 1 });
  });

  test("data may be given in WeChat's own form", async () => {
    const { openid } = await grantee(1);
    const data = Object.fromEntries(Object.entries(PRICE_DROP.data).map(([key, value]) => [key, { value }]));
    expect((await ended((await send(openid, { data })).body.id)).status).toBe('sent');
  });

  test('without a grant 409 no-grant, and WeChat is not asked', async () => {
    const { openid } = await logIn();
    const reply = await send(openid);
    expect([reply.status, reply.body.code]).toEqual([409, 'no-grant']);
    expect(sendsTo(openid)).toEqual([]);
  });

  test('a long-term template is sent as often as wanted after one accept', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, LONG_TERM.templateId);
    for (let i = 0; i < 3; i++) {
      const { body } = await operator('POST', '/v1/messages', { to: openid, ...LONG_TERM });
      expect((await ended(body.id)).status).toBe('sent');
    }
  });
});

describe('data is checked before anything is stored', () => {
  test('422 invalid-data names each field and its rule, in both languages; no grant is touched', async () => {
    const { openid } = await grantee(1);
    const data = { thing1: '一'.repeat(21), amount2: 'free', thing4: '', thing9: 'x' };
    const reply = await send(openid, { data });
    expect([reply.status, reply.body.code]).toEqual([422, 'invalid-data']);
    expect(reply.body.errors.map((error: { path: string }) => error.path)).toEqual([
      'data.thing1',
      'data.amount2',
      'data.amount3',
      'data.thing4',
      'data.thing9',
    ]);
    expect(reply.body.errors[0]).toMatchObject({
      message: expect.stringContaining('21 characters'),
      zh: expect.stringContaining('21 个字符'),
    });
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 0 });
    expect((await operator('GET', `/v1/messages?openid=${openid}`)).body.items).toEqual([]);
  });

  test('fit shortens and reformats what can be fitted, and says what it changed', async () => {
    const { openid } = await grantee(1);
    const data = { ...PRICE_DROP.data, thing1: '很'.repeat(30), thing4: '先到\n先得' };
    const { body } = await send(openid, { data, fit: true });
    expect(body.fitted.map((change: { key: string }) => change.key)).toEqual(['thing1', 'thing4']);
    expect(body.data.thing1).toBe(`${'很'.repeat(19)}…`);
    expect((await ended(body.id)).status).toBe('sent');
  });

  test('a template that WeChat does not have is 422 unknown-template; asking again does not ask WeChat again', async () => {
    const { openid } = await logIn();
    const before = wechat.received().stats.byCall['templates']?.total ?? 0;
    for (let i = 0; i < 5; i++) {
      const reply = await send(openid, { templateId: 'no-such-template' });
      expect([reply.status, reply.body.code]).toEqual([422, 'unknown-template']);
    }
    expect((wechat.received().stats.byCall['templates']?.total ?? 0) - before).toBeLessThanOrEqual(1);
  });
});

describe('sending at a time', () => {
  // A busy machine may be slow for a moment.
  test('scheduled until its moment, leaves within 2 s of it and never before', { retry: 2 }, async () => {
    const { openid } = await grantee(1);
    const sendAt = later(2_300);
    const { body } = await send(openid, { sendAt });
    expect(body).toMatchObject({ status: 'scheduled', sendAt });
    expect((await ended(body.id)).status).toBe('sent');
    const lateMs = (sendsTo(openid)[0]?.startedAtMs ?? 0) - Date.parse(sendAt);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(2_000);
  });

  test('input may carry any offset; answers are in UTC', async () => {
    const { openid } = await grantee(1);
    const atMs = Math.floor(Date.now() / 1000) * 1000 + 3_600_000;
    const inShanghai = `${new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
    const { body } = await send(openid, { sendAt: inShanghai });
    expect(body.sendAt).toBe(new Date(atMs).toISOString());
  });

  test('it holds its grant, so that a later send cannot starve it', async () => {
    const { openid } = await grantee(1);
    await send(openid, { sendAt: later(3_600_000) });
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 1, spent: 0 });
    expect((await send(openid)).body.code).toBe('no-grant');
  });

  test('hold: false books without a grant and takes one at send time', async () => {
    const { openid } = await logIn();
    const { status, body } = await send(openid, { hold: false, sendAt: later(1_500) });
    expect(status).toBe(202);
    await allow(wechat, openid, T);
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 0 });
    expect((await ended(body.id)).status).toBe('sent');
  });

  test('hold: false without a grant at send time ends as failed: no-grant, without a request', async () => {
    const { openid } = await logIn();
    const { body } = await send(openid, { hold: false });
    expect(await ended(body.id)).toMatchObject({
      status: 'failed',
      attempts: 0,
      outcome: { reason: 'no-grant', remedy: { zh: expect.any(String) } },
    });
    expect(sendsTo(openid)).toEqual([]);
  });

  test('a sendAt in the past, up to a day, sends at once; older is 422', async () => {
    const { openid } = await grantee(2);
    expect((await ended((await send(openid, { sendAt: later(-23 * 3_600_000) })).body.id)).status).toBe(
      'sent',
    );
    const reply = await send(openid, { sendAt: later(-25 * 3_600_000) });
    expect([reply.status, reply.body.errors[0].path]).toEqual([422, 'sendAt']);
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 0 });
  });

  test.each(['2026-02-30T00:00:00Z', 'tomorrow', '2026-12-01', '2026-12-01T25:00:00Z', 1_800_000_000])(
    '%s is no moment: 422',
    async (sendAt) => {
      const { openid } = await logIn();
      expect((await send(openid, { sendAt })).body.errors[0].path).toBe('sendAt');
    },
  );
});

describe('DELETE /v1/messages/{id}', () => {
  test('cancels one that is not being sent yet and gives the held grant back; again is no error', async () => {
    const { openid, session } = await grantee(1);
    const { body } = await send(openid, { sendAt: later(3_600_000) });
    const canceled = await call('DELETE', `/v1/messages/${body.id}`, { token: session });
    expect([canceled.status, canceled.body.status]).toEqual([200, 'canceled']);
    expect((await operator('DELETE', `/v1/messages/${body.id}`)).status).toBe(200);
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 0 });
  });

  test('a canceled message never leaves', async () => {
    const { openid } = await grantee(1);
    const { body } = await send(openid, { sendAt: later(3_500) });
    await operator('DELETE', `/v1/messages/${body.id}`);
    await stack.idle({ dueWithinMs: 5_000 });
    expect(sendsTo(openid)).toEqual([]);
  });

  test('while it is being sent, and after it has ended, 409 already-sending', async () => {
    const { openid } = await grantee(1);
    wechat.addFault({ call: 'send', kind: 'slow', ms: 700, openid });
    const { body } = await send(openid);
    await expect.poll(async () => (await read(body.id)).status).toBe('sending');
    expect((await operator('DELETE', `/v1/messages/${body.id}`)).body.code).toBe('already-sending');
    expect((await ended(body.id)).status).toBe('sent');
    expect((await operator('DELETE', `/v1/messages/${body.id}`)).status).toBe(409);
  });
});

describe('Idempotency-Key', () => {
  test('the same key and body answer the same message with 200; 20 at once make one', async () => {
    const { openid } = await grantee(5);
    const key = { 'idempotency-key': randomUUID() };
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(openid, {}, key)));
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(1);
    expect((await send(openid, {}, key)).status).toBe(200);
    await ended(replies[0]?.body.id);
    expect(sendsTo(openid)).toHaveLength(1);
  });

  test('the same key with another body is 409 idempotency-conflict', async () => {
    const { openid } = await grantee(2);
    const key = { 'idempotency-key': randomUUID() };
    await send(openid, {}, key);
    const reply = await send(openid, { page: 'pages/other' }, key);
    expect([reply.status, reply.body.code]).toEqual([409, 'idempotency-conflict']);
  });

  test.each<[string, object, object]>([
    [
      'the members in another order',
      {},
      { data: Object.fromEntries(Object.entries(PRICE_DROP.data).reverse()), page: 'pages/a' },
    ],
    [
      "WeChat's form of data",
      {},
      { data: Object.fromEntries(Object.entries(PRICE_DROP.data).map(([key, value]) => [key, { value }])) },
    ],
    [
      'the two forms of data mixed',
      {},
      { data: { ...PRICE_DROP.data, thing1: { value: PRICE_DROP.data.thing1 } } },
    ],
    [
      'what WeChat ignores beside a value',
      {},
      { data: { ...PRICE_DROP.data, thing1: { value: PRICE_DROP.data.thing1, color: '#173177' } } },
    ],
    [
      'defaults written out',
      {},
      { miniprogramState: 'formal', lang: 'zh_CN', hold: true, fit: false, timezone: 'Asia/Shanghai' },
    ],
    ['a leading slash', {}, { page: '/pages/a' }],
    ['another offset', { sendAt: '2099-01-01T00:00:00Z' }, { sendAt: '2099-01-01T08:00:00.000+08:00' }],
    ['the alias of the template', {}, { templateId: 'idempotent-drop' }],
  ])('one body in two forms is one body: %s', async (_, first, second) => {
    await operator('PUT', `/v1/templates/${T}/alias`, { alias: 'idempotent-drop' });
    const { openid } = await grantee(3);
    const key = { 'idempotency-key': randomUUID() };
    const page = 'pages/a';
    const accepted = await send(openid, { page, ...first }, key);
    const { to, ...rest } = { to: openid, ...PRICE_DROP, page, ...first, ...second };
    const again = await operator('POST', '/v1/messages', { ...rest, to }, key);
    expect([accepted.status, again.status]).toEqual([202, 200]);
    expect(again.body.id).toBe(accepted.body.id);
    const entry = { idempotencyKey: key['idempotency-key'], ...rest, to };
    const { body } = await operator('POST', '/v1/messages/batch', { messages: [entry] });
    expect(body.items[0].message?.id).toBe(accepted.body.id);
  });

  test.each<[string, object]>([
    ['another text', { data: { ...PRICE_DROP.data, thing1: '有线耳机' } }],
    ['a text that cannot be read', { data: { ...PRICE_DROP.data, thing1: 7 } }],
    ['no data', { data: null }],
    ['one field less', { data: { thing1: PRICE_DROP.data.thing1 } }],
    ['another template', { templateId: SHIPPED.templateId }],
    ['another state', { miniprogramState: 'trial' }],
    ['another moment', { sendAt: '2099-01-01T00:00:00Z' }],
    ['another zone', { timezone: 'UTC' }],
  ])('another body remains another: %s', async (_, changes) => {
    const { openid } = await grantee(2);
    const key = { 'idempotency-key': randomUUID() };
    await send(openid, {}, key);
    const { status, body } = await send(openid, changes, key);
    expect([status, body.code]).toEqual([409, 'idempotency-conflict']);
  });

  test('its scope is one API key or one user', async () => {
    const { openid, session } = await grantee(2);
    const key = { 'idempotency-key': randomUUID() };
    const byOperator = await send(openid, {}, key);
    const byUser = await call('POST', '/v1/messages', {
      token: session,
      body: { to: openid, ...PRICE_DROP },
      headers: key,
    });
    expect([byOperator.status, byUser.status]).toEqual([202, 202]);
    expect(byOperator.body.id).not.toBe(byUser.body.id);
  });
});

describe('POST /v1/messages/batch', () => {
  test('one bad entry does not refuse the others', async () => {
    const { openid } = await grantee(3);
    const good = { to: openid, ...PRICE_DROP };
    const key = randomUUID();
    const { status, body } = await operator('POST', '/v1/messages/batch', {
      messages: [
        { ...good, idempotencyKey: key },
        { ...good, data: {} },
        { to: 'x y' },
        'nothing',
        { ...good, idempotencyKey: key },
        good,
        good,
      ],
    });
    expect(status).toBe(202);
    expect(body.items.map((item: { index: number }) => item.index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const codes = body.items.map((item: { problem?: { code: string } }) => item.problem?.code ?? 'accepted');
    expect(codes).toEqual([
      'accepted',
      'invalid-data',
      'invalid-body',
      'invalid-body',
      'accepted',
      'accepted',
      'accepted',
    ]);
    expect(body.items[4].message.id).toBe(body.items[0].message.id);
  });

  test('what does not finish in time is told beside what was accepted; sent again, each is one message', async () => {
    const { openid } = await logIn();
    const entry = { to: openid, ...PRICE_DROP, hold: false, sendAt: later(3_600_000) };
    const messages = Array.from({ length: 40 }, () => ({ ...entry, idempotencyKey: randomUUID() }));
    const services = await buildServices(stack.env, { logger: QUIET });
    onTestFinished(() => services.close());
    const batch = { method: 'POST', path: '/v1/messages/batch', token: DEV_API_KEY, json: { messages } };
    let asked = 0;
    const first = await invoke(createHandler(services), batch, () => (asked++ < 30 ? 29_000 : 4_000));
    expect(first.status).toBe(202);
    const rest = first.body.items.filter((item: object) => 'problem' in item);
    expect(rest.length).toBeGreaterThan(5);
    expect(rest.length).toBeLessThan(40);
    for (const { problem } of rest) {
      expect(problem).toMatchObject({ code: 'not-started', status: 503, remedy: { zh: expect.any(String) } });
    }
    const again = await operator('POST', '/v1/messages/batch', { messages });
    const ids = again.body.items.map((item: { message: { id: string } }) => item.message.id);
    for (const { index, message } of first.body.items) if (message) expect(ids[index]).toBe(message.id);
    const { body } = await operator('GET', `/v1/messages?openid=${openid}&limit=200`);
    expect(new Set(body.items.map(({ id }: { id: string }) => id))).toEqual(new Set(ids));
    expect(body.items).toHaveLength(40);
  });

  test('500 at the most', async () => {
    const { status, body } = await operator('POST', '/v1/messages/batch', {
      messages: Array.from({ length: 501 }, () => ({})),
    });
    expect([status, body.errors[0].path]).toEqual([422, 'messages']);
  });
});

describe('reading', () => {
  test("a user's messages, newest first, a page at a time", async () => {
    const { openid, session } = await grantee(5);
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await send(openid, { sendAt: later(3_600_000) })).body.id);
    const first = await call('GET', '/v1/messages?limit=3', { token: session });
    const second = await call('GET', `/v1/messages?limit=3&cursor=${first.body.nextCursor}`, {
      token: session,
    });
    const seen = [...first.body.items, ...second.body.items].map((message) => message.id);
    expect(seen).toEqual(ids.reverse());
    expect(second.body.nextCursor).toBeUndefined();
  });

  test("what is another's is 404, to read, to list and to cancel", async () => {
    const [mine, other] = [await grantee(1), await grantee(1)];
    const { id } = (await send(other.openid, { sendAt: later(3_600_000) })).body;
    for (const [method, path] of [
      ['GET', `/v1/messages/${id}`],
      ['DELETE', `/v1/messages/${id}`],
      ['GET', `/v1/messages?openid=${other.openid}`],
    ] as const) {
      expect((await call(method, path, { token: mine.session })).status).toBe(404);
    }
    expect((await read(id)).status).toBe('scheduled');
  });
});

describe('a mini program', () => {
  test('sends to itself, only templates that the settings open to users', async () => {
    const { openid, session } = await grantee(1);
    await allow(wechat, openid, SHIPPED.templateId);
    const mine = await call('POST', '/v1/messages', { token: session, body: { to: openid, ...PRICE_DROP } });
    expect(mine.status).toBe(202);
    const closed = await call('POST', '/v1/messages', { token: session, body: { to: openid, ...SHIPPED } });
    expect([closed.status, closed.body.code]).toEqual([403, 'template-not-open']);
    const other = await call('POST', '/v1/messages', {
      token: session,
      body: { to: wechat.createUser(), ...PRICE_DROP },
    });
    expect([other.status, other.body.code]).toEqual([403, 'wrong-caller']);
    expect(
      (await call('POST', '/v1/messages/batch', { token: session, body: { messages: [] } })).status,
    ).toBe(403);
  });
});

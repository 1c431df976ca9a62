import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LONG_TERM, PRICE_DROP, SHIPPED, startService } from './running-service.ts';

/* A message that is accepted while an earlier one of the same user, template and `collapseKey` waits. */
const { stack, wechat, call, operator, logIn, allow, grantOf, read, ended } = await startService({
  followChanges: true,
  settings: { USER_SENDABLE_TEMPLATES: PRICE_DROP.templateId, PUBLISHED_EVENTS: '*' },
});
const T = PRICE_DROP.templateId;
const later = (ms: number) => new Date(Date.now() + ms).toISOString();
const sendsTo = (openid: string) => wechat.received({ call: 'send', openid }).items;
const HOUR_MS = 3_600_000;

/** A user with that many grants for the price-drop template. */
async function grantee(grants: number) {
  const user = await logIn();
  await allow(wechat, user.openid, T, grants);
  return user;
}

/** What an event of a digest asks for. */
const digest = (openid: string, more: object = {}) => ({
  to: openid,
  ...PRICE_DROP,
  collapseKey: 'digest',
  sendAt: later(HOUR_MS),
  ...more,
});

const event = (openid: string, more: object = {}, headers?: Record<string, string>) =>
  operator('POST', '/v1/messages', digest(openid, more), headers);

/** How a user's messages stand, newest first. */
async function statuses(openid: string): Promise<string[]> {
  const { items } = (await operator('GET', `/v1/messages?openid=${openid}`)).body;
  return items.map(({ status }: { status: string }) => status);
}

const COLLAPSED = {
  status: 'canceled',
  attempts: 0,
  outcome: {
    reason: 'collapsed',
    remedy: { en: expect.any(String), zh: expect.stringMatching(/\p{sc=Han}/u) },
  },
};

describe('it takes the place of the earlier one and its grant', () => {
  test('three events in an hour cost one grant, and one card leaves, with the latest text', async () => {
    const { openid } = await grantee(1);
    const [first, second] = [await event(openid), await event(openid)];
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 1, spent: 0 });
    const data = { ...PRICE_DROP.data, thing4: '三条更新' };
    const third = await event(openid, { sendAt: later(1_500), data });
    expect([first, second, third].map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(third.body).toMatchObject({ collapseKey: 'digest' });
    expect(third.body).not.toHaveProperty('collapsedInto');
    expect(await read(first.body.id)).toMatchObject({ ...COLLAPSED, collapsedInto: second.body.id });
    expect(await read(second.body.id)).toMatchObject({ ...COLLAPSED, collapsedInto: third.body.id });
    expect((await ended(third.body.id)).status).toBe('sent');
    expect(sendsTo(openid)).toMatchObject([{ data: { thing4: { value: '三条更新' } } }]);
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 0, spent: 1 });
  });

  test('at its own sendAt, be it later or sooner', async () => {
    const { openid } = await grantee(1);
    await event(openid);
    const afterwards = later(2 * HOUR_MS);
    expect((await event(openid, { sendAt: afterwards })).body.sendAt).toBe(afterwards);
    const { body } = await event(openid, { sendAt: undefined });
    expect((await ended(body.id)).status).toBe('sent');
    expect(await statuses(openid)).toEqual(['sent', 'canceled', 'canceled']);
  });

  test('of its user, template and key alone; what has no key is left alone', async () => {
    const [{ openid }, other] = [await grantee(4), await grantee(1)];
    await allow(wechat, openid, SHIPPED.templateId);
    await event(openid);
    await event(openid, { collapseKey: 'Digest' });
    await event(openid, { ...SHIPPED });
    await event(openid, { collapseKey: undefined });
    await event(openid, { collapseKey: undefined });
    await event(other.openid);
    expect(await statuses(openid)).toEqual(Array(5).fill('scheduled'));
    expect(await statuses(other.openid)).toEqual(['scheduled']);
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 4 });
  });

  test('with its own expiresAt', async () => {
    const { openid } = await grantee(1);
    await event(openid, { expiresAt: later(2 * HOUR_MS) });
    expect((await event(openid)).body).not.toHaveProperty('expiresAt');
    const expiresAt = later(3 * HOUR_MS);
    expect((await event(openid, { expiresAt })).body).toMatchObject({ status: 'scheduled', expiresAt });
  });

  test('of a long-term template too, where there is nothing to hold', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, LONG_TERM.templateId);
    const [first, second] = [await event(openid, LONG_TERM), await event(openid, LONG_TERM)];
    expect(await read(first.body.id)).toMatchObject({ ...COLLAPSED, collapsedInto: second.body.id });
    expect(await grantOf(openid, LONG_TERM.templateId)).toMatchObject({ subscribed: true, held: 0 });
  });

  test('20 at once leave one, and one grant held', async () => {
    const { openid } = await grantee(2);
    await event(openid);
    const replies = await Promise.all(Array.from({ length: 20 }, () => event(openid)));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]));
    expect((await statuses(openid)).filter((status) => status === 'scheduled')).toHaveLength(1);
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 1, spent: 0 });
  });
});

describe('one that is being sent is not collapsed', () => {
  test('the newer one needs a grant of its own, without which it is 409 no-grant', async () => {
    const { openid } = await grantee(1);
    wechat.addFault({ call: 'send', kind: 'slow', ms: 1_500, openid });
    const first = await event(openid, { sendAt: undefined });
    await expect.poll(async () => (await read(first.body.id)).status).toBe('sending');
    expect((await event(openid)).body.code).toBe('no-grant');
    await allow(wechat, openid, T);
    const second = await event(openid);
    expect(second.status).toBe(202);
    expect((await ended(first.body.id)).status).toBe('sent');
    expect(await read(second.body.id)).toMatchObject({ status: 'scheduled' });
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 1, spent: 1 });
  });

  test('one that has ended keeps its end', async () => {
    const { openid } = await grantee(2);
    const first = await event(openid, { sendAt: undefined });
    await ended(first.body.id);
    await event(openid);
    expect((await read(first.body.id)).status).toBe('sent');
  });
});

describe('with hold: false', () => {
  test('it takes the grant that the earlier one has', async () => {
    const { openid } = await grantee(1);
    await event(openid);
    await event(openid, { hold: false });
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 1 });
    expect((await event(openid, { collapseKey: 'other' })).body.code).toBe('no-grant');
  });

  test('of an earlier one without a grant it takes the place alone, and holds none', async () => {
    const { openid } = await grantee(1);
    const first = await event(openid, { hold: false });
    await event(openid, { hold: false });
    expect((await read(first.body.id)).status).toBe('canceled');
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 0 });
  });

  test('one that asks for a grant where the earlier has none takes one, or is 409 and changes nothing', async () => {
    const { openid } = await logIn();
    const first = await event(openid, { hold: false });
    expect((await event(openid)).body.code).toBe('no-grant');
    expect((await read(first.body.id)).status).toBe('scheduled');
    await allow(wechat, openid, T);
    await event(openid);
    expect((await read(first.body.id)).status).toBe('canceled');
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 1 });
  });
});

describe('idempotency keys', () => {
  test('a repeat of the earlier one answers it as it stands, and takes nobody’s place', async () => {
    const { openid } = await grantee(1);
    const key = { 'idempotency-key': randomUUID() };
    const sendAt = later(HOUR_MS);
    const first = await event(openid, { sendAt }, key);
    const second = await event(openid);
    const again = await event(openid, { sendAt }, key);
    expect([again.status, again.body.id]).toEqual([200, first.body.id]);
    expect(again.body).toMatchObject({ ...COLLAPSED, collapsedInto: second.body.id });
    expect((await read(second.body.id)).status).toBe('scheduled');
  });

  test('a repeat of the newer one answers the same message', async () => {
    const { openid } = await grantee(1);
    await event(openid);
    const key = { 'idempotency-key': randomUUID() };
    const sendAt = later(HOUR_MS);
    const replies = await Promise.all(Array.from({ length: 10 }, () => event(openid, { sendAt }, key)));
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
    expect(await statuses(openid)).toEqual(['scheduled', 'canceled']);
  });

  test('the same body with another collapseKey is another body', async () => {
    const { openid } = await grantee(2);
    const key = { 'idempotency-key': randomUUID() };
    const sendAt = later(HOUR_MS);
    await event(openid, { sendAt }, key);
    expect((await event(openid, { sendAt, collapseKey: 'news' }, key)).body.code).toBe(
      'idempotency-conflict',
    );
  });
});

describe('a batch with several of one key', () => {
  test('the last of them waits; the others are answered as collapsed', async () => {
    const { openid } = await grantee(2);
    const before = await event(openid);
    const order = digest(openid);
    const { body } = await operator('POST', '/v1/messages/batch', {
      messages: [order, { ...order, collapseKey: undefined }, order, order],
    });
    const [first, apart, second, last] = body.items.map(({ message }: { message: object }) => message);
    expect(first).toMatchObject({ ...COLLAPSED, collapsedInto: second.id });
    expect(second).toMatchObject({ ...COLLAPSED, collapsedInto: last.id });
    expect([apart.status, last.status]).toEqual(['scheduled', 'scheduled']);
    expect(await read(before.body.id)).toMatchObject({ status: 'canceled', collapsedInto: first.id });
    expect(await read(first.id)).toEqual(first);
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 2 });
  });

  test('250 of one key, more than one write has room for', async () => {
    const { openid } = await grantee(1);
    const order = digest(openid);
    const messages = Array.from({ length: 250 }, (_, n) => ({
      ...order,
      idempotencyKey: `${openid} ${n}`.replaceAll(' ', '-'),
    }));
    const { body } = await operator('POST', '/v1/messages/batch', { messages });
    const items: { message: { id: string; status: string } }[] = body.items;
    expect(items.filter(({ message }) => message.status === 'canceled')).toHaveLength(249);
    expect(items.at(-1)?.message.status).toBe('scheduled');
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 1 });
    const again = await operator('POST', '/v1/messages/batch', { messages });
    expect(again.body.items.map(({ message }: { message: { id: string } }) => message.id)).toEqual(
      items.map(({ message }) => message.id),
    );
  }, 60_000);
});

test('a user has room for 200 that wait, and a collapse does not raise the count', async () => {
  const { openid } = await logIn();
  const order = { ...digest(openid), hold: false };
  const messages = Array.from({ length: 200 }, (_, n) => ({ ...order, collapseKey: `key ${n}` }));
  // As many as one call has time for, also on a busy machine.
  for (let at = 0; at < messages.length; at += 50)
    await operator('POST', '/v1/messages/batch', { messages: messages.slice(at, at + 50) });
  expect((await event(openid, { hold: false, collapseKey: 'one more' })).body.code).toBe('too-many-waiting');
  expect((await event(openid, { hold: false, collapseKey: 'key 7' })).status).toBe(202);
  expect((await event(openid, { hold: false, collapseKey: 'one more' })).body.code).toBe('too-many-waiting');
});

describe('afterwards', () => {
  test('canceling the newer one gives the grant back; the collapsed one is canceled already', async () => {
    const { openid } = await grantee(1);
    const [first, second] = [await event(openid), await event(openid)];
    expect((await operator('DELETE', `/v1/messages/${first.body.id}`)).body).toMatchObject(COLLAPSED);
    expect((await read(second.body.id)).status).toBe('scheduled');
    await operator('DELETE', `/v1/messages/${second.body.id}`);
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 0, spent: 0 });
    expect((await read(second.body.id)).collapsedInto).toBeUndefined();
  });

  test('nothing is to be settled by hand', async () => {
    const { openid } = await grantee(1);
    const first = await event(openid);
    await event(openid);
    const settled = await operator('POST', `/v1/messages/${first.body.id}/settle`, { status: 'failed' });
    expect([settled.status, settled.body.code]).toEqual([409, 'not-unknown']);
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 1 });
  });

  test('43101 refuses the one that waits; the collapsed one stays as it is', async () => {
    const { openid } = await grantee(2);
    const [first, second] = [await event(openid), await event(openid)];
    wechat.addFault({ call: 'send', kind: 'errcode', errcode: 43101, openid });
    const { body } = await operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    await ended(body.id);
    await expect.poll(async () => (await read(second.body.id)).outcome?.reason).toBe('grant-revoked');
    expect(await read(first.body.id)).toMatchObject(COLLAPSED);
    expect((await event(openid)).body.code).toBe('no-grant');
  });

  test('nothing is told on the bus, counted as failed or listed as not arrived', async () => {
    const { openid } = await grantee(1);
    const first = await event(openid);
    const { body } = await event(openid, { sendAt: undefined });
    await ended(body.id);
    await stack.idle();
    const told = stack.bus.published().filter(({ detail }) => detail['to'] === openid);
    expect(told.map(({ detailType, detail }) => [detailType, detail['id']])).toEqual([
      ['Message Sent', body.id],
    ]);
    for (const status of ['refused', 'failed', 'unknown']) {
      const { items } = (await operator('GET', `/v1/messages?status=${status}&limit=200`)).body;
      expect(items.map(({ id }: { id: string }) => id)).not.toContain(first.body.id);
    }
  });

  test('erasing the user leaves nothing of either', async () => {
    const { openid } = await grantee(1);
    const [first, second] = [await event(openid), await event(openid)];
    expect((await operator('DELETE', `/v1/users/${openid}`)).status).toBe(200);
    for (const { body } of [first, second])
      expect((await operator('GET', `/v1/messages/${body.id}`)).status).toBe(404);
  });
});

test('a user may give both for messages to themselves, and takes the place of their own', async () => {
  const { openid, session } = await grantee(1);
  const body = digest(openid, { expiresAt: later(2 * HOUR_MS) });
  const replies = [];
  for (let n = 0; n < 2; n++) replies.push(await call('POST', '/v1/messages', { token: session, body }));
  expect(replies.map(({ status }) => status)).toEqual([202, 202]);
  const shown = await call('GET', `/v1/messages/${replies[0]?.body.id}`, { token: session });
  expect(shown.body).toMatchObject({
    ...COLLAPSED,
    collapsedInto: replies[1]?.body.id,
    collapseKey: 'digest',
  });
});

test.each<[string, unknown]>([
  ['empty', ''],
  ['longer than 64 characters', 'x'.repeat(65)],
  ['of two lines', 'a\nb'],
  ['no text', 7],
])('a collapseKey that is %s is 422, with its rule in both languages', async (_, collapseKey) => {
  const { openid } = await logIn();
  const { status, body } = await event(openid, { collapseKey });
  expect([status, body.code]).toEqual([422, 'invalid-body']);
  expect(body.errors).toMatchObject([
    { path: 'collapseKey', message: expect.any(String), zh: expect.stringMatching(/\p{sc=Han}/u) },
  ]);
});

test('a collapseKey may be in any script, of up to 64 characters', async () => {
  const { openid } = await grantee(1);
  const collapseKey = `${'单'.repeat(62)}🛒🛒`;
  expect((await event(openid, { collapseKey })).body.collapseKey).toBe(collapseKey);
  expect((await event(openid, { collapseKey })).status).toBe(202);
});

// Last, because the refusal slows all sending down for a while.
test('one that is tried again waits beside it; the next takes the place of both, and a grant comes back', async () => {
  const { openid } = await grantee(2);
  wechat.setLatency({ ms: 700 });
  onTestFinished(() => wechat.setLatency({ ms: 0 }));
  wechat.addFault({ call: 'send', kind: 'errcode', errcode: 45011, openid, times: 1 });
  const first = await event(openid, { sendAt: undefined });
  await expect.poll(async () => (await read(first.body.id)).status).toBe('sending');
  const second = await event(openid);
  await expect.poll(async () => (await read(first.body.id)).status).toBe('queued');
  expect((await read(second.body.id)).status).toBe('scheduled');
  const third = await event(openid);
  for (const { body } of [first, second])
    expect(await read(body.id)).toMatchObject({ status: 'canceled', collapsedInto: third.body.id });
  expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 1, spent: 0 });
});

import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../../local/wechat-simulator/index.ts';
import { PRICE_DROP, startService } from './running-service.ts';

/* What becomes of a message that has not left by its `expiresAt`, whatever held it up. */
let aheadMs = 0;
const clock = () => Date.now() + aheadMs;
const { stack, wechat, call, operator, logIn, allow, grantOf, read, ended } = await startService({
  clock,
  dispatchEverySeconds: 0,
  settings: { USER_SENDABLE_TEMPLATES: PRICE_DROP.templateId },
});
const T = PRICE_DROP.templateId;
const later = (ms: number) => new Date(clock() + ms).toISOString();
const sendsTo = (openid: string) => wechat.received({ call: 'send', openid }).items;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A user with that many grants for the price-drop template. */
async function grantee(grants = 1) {
  const user = await logIn();
  await allow(wechat, user.openid, T, grants);
  return user;
}

const send = (openid: string, more: object = {}, headers?: Record<string, string>) =>
  operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP, ...more }, headers);

/** Until the test ends. */
function misbehave(fault: Fault): void {
  wechat.addFault(fault);
  onTestFinished(() => wechat.clearFaults());
}

/** The clock moves on, and the dispatcher looks what is due. */
async function jump(ms: number): Promise<void> {
  aheadMs += ms;
  await stack.dispatchNow();
}

const EXPIRED = {
  status: 'failed',
  outcome: {
    reason: 'expired',
    remedy: { en: expect.any(String), zh: expect.stringMatching(/\p{sc=Han}/u) },
  },
};

/** It ended as expired, near its moment, and its grant came back. */
async function expectExpired(openid: string, id: string): Promise<void> {
  const message = await ended(id, 20_000);
  expect(message).toMatchObject(EXPIRED);
  const lateMs = Date.parse(message.outcome.at) - Date.parse(message.expiresAt);
  expect(lateMs).toBeGreaterThanOrEqual(0);
  expect(lateMs).toBeLessThan(10_000);
  expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 0, spent: 0 });
  for (const { startedAtMs } of sendsTo(openid))
    expect(startedAtMs).toBeLessThan(Date.parse(message.expiresAt));
}

describe('a message that leaves in time', () => {
  test('is sent, and shows its expiresAt in UTC', async () => {
    const { openid } = await grantee();
    const atMs = Math.floor(clock() / 1000) * 1000 + HOUR_MS;
    const inShanghai = `${new Date(atMs + 8 * HOUR_MS).toISOString().slice(0, 19)}+08:00`;
    const { status, body } = await send(openid, { expiresAt: inShanghai });
    expect([status, body.expiresAt]).toEqual([202, new Date(atMs).toISOString()]);
    expect(await ended(body.id)).toMatchObject({ status: 'sent', expiresAt: body.expiresAt });
  });

  test('shows none where none was asked for', async () => {
    const { openid } = await grantee();
    expect((await send(openid)).body).not.toHaveProperty('expiresAt');
  });

  test('by a user to themselves, too', async () => {
    const { openid, session } = await grantee();
    const body = { to: openid, ...PRICE_DROP, sendAt: later(HOUR_MS), expiresAt: later(2 * HOUR_MS) };
    const reply = await call('POST', '/v1/messages', { token: session, body });
    expect([reply.status, reply.body.expiresAt]).toEqual([202, body.expiresAt]);
  });
});

describe('expiresAt must be after sendAt, or else after now', () => {
  const RULE = {
    path: 'expiresAt',
    message: 'Must be after sendAt and after now',
    zh: '须晚于 sendAt 和当前时间',
  };

  test.each<[string, () => object]>([
    ['now', () => ({ expiresAt: later(0) })],
    ['past', () => ({ expiresAt: later(-HOUR_MS) })],
    ['at sendAt', () => ({ sendAt: '2099-01-01T00:00:00Z', expiresAt: '2099-01-01T08:00:00+08:00' })],
    ['before sendAt', () => ({ sendAt: '2099-01-01T00:00:00Z', expiresAt: '2098-12-31T00:00:00Z' })],
    ['after a sendAt in the past, and past', () => ({ sendAt: later(-HOUR_MS), expiresAt: later(-1) })],
  ])('%s: 422 names the field and its rule, and no grant is touched', async (_, times) => {
    const { openid } = await grantee();
    const { status, body } = await send(openid, times());
    expect([status, body.code]).toEqual([422, 'invalid-body']);
    expect(body.errors).toEqual([RULE]);
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 0 });
  });

  test('in a batch, that entry alone is refused', async () => {
    const { openid } = await grantee(2);
    const order = { to: openid, ...PRICE_DROP, sendAt: later(HOUR_MS) };
    const { body } = await operator('POST', '/v1/messages/batch', {
      messages: [
        { ...order, expiresAt: later(HOUR_MS / 2) },
        { ...order, expiresAt: later(2 * HOUR_MS) },
      ],
    });
    expect(body.items).toMatchObject([{ problem: { errors: [RULE] } }, { message: { status: 'scheduled' } }]);
  });

  test.each(['2026-02-30T00:00:00Z', 'never', 1_800_000_000, null])(
    '%s is no moment: 422',
    async (expiresAt) => {
      const { openid } = await logIn();
      expect((await send(openid, { expiresAt })).body.errors[0].path).toBe('expiresAt');
    },
  );

  test('ttl was probably meant to be expiresAt', async () => {
    const { openid } = await logIn();
    expect((await send(openid, { ttl: 60 })).body.errors[0].message).toContain('expiresAt');
  });

  test('a repeat under the same idempotency key answers the message, even once that has expired', async () => {
    const { openid } = await grantee();
    const order = { expiresAt: later(HOUR_MS) };
    const key = { 'idempotency-key': randomUUID() };
    const { body } = await send(openid, order, key);
    await ended(body.id);
    aheadMs += 2 * HOUR_MS;
    const again = await send(openid, order, key);
    expect([again.status, again.body.id]).toEqual([200, body.id]);
    const other = await send(openid, { expiresAt: later(HOUR_MS) }, key);
    expect(other.body.code).toBe('idempotency-conflict');
  });
});

describe('what has not left by then ends as failed: expired, near its moment, and its grant comes back', () => {
  test.each<[string, Fault]>([
    [
      'a refusal that is tried again in a minute',
      { call: 'send', kind: 'errcode', errcode: 45011, times: 1 },
    ],
    [
      "a refusal that is tried again after the quota's day",
      { call: 'send', kind: 'errcode', errcode: 45009, times: 1 },
    ],
  ])(
    'held up by %s',
    async (_, fault) => {
      const { openid } = await grantee();
      await ended((await send((await grantee()).openid)).body.id);
      misbehave(fault);
      const { body } = await send(openid, { expiresAt: later(2_000) });
      await expectExpired(openid, body.id);
      // What the account is held back for is over.
      await jump(25 * HOUR_MS);
    },
    30_000,
  );

  test('held up by the lack of any connection', async () => {
    const { openid } = await grantee();
    await ended((await send((await grantee()).openid)).body.id);
    wechat.refuseConnections(3_000);
    const { body } = await send(openid, { expiresAt: later(2_000) });
    await expectExpired(openid, body.id);
    expect(sendsTo(openid)).toEqual([]);
    expect((await ended((await send((await grantee()).openid)).body.id)).status).toBe('sent');
  }, 30_000);

  test('held up by the lack of an access token', async () => {
    const { openid } = await grantee();
    await jump(25 * HOUR_MS);
    misbehave({ call: 'token', kind: 'errcode', errcode: 40125, times: 9_999 });
    const { body } = await send(openid, { expiresAt: later(2_000) });
    await expectExpired(openid, body.id);
    expect(sendsTo(openid)).toEqual([]);
    wechat.clearFaults();
    await jump(25 * HOUR_MS);
  }, 30_000);

  test("held up by the quota's day for longer than the queue can delay: by an entry for its own end", async () => {
    const { openid } = await grantee();
    // An hour into the quota's day, which ends at midnight in Beijing (16:00 UTC): or it might end within the two hours.
    await jump(24 * HOUR_MS - ((clock() + 7 * HOUR_MS) % (24 * HOUR_MS)));
    await ended((await send((await grantee()).openid)).body.id);
    misbehave({ call: 'send', kind: 'errcode', errcode: 45009, openid, times: 1 });
    const { body } = await send(openid, { expiresAt: later(2 * HOUR_MS) });
    await expect.poll(async () => (await read(body.id)).attempts).toBe(1);
    expect(await read(body.id)).toMatchObject({ status: 'queued', outcome: { errcode: 45009 } });
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 1 });
    await jump(2 * HOUR_MS - 10 * MINUTE_MS);
    expect((await read(body.id)).status).toBe('queued');
    await jump(10 * MINUTE_MS);
    await expectExpired(openid, body.id);
    await jump(25 * HOUR_MS);
  }, 30_000);

  test('held up because WeChat refuses every send', async () => {
    misbehave({ call: 'send', kind: 'errcode', errcode: 48001, times: 3 });
    for (let n = 0; n < 3; n++) await ended((await send((await grantee()).openid)).body.id);
    const { openid } = await grantee();
    const { body } = await send(openid, { expiresAt: later(2_000) });
    await expectExpired(openid, body.id);
    expect(sendsTo(openid)).toEqual([]);
    await jump(25 * HOUR_MS);
  }, 30_000);

  test('held up by an outage of the dispatcher, or a long queue', async () => {
    const { openid } = await grantee();
    const { body } = await send(openid, { sendAt: later(HOUR_MS), expiresAt: later(2 * HOUR_MS) });
    await jump(3 * HOUR_MS);
    expect(await ended(body.id)).toMatchObject({ ...EXPIRED, attempts: 0 });
    expect(sendsTo(openid)).toEqual([]);
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 0, spent: 0 });
  });

  test('with hold: false there is no grant to come back', async () => {
    const { openid } = await grantee();
    const { body } = await send(openid, {
      hold: false,
      sendAt: later(HOUR_MS),
      expiresAt: later(2 * HOUR_MS),
    });
    await jump(3 * HOUR_MS);
    expect(await ended(body.id)).toMatchObject(EXPIRED);
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 0, spent: 0 });
  });

  test('-1 to the last try that fits: WeChat may have taken it, so it is unknown and its grant spent', async () => {
    const { openid } = await grantee();
    await ended((await send((await grantee()).openid)).body.id);
    misbehave({ call: 'send', kind: 'errcode', errcode: -1, openid, times: 99 });
    const { body } = await send(openid, { expiresAt: later(3_000) });
    expect(await ended(body.id, 20_000)).toMatchObject({ status: 'unknown', outcome: { errcode: -1 } });
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 0, spent: 1 });
  }, 30_000);
});

test('it can be canceled until then, and not afterwards', async () => {
  const { openid } = await grantee(2);
  const order = { sendAt: later(HOUR_MS), expiresAt: later(2 * HOUR_MS) };
  const [canceled, left] = [await send(openid, order), await send(openid, order)];
  expect((await operator('DELETE', `/v1/messages/${canceled.body.id}`)).body.status).toBe('canceled');
  await jump(3 * HOUR_MS);
  expect(await ended(left.body.id)).toMatchObject(EXPIRED);
  expect((await operator('DELETE', `/v1/messages/${left.body.id}`)).status).toBe(409);
});

test('it is among those that did not arrive', async () => {
  const { openid } = await grantee();
  const { body } = await send(openid, { sendAt: later(HOUR_MS), expiresAt: later(2 * HOUR_MS) });
  await jump(3 * HOUR_MS);
  await ended(body.id);
  const listed = async () => (await operator('GET', `/v1/messages?status=failed&templateId=${T}`)).body.items;
  await expect.poll(async () => (await listed()).map(({ id }: { id: string }) => id)).toContain(body.id);
});

import { afterAll, describe, expect, test } from 'vitest';
import { buildServices } from '../../handlers/send-messages.ts';
import { openidOf } from '../../lib/messages/message.ts';
import type { Fault } from '../../local/wechat-simulator/index.ts';
import { PRICE_DROP, startService } from './running-service.ts';

/*
 * What becomes of a message and its grant for every answer of WeChat's. Nothing takes notes off the queue here:
 * a test hands them to a sender itself, and moves the clock instead of waiting for a retry.
 */
let nowMs = Date.now();
const clock = () => nowMs;
const { stack, wechat, operator, logIn, allow, grantOf, read } = await startService({
  pollers: 0,
  dispatchEverySeconds: 0,
  clock,
});
const T = PRICE_DROP.templateId;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const sender = await buildServices(stack.env, {
  clock,
  sleep: async (ms) => {
    nowMs += Math.ceil(ms);
  },
  logger: { info() {}, warn() {}, error() {} },
});
afterAll(() => sender.close());
const { services: senderServices } = await sender.apps.of();

/** A user with two grants and one message that is ready to go. */
function ready() {
  nowMs += DAY_MS;
  return readyNow();
}

async function readyNow() {
  const { openid } = await logIn();
  await allow(wechat, openid, T, 2);
  const { body } = await operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
  if (!body.id) throw new Error(JSON.stringify(body));
  return { openid, id: body.id as string };
}

/** Tries the job that comes up now, be it from the queue or from a due entry. */
const deliver = (messageId: string) =>
  senderServices.deliver({ messageId, sinceMs: nowMs, entryAtMs: nowMs });

/** Tries until the message has ended, moving on by `stepMs` from one try to the next. */
async function deliverUntilEnded(id: string, stepMs: number) {
  for (let round = 0; round < 60; round++) {
    await deliver(id);
    const message = await read(id);
    if (!['scheduled', 'queued', 'sending'].includes(message.status)) return message;
    nowMs += stepMs;
  }
  throw new Error('The message did not end.');
}

function misbehave(fault: Fault): void {
  wechat.addFault(fault);
}

const requestsTo = (openid: string) => wechat.received({ call: 'send', openid }).items;

const REFUNDED = { available: 2, held: 0, spent: 0 };
const ONE_SPENT = { available: 1, held: 0, spent: 1 };
const ZEROED = { available: 0, held: 0, spent: 2 };

describe('each answer of WeChat', () => {
  test.each<[number, string, number, object, number]>([
    // errcode, how the message ends, requests, the two grants afterwards, from one try to the next
    [41001, 'failed', 1, REFUNDED, 0],
    [40003, 'failed', 1, REFUNDED, 0],
    [40037, 'failed', 1, REFUNDED, 0],
    [41030, 'failed', 1, REFUNDED, 0],
    [43101, 'refused', 1, ZEROED, 0],
    [43107, 'failed', 1, REFUNDED, 0],
    [43108, 'failed', 7, REFUNDED, 5_000],
    [45168, 'failed', 1, REFUNDED, 0],
    [47003, 'failed', 1, REFUNDED, 0],
    [45009, 'failed', 4, REFUNDED, DAY_MS],
    [45011, 'failed', 11, REFUNDED, 10 * MINUTE_MS],
    [48001, 'failed', 1, REFUNDED, 0],
    [47001, 'failed', 1, REFUNDED, 0],
    [44002, 'failed', 1, REFUNDED, 0],
    [43002, 'failed', 1, REFUNDED, 0],
    [40097, 'failed', 1, REFUNDED, 0],
    [40234, 'failed', 1, REFUNDED, 0],
    [-1, 'unknown', 4, ONE_SPENT, 10 * MINUTE_MS],
    ...[48004, 50002, 50004, 50007, 61007, 40013, 40125, 40164, 43003, 45002, 99999, -501001].map(
      (errcode): [number, string, number, object, number] => [errcode, 'failed', 1, REFUNDED, 0],
    ),
  ])(
    'errcode %i to the last try: %s after %i requests',
    async (errcode, status, attempts, grants, stepMs) => {
      const { openid, id } = await ready();
      misbehave({ call: 'send', kind: 'errcode', errcode, openid, times: 99 });
      const message = await deliverUntilEnded(id, stepMs);
      wechat.clearFaults();
      expect(message).toMatchObject({
        status,
        attempts,
        outcome: {
          errcode,
          rid: expect.any(String),
          remedy: { en: expect.stringMatching(/\w{3}/), zh: expect.stringMatching(/\p{sc=Han}{3}/u) },
        },
      });
      expect(await grantOf(openid, T)).toMatchObject(grants);
      expect(requestsTo(openid)).toHaveLength(attempts);
      // However often its note comes again, nothing more leaves.
      await deliver(id);
      expect(requestsTo(openid)).toHaveLength(attempts);
    },
  );

  test.each([
    [-1, 10_000],
    [43108, 5_000],
    [45011, 10 * MINUTE_MS],
    [45009, DAY_MS],
  ])('errcode %i once: kept with its grant held, and sent by the next try', async (errcode, stepMs) => {
    const { openid, id } = await ready();
    misbehave({ call: 'send', kind: 'errcode', errcode, openid });
    await deliver(id);
    expect(await read(id)).toMatchObject({ status: 'queued', attempts: 1 });
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 1, spent: 0 });
    nowMs += stepMs;
    expect(await deliverUntilEnded(id, stepMs)).toMatchObject({ status: 'sent', attempts: 2 });
    expect(await grantOf(openid, T)).toMatchObject(ONE_SPENT);
  });

  test.each([40001, 42001, 40014])(
    'errcode %i once: the call is repeated, and nothing stops; twice: a new token is forced',
    async (errcode) => {
      for (const times of [1, 2]) {
        const { openid, id } = await ready();
        misbehave({ call: 'send', kind: 'errcode', errcode, openid, times });
        expect(await deliverUntilEnded(id, 0)).toMatchObject({ status: 'sent', attempts: 1 });
        expect(requestsTo(openid)).toHaveLength(times + 1);
        expect(await grantOf(openid, T)).toMatchObject(ONE_SPENT);
      }
    },
  );

  test('two false refusals of the token within five minutes keep nobody waiting', async () => {
    for (let n = 0; n < 2; n++) {
      const { openid, id } = await readyNow();
      misbehave({ call: 'send', kind: 'errcode', errcode: 40001, openid });
      await deliver(id);
      expect(await read(id)).toMatchObject({ status: 'sent' });
      nowMs += MINUTE_MS;
    }
  });

  test('a forced token that is refused as well: the message waits with its grant, and is sent later', async () => {
    const { openid, id } = await ready();
    misbehave({ call: 'send', kind: 'errcode', errcode: 40001, openid, times: 3 });
    await deliver(id);
    expect(await read(id)).toMatchObject({
      status: 'queued',
      attempts: 0,
      outcome: { reason: 'token-unavailable' },
    });
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 1, spent: 0 });
    nowMs += 2 * MINUTE_MS;
    expect(await deliverUntilEnded(id, MINUTE_MS)).toMatchObject({ status: 'sent' });
  });
});

describe('what WeChat refuses for everyone', () => {
  /** Messages of as many users, each tried once. Answers how they stand. */
  async function tryEach(count: number): Promise<string[]> {
    const messages = [];
    for (let n = 0; n < count; n++) messages.push(await readyNow());
    for (const { id } of messages) await deliver(id);
    return Promise.all(messages.map(async ({ id }) => (await read(id)).status));
  }

  test.each([48001, 48004, 43107, 99999])(
    'errcode %i three times in a row: the others wait with their grants, and go on when it is over',
    async (errcode) => {
      nowMs += DAY_MS;
      misbehave({ call: 'send', kind: 'errcode', errcode, times: 99 });
      expect(await tryEach(3)).toEqual(['failed', 'failed', 'failed']);
      const { openid, id } = await readyNow();
      expect(await deliver(id)).toMatchObject({ type: 'later', delayMs: expect.any(Number) });
      expect(await read(id)).toMatchObject({ status: 'queued', attempts: 0 });
      expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 1, spent: 0 });

      nowMs += 20 * MINUTE_MS;
      const probe = await readyNow();
      await deliver(probe.id);
      expect(await read(probe.id)).toMatchObject({ status: 'failed', outcome: { errcode } });
      await deliver(id);
      expect(requestsTo(openid)).toHaveLength(0);

      wechat.clearFaults();
      nowMs += 20 * MINUTE_MS;
      expect(await deliverUntilEnded(id, MINUTE_MS)).toMatchObject({ status: 'sent' });
      await settleDown();
    },
  );

  test('one odd errcode, or one of a single user time and again, stops nobody else', async () => {
    nowMs += DAY_MS;
    const { openid } = await logIn();
    await allow(wechat, openid, T, 5);
    misbehave({ call: 'send', kind: 'errcode', errcode: 99999, openid, times: 5 });
    for (let n = 0; n < 5; n++) {
      const { body } = await operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
      await deliver(body.id);
      expect(await read(body.id)).toMatchObject({ status: 'failed' });
    }
    wechat.clearFaults();
    expect(await tryEach(2)).toEqual(['sent', 'sent']);
  });

  test('a message that has waited for a day fails without a request, and its grant comes back', async () => {
    nowMs += DAY_MS;
    misbehave({ call: 'send', kind: 'errcode', errcode: 50002, times: 99 });
    await tryEach(3);
    const { openid, id } = await readyNow();
    const sinceMs = nowMs;
    while ((await read(id)).status !== 'failed' && nowMs < sinceMs + 2 * DAY_MS) {
      nowMs += 90 * MINUTE_MS;
      await tryEach(1);
      await stack.dispatchNow();
      await deliver(id);
    }
    expect(nowMs - sinceMs).toBeGreaterThanOrEqual(DAY_MS);
    expect(await read(id)).toMatchObject({ status: 'failed', outcome: { reason: 'sending-stopped' } });
    expect(await grantOf(openid, T)).toMatchObject(REFUNDED);
    expect(requestsTo(openid)).toHaveLength(0);
    wechat.clearFaults();
    nowMs += DAY_MS;
    await settleDown();
  });

  /** Sends until nothing is slowed down any more. */
  async function settleDown(): Promise<void> {
    for (let n = 0; n < 12; n++) {
      nowMs += 10_000;
      await tryEach(1);
    }
  }
});

describe('no answer', () => {
  test.each(['drop-answer', 'reset', 'half-json', 'http-502', 'cut-short'] as const)(
    '%s: unknown, the grant spent, never sent again by itself',
    async (kind) => {
      const { openid, id } = await ready();
      misbehave({ call: 'send', kind, openid });
      expect(await deliverUntilEnded(id, 0)).toMatchObject({
        status: 'unknown',
        attempts: 1,
        outcome: { reason: 'no-answer' },
      });
      expect(await grantOf(openid, T)).toMatchObject(ONE_SPENT);
      nowMs += 3 * DAY_MS;
      await deliver(id);
      expect(requestsTo(openid)).toHaveLength(1);
    },
  );

  test('no connection at all: kept for up to a day with its grant held, then sent', async () => {
    // The first message fetches the access token, so that the line can be dead for the second alone.
    const { openid, id: first } = await ready();
    await deliver(first);
    const { id } = (await operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP })).body;
    wechat.refuseConnections(400);
    await deliver(id);
    expect(await read(id)).toMatchObject({ status: 'queued', attempts: 0 });
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 1 });
    await new Promise((resolve) => setTimeout(resolve, 600));
    nowMs += MINUTE_MS;
    expect(await deliverUntilEnded(id, MINUTE_MS)).toMatchObject({ status: 'sent', attempts: 1 });
  });

  test.each([-1, 40001, 40013, 40125, 40164, 40243, 45009, 45011, 50004, 50007, 89503])(
    'no access token (%i): queued with its grant reserved, nothing asked of WeChat; sent once there is one',
    async (errcode) => {
      const { openid, id } = await ready();
      misbehave({ call: 'token', kind: 'errcode', errcode, times: 99 });
      await deliver(id);
      expect(await read(id)).toMatchObject({ status: 'queued', attempts: 0 });
      expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 1, spent: 0 });
      expect(requestsTo(openid)).toEqual([]);
      wechat.clearFaults();
      nowMs += 20 * MINUTE_MS;
      expect(await deliverUntilEnded(id, MINUTE_MS)).toMatchObject({ status: 'sent', attempts: 1 });
    },
  );

  test('no access token for a whole day: failed with its reason, the grant given back', async () => {
    const { openid, id } = await ready();
    misbehave({ call: 'token', kind: 'errcode', errcode: 40125, times: 9_999 });
    expect(await deliverUntilEnded(id, 60 * MINUTE_MS)).toMatchObject({
      status: 'failed',
      outcome: { reason: 'token-unavailable' },
    });
    wechat.clearFaults();
    expect(await grantOf(openid, T)).toMatchObject(REFUNDED);
  });
});

describe('43101', () => {
  test('ends the other booked messages of that user and template as refused, without a request', async () => {
    const { openid, id } = await ready();
    const booked = await operator('POST', '/v1/messages', {
      to: openid,
      ...PRICE_DROP,
      sendAt: new Date(nowMs + DAY_MS).toISOString(),
    });
    misbehave({ call: 'send', kind: 'errcode', errcode: 43101, openid });
    await deliver(id);
    expect(await read(id)).toMatchObject({ status: 'refused' });
    expect(await read(booked.body.id)).toMatchObject({
      status: 'refused',
      attempts: 0,
      outcome: { reason: 'grant-revoked' },
    });
    expect(requestsTo(openid)).toHaveLength(1);
    expect(await grantOf(openid, T)).toMatchObject(ZEROED);
  });

  test('grants recorded after the refused send began stay', async () => {
    const { openid, id } = await ready();
    misbehave({ call: 'send', kind: 'errcode', errcode: 43101, openid });
    wechat.setLatency({ ms: 300 });
    const sending = deliver(id);
    await expect.poll(() => requestsTo(openid).length).toBe(1);
    await allow(wechat, openid, T, 1);
    await sending;
    wechat.setLatency({ ms: 0 });
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 0, spent: 2 });
  });
});

test('a message far ahead waits in the table, is handed over in time, also after an outage, and never leaves early', async () => {
  nowMs += DAY_MS;
  const { openid } = await logIn();
  await allow(wechat, openid, T);
  const sendAtMs = nowMs + 3 * DAY_MS;
  const { body } = await operator('POST', '/v1/messages', {
    to: openid,
    ...PRICE_DROP,
    sendAt: new Date(sendAtMs).toISOString(),
  });
  await deliver(body.id);
  expect(await read(body.id)).toMatchObject({ status: 'scheduled', attempts: 0 });
  nowMs = sendAtMs + 5 * MINUTE_MS;
  await stack.dispatchNow();
  expect(openidOf(body.id)).toBe(openid);
  expect(await deliverUntilEnded(body.id, 1_000)).toMatchObject({ status: 'sent' });
});

test('an idempotency key is kept for seven days, and free again after them', async () => {
  nowMs += DAY_MS;
  const { openid } = await logIn();
  await allow(wechat, openid, T, 2);
  const order = { to: openid, ...PRICE_DROP };
  const key = { 'idempotency-key': `week-${openid}` };
  const first = await operator('POST', '/v1/messages', order, key);
  nowMs += 7 * DAY_MS - MINUTE_MS;
  expect((await operator('POST', '/v1/messages', order, key)).body.id).toBe(first.body.id);
  nowMs += 2 * MINUTE_MS;
  const second = await operator('POST', '/v1/messages', order, key);
  expect([second.status, second.body.id === first.body.id]).toEqual([202, false]);
});

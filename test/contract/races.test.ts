import { expect, test } from 'vitest';
import { buildServices, createHandler } from '../../handlers/send-messages.ts';
import { sqsRecord } from '../support/sqs-record.ts';
import { PRICE_DROP, startService } from './running-service.ts';

const { stack, wechat, operator, logIn, allow, grantOf, ended } = await startService();
const T = PRICE_DROP.templateId;

const send = (openid: string, more: object = {}) =>
  operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP, ...more });

test('50 sends at once against 20 grants give 20 sends and 30 no-grant', async () => {
  const { openid } = await logIn();
  await allow(wechat, openid, T, 20);
  const replies = await Promise.all(Array.from({ length: 50 }, () => send(openid)));
  const accepted = replies.filter(({ status }) => status === 202);
  expect(accepted).toHaveLength(20);
  expect(replies.filter(({ body }) => body.code === 'no-grant')).toHaveLength(30);
  for (const { body } of accepted) expect((await ended(body.id, 30_000)).status).toBe('sent');
  expect(wechat.received({ call: 'send', openid }).items.filter(({ accepted }) => accepted)).toHaveLength(20);
  expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 0, spent: 20 });
}, 60_000);

test('30 messages to one openid never overlap', async () => {
  const { openid } = await logIn();
  await allow(wechat, openid, T, 30);
  wechat.setLatency({ ms: 30 });
  const messages = Array.from({ length: 30 }, () => ({ to: openid, ...PRICE_DROP }));
  const { body } = await operator('POST', '/v1/messages/batch', { messages });
  for (const { message } of body.items) expect((await ended(message.id, 40_000)).status).toBe('sent');
  wechat.setLatency({ ms: 0 });
  const { stats, items } = wechat.received({ call: 'send', openid });
  expect(items).toHaveLength(30);
  expect(stats.maxConcurrentSendsPerOpenid).toBe(1);
  expect(stats.overlappingSends).toBe(0);
}, 60_000);

test('8 cold senders ask for a token once between them', async () => {
  const before = wechat.received().stats.byCall['stable-token']?.total ?? 0;
  const env = { ...stack.env, WECHAT_APP_ID: 'wx-eight-cold-senders' };
  const senders = await Promise.all(Array.from({ length: 8 }, () => buildServices(env)));
  const handlers = senders.map((services) => createHandler(services));
  const records = (n: number) => [
    sqsRecord(`record-${n}`, { messageId: `msg_${'0'.repeat(32)}_o${n}`, sinceMs: 0 }),
  ];
  // Another appid has nothing in the table, so each of them starts without a token; WeChat does not know it either.
  await Promise.all(
    handlers.map((handler, n) =>
      handler({ Records: records(n) }, { getRemainingTimeInMillis: () => 60_000 }),
    ),
  );
  expect((wechat.received().stats.byCall['stable-token']?.total ?? 0) - before).toBe(1);
  await Promise.all(senders.map((services) => services.close()));
});

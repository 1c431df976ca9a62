import { expect, test, vi } from 'vitest';
import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { PRICE_DROP, startService } from './running-service.ts';

const OPENID = 'oSame-in-each';
const ALIKE = { openids: [OPENID], templates: SAMPLE_TEMPLATES };
/** Events come 100 ms after what they tell of. */
const WITH_ITS_EVENTS = { dueWithinMs: 500 };
/** WeChat tells when in whole seconds: a grant and its end in one second have no order. */
const A_MOMENT_MS = 1_000;
/** Settings are read again within five minutes. */
const FIVE_MINUTES_MS = 300_000;

let aheadMs = 0;
const service = await startService({
  clock: () => Date.now() + aheadMs,
  moreApps: [ALIKE, ALIKE],
  pushEvents: { delayMs: 100 },
});
for (const { wechat } of service.apps) wechat.createUser({ openid: OPENID });
const [first, second, third] = service.apps as [
  (typeof service.apps)[number],
  (typeof service.apps)[number],
  (typeof service.apps)[number],
];
const order = { to: OPENID, ...PRICE_DROP };
const SAME_KEY = { 'idempotency-key': 'same-in-each' };

test('the same user, template and idempotency key in three apps are three messages, each sent by its own app', async () => {
  const ids = new Set<string>();
  for (const { wechat, allow, operator } of service.apps) {
    await allow(wechat, OPENID, PRICE_DROP.templateId);
    const { status, body } = await operator('POST', '/v1/messages', order, SAME_KEY);
    expect(status).toBe(202);
    ids.add(body.id);
  }
  expect(ids.size).toBe(3);
  await service.stack.idle(WITH_ITS_EVENTS);
  for (const { wechat, grantOf, operator } of service.apps) {
    expect(wechat.received({ call: 'send' }).items).toMatchObject([{ openid: OPENID, errcode: 0 }]);
    expect(wechat.ledger()).toMatchObject([{ openid: OPENID, granted: 1, spent: 1 }]);
    expect(await grantOf(OPENID, PRICE_DROP.templateId)).toMatchObject({ available: 0, spent: 1 });
    const { body } = await operator('GET', `/v1/messages?openid=${OPENID}`);
    expect(body.items).toMatchObject([{ status: 'delivered' }]);
  }
});

test('a session is of the app whose phone logged in, and a code of another app is refused', async () => {
  const { session } = await second.logIn(OPENID);
  const grants = await first.call('GET', '/v1/grants', { token: session });
  expect([grants.status, grants.body.code]).toEqual([404, 'unknown-app']);
  expect((await service.call('GET', '/v1/grants', { token: session })).status).toBe(200);
  const code = second.wechat.login(OPENID);
  expect((await third.call('POST', '/v1/sessions', { body: { code } })).status).toBe(401);
});

test('what WeChat tells of one app changes nothing in another', async () => {
  const { templateId } = PRICE_DROP;
  for (const { wechat, allow } of service.apps) await allow(wechat, OPENID, templateId);
  aheadMs += A_MOMENT_MS;
  second.wechat.changeSettings({ openid: OPENID, templateOff: [templateId] });
  await service.stack.idle(WITH_ITS_EVENTS);
  expect((await second.grantOf(OPENID, templateId)).available).toBe(0);
  expect((await first.grantOf(OPENID, templateId)).available).toBe(1);
  expect((await third.grantOf(OPENID, templateId)).available).toBe(1);
});

test('an app that is added while the stage runs is there within five minutes, and sends', async () => {
  const { appId, wechat, operator, allow, read } = service.addApp(ALIKE);
  expect((await operator('GET', '/v1/templates')).status).toBe(404);
  aheadMs += FIVE_MINUTES_MS;
  await allow(wechat, OPENID, PRICE_DROP.templateId);
  const { status, body } = await operator('POST', '/v1/messages', order);
  expect(status).toBe(202);
  await service.stack.idle();
  expect((await read(body.id)).status).toMatch(/sent|delivered/);
  expect(wechat.received({ call: 'send' }).items).toHaveLength(1);
  const { items } = (await operator('GET', '/v1/apps')).body;
  expect(items.map((each: { appid: string }) => each.appid)).toEqual([
    ...service.apps.map((app) => app.appId),
    appId,
  ]);
});

test('a service card of one app is sent by that app, and another knows nothing of it', async () => {
  const content = { cur_status: 2, queue_number: 'A1', current_number: 'A1', wxa_path_query: '' };
  const code = second.wechat.cardCode({ openid: OPENID, notifyType: 1005 });
  const request = { to: OPENID, notifyType: 1005, code, content };
  const { status, body } = await second.operator('POST', '/v1/cards', request);
  expect(status).toBe(202);
  const becomes = (state: string) =>
    vi.waitFor(
      async () => {
        const { body: card } = await second.operator('GET', `/v1/cards/${body.id}`);
        expect(card).toMatchObject({ status: state });
      },
      { timeout: 10_000, interval: 50 },
    );
  await becomes('active');
  for (const { operator, wechat } of [first, third]) {
    expect(await operator('GET', `/v1/cards/${body.id}`)).toMatchObject({ status: 404 });
    expect(await operator('PATCH', `/v1/cards/${body.id}`, { content })).toMatchObject({ status: 404 });
    expect((await operator('GET', `/v1/cards?openid=${OPENID}`)).body.items).toEqual([]);
    expect(wechat.received({ call: 'set-card' }).items).toEqual([]);
  }
  second.wechat.changeCard({ code, codeState: 10 });
  await second.operator('PATCH', `/v1/cards/${body.id}`, { content: { ...content, current_number: 'A2' } });
  await becomes('refused');
});

import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { LONG_TERM, PRICE_DROP, startService } from './running-service.ts';

const { stack, wechat, call, operator, logIn, allow, grantOf, ended } = await startService({
  followChanges: true,
  pushEvents: { delayMs: 0 },
  dispatchEverySeconds: 0,
});

const LIMITED = {
  templateId: 'policy-expires_mTkw0y1Zb8XhQ3uRr5sVnJc7PaLe',
  data: { character_string1: 'P1', thing2: '家庭财产保险', date3: '2026年12月23日' },
};
const OF_DEVICE = {
  templateId: 'low-water_W3nGq8dYx0VfKtB5zRmHs1uCjPoLaEi7',
  data: { time1: '2026-11-23 10:59:41', enum_string2: '客厅', enum_string3: '水位过低，请及时加水' },
};
const MODEL = 'xo_Ao7bO0L5Glb9U0XKqLw';
const TANK = { sn: 'TANK-1', modelId: MODEL };
const BASIN = { sn: 'BASIN-1', modelId: MODEL };

type Device = typeof TANK;

/** The receipt of a send may have come by the time that it is looked at. */
const ARRIVED = /^(sent|delivered)$/;

const declare = (templateId: string, kind: string) =>
  operator('PUT', `/v1/templates/${templateId}/kind`, { kind });

beforeAll(async () => {
  await operator('GET', '/v1/templates');
  await declare(LIMITED.templateId, 'limited');
  await declare(OF_DEVICE.templateId, 'device');
});

const report = (openid: string, results: object, more: object = {}) =>
  operator('POST', '/v1/grants', { openid, requestId: randomUUID(), results, ...more });

/** The user answers the popup about a device at WeChat, and the answer is reported. */
async function answer(openid: string, device: Device, status: 'accept' | 'reject' = 'accept') {
  const snTicket = wechat.deviceTicket(device);
  const results = { [OF_DEVICE.templateId]: status };
  const answered = wechat.subscribeDevice({ openid, results, ...device, snTicket });
  expect(answered).toMatchObject({ errMsg: 'requestSubscribeDeviceMessage:ok' });
  return report(openid, answered, { devices: [device] });
}

const grantsOf = async (openid: string) => (await operator('GET', `/v1/grants?openid=${openid}`)).body.items;

async function sent(message: object) {
  const { status, body } = await operator('POST', '/v1/messages', message);
  expect(status, JSON.stringify(body)).toBe(202);
  return ended(body.id);
}

const toDevice = (to: string, device: Device) => sent({ to, ...OF_DEVICE, device });

describe('WeChat does not tell limited from long-term, so the owner says which templates are', () => {
  test('PUT /v1/templates/{id}/kind: the template and what is granted from then on have that kind', async () => {
    const { templateId } = LONG_TERM;
    expect((await operator('GET', `/v1/templates/${templateId}`)).body.kind).toBe('long-term');
    expect(await declare(templateId, 'limited')).toMatchObject({
      status: 200,
      body: { templateId, kind: 'limited' },
    });
    const { openid } = await logIn();
    await allow(wechat, openid, templateId);
    expect(await grantOf(openid, templateId)).toMatchObject({ kind: 'limited', subscribed: true });
    await operator('POST', '/v1/templates/sync');
    expect((await operator('GET', `/v1/templates/${templateId}`)).body.kind).toBe('limited');
    expect(await declare(templateId, 'long-term')).toMatchObject({ body: { kind: 'long-term' } });
  });

  test('it needs manage, a kind that there is, and a template of which WeChat leaves it open', async () => {
    const { session } = await logIn();
    const path = `/v1/templates/${LIMITED.templateId}/kind`;
    expect((await call('PUT', path, { token: session, body: { kind: 'limited' } })).status).toBe(403);
    expect(await operator('PUT', path, { kind: 'weekly' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'kind' }] },
    });
    expect(await declare(PRICE_DROP.templateId, 'limited')).toMatchObject({
      status: 422,
      body: { code: 'invalid-body', errors: [{ path: 'kind', zh: expect.stringContaining('one-time') }] },
    });
    expect((await declare('no-such-template', 'limited')).status).toBe(404);
  });

  test('for long-term, limited and device available is null, and subscribed says whether it is on', async () => {
    const { openid } = await logIn();
    for (const { templateId } of [LONG_TERM, LIMITED]) await allow(wechat, openid, templateId);
    await answer(openid, TANK);
    await answer(openid, BASIN, 'reject');
    const on = { available: null, held: 0, spent: 0, subscribed: true };
    expect(await grantsOf(openid)).toEqual([
      expect.objectContaining({ templateId: LONG_TERM.templateId, kind: 'long-term', ...on }),
      expect.objectContaining({
        templateId: OF_DEVICE.templateId,
        kind: 'device',
        device: BASIN,
        ...on,
        subscribed: false,
      }),
      expect.objectContaining({ templateId: OF_DEVICE.templateId, kind: 'device', device: TANK, ...on }),
      expect.objectContaining({ templateId: LIMITED.templateId, kind: 'limited', ...on }),
    ]);
  });
});

describe('a frequency-limited template', () => {
  const policy = (to: string, value: string, more: object = {}) =>
    sent({ to, ...LIMITED, data: { ...LIMITED.data, character_string1: value }, ...more });

  test('one accept serves many messages: one for each value of its required field', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, LIMITED.templateId);
    for (const value of ['P1', 'P2', 'P3']) expect((await policy(openid, value)).status).toMatch(ARRIVED);
  });

  test('a refusal to one takes no subscription away unless it is 43101', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, LIMITED.templateId);
    await policy(openid, 'P1');
    expect(await policy(openid, 'P1')).toMatchObject({
      status: 'failed',
      attempts: 1,
      outcome: { errcode: 999_999, reason: 'unlisted', remedy: { zh: expect.stringContaining('限频') } },
    });
    expect(await grantOf(openid, LIMITED.templateId)).toMatchObject({ subscribed: true });
    expect((await policy(openid, 'P2')).status).toMatch(ARRIVED);
    // Its event is lost, so that it is WeChat's 43101 that tells.
    wechat.addPushFault({ kind: 'lose', openid, event: 'change' });
    wechat.changeSettings({ openid, templateOff: [LIMITED.templateId] });
    expect(await policy(openid, 'P4')).toMatchObject({ status: 'refused', outcome: { errcode: 43101 } });
    expect(await grantOf(openid, LIMITED.templateId)).toMatchObject({ subscribed: false });
    expect((await operator('POST', '/v1/messages', { to: openid, ...LIMITED })).body.code).toBe('no-grant');
  });

  test('refusals over the rate to many users in a row hold back no other message of the template', async () => {
    const openids: string[] = [];
    for (let user = 0; user < 6; user++) {
      const { openid } = await logIn();
      await allow(wechat, openid, LIMITED.templateId);
      openids.push(openid);
    }
    for (const openid of openids) await policy(openid, 'P1');
    for (const openid of openids) expect((await policy(openid, 'P1')).outcome.errcode).toBe(999_999);
    expect((await policy(openids[0] ?? '', 'P9')).status).toMatch(ARRIVED);
  });

  test('a campaign reaches everyone who is subscribed, with one template and no stock', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, LIMITED.templateId);
    const { body: campaign } = await operator('POST', '/v1/campaigns', {
      name: 'Policies',
      ...LIMITED,
      data: { ...LIMITED.data, character_string1: 'P7' },
      audience: { type: 'grantees' },
    });
    const { body: run } = await operator('POST', `/v1/campaigns/${campaign.id}/runs`, {});
    await stack.idle();
    const path = `/v1/campaigns/${campaign.id}/runs/${run.id}/recipients/${openid}`;
    expect((await operator('GET', path)).body.status).toMatch(ARRIVED);
  });
});

test('GET /v1/stats counts what was granted and sent of each kind, and knows no stock of subscriptions', async () => {
  const { openid } = await logIn();
  for (const { templateId } of [LONG_TERM, LIMITED, PRICE_DROP]) await allow(wechat, openid, templateId);
  await answer(openid, TANK);
  await toDevice(openid, TANK);
  await stack.idle();
  const statsOf = async (templateId: string) =>
    (await operator('GET', `/v1/stats?templateId=${templateId}`)).body.items.at(-1);
  for (const { templateId } of [LONG_TERM, LIMITED, OF_DEVICE]) {
    expect(await statsOf(templateId)).toMatchObject({ granted: expect.any(Number), available: null });
  }
  expect((await statsOf(OF_DEVICE.templateId)).sent).toBeGreaterThan(0);
  expect(await statsOf(PRICE_DROP.templateId)).toMatchObject({ granted: 1, available: 1 });
});

test('the event bus is told of a device with its grant, its revocation and its message', async () => {
  const { openid } = await logIn();
  await answer(openid, TANK);
  await toDevice(openid, TANK);
  await answer(openid, TANK, 'reject');
  await stack.idle();
  const published = stack.bus
    .published()
    .filter(({ detail }) => [detail['openid'], detail['to']].includes(openid));
  expect(published.map(({ detailType }) => detailType)).toEqual(['Grant Recorded', 'Grant Revoked']);
  for (const { detail } of published) expect(detail).toMatchObject({ kind: 'device', device: TANK });
});

describe('A device grant names its device', () => {
  test('devices in the report, device in the message: WeChat gets its serial number and model', async () => {
    const { openid } = await logIn();
    const { status, body } = await answer(openid, TANK);
    expect([status, body.grants]).toMatchObject([200, [{ device: TANK, kind: 'device', subscribed: true }]]);
    for (let times = 0; times < 2; times++) {
      expect(await toDevice(openid, TANK)).toMatchObject({
        status: expect.stringMatching(ARRIVED),
        device: TANK,
      });
    }
    const { items } = wechat.received({ openid, templateId: OF_DEVICE.templateId });
    expect(items).toMatchObject([
      { call: 'device-send', device: TANK, accepted: true },
      { call: 'device-send', device: TANK, accepted: true },
    ]);
  });

  test('a device that one report names twice counts once', async () => {
    const { openid } = await logIn();
    const { body } = await report(
      openid,
      { [OF_DEVICE.templateId]: 'accept' },
      { devices: [TANK, { ...TANK }] },
    );
    expect(body.grants).toHaveLength(1);
  });

  test('a member that a device does not have is named, and no other', async () => {
    const device = { ...TANK, model_id: MODEL };
    const { body } = await operator('POST', '/v1/messages', { to: 'oSomebody', ...OF_DEVICE, device });
    expect(body.errors).toEqual([
      {
        path: 'device.model_id',
        message: 'Unknown field; did you mean "modelId"?',
        zh: '未知字段，是否想写 "modelId"？',
      },
    ]);
  });

  test('a campaign whose template is declared to be of devices afterwards sends nothing', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, LONG_TERM.templateId);
    const audience = { type: 'recipients', recipients: [{ openid }] };
    const { body } = await operator('POST', '/v1/campaigns', { name: 'visits', ...LONG_TERM, audience });
    await declare(LONG_TERM.templateId, 'device');
    const run = (await operator('POST', `/v1/campaigns/${body.id}/runs`, {})).body;
    await stack.idle();
    const at = `/v1/campaigns/${body.id}/runs/${run.id}/recipients/${openid}`;
    expect((await operator('GET', at)).body).toMatchObject({
      status: 'failed',
      problems: ['device missing'],
    });
    await declare(LONG_TERM.templateId, 'long-term');
    expect(wechat.received({ call: 'send', openid }).items).toEqual([]);
  });

  test('a message about another device of the user has no grant', async () => {
    const { openid } = await logIn();
    await answer(openid, TANK);
    const refused = await operator('POST', '/v1/messages', { to: openid, ...OF_DEVICE, device: BASIN });
    expect([refused.status, refused.body.code]).toEqual([409, 'no-grant']);
    expect(wechat.received({ openid, call: 'device-send' }).items).toEqual([]);
  });

  test('a refusal about one device leaves the others and what is booked for them', async () => {
    const { openid } = await logIn();
    await answer(openid, TANK);
    await answer(openid, BASIN);
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const book = async (device: Device) =>
      (await operator('POST', '/v1/messages', { to: openid, ...OF_DEVICE, device, sendAt })).body.id;
    const [ofTank, ofBasin] = [await book(TANK), await book(BASIN)];
    wechat.addFault({ call: 'device-send', kind: 'errcode', errcode: 43101, openid });
    expect((await toDevice(openid, TANK)).status).toBe('refused');
    expect(await ended(ofTank)).toMatchObject({ status: 'refused', outcome: { reason: 'grant-revoked' } });
    expect((await operator('GET', `/v1/messages/${ofBasin}`)).body.status).toBe('scheduled');
    expect(await grantsOf(openid)).toMatchObject([
      { device: BASIN, subscribed: true },
      { device: TANK, subscribed: false },
    ]);
    expect((await toDevice(openid, BASIN)).status).toMatch(ARRIVED);
  });

  test('sn and modelId other than at the popup are told by errcode, and take nothing away', async () => {
    const { openid } = await logIn();
    await answer(openid, TANK);
    const misreported = { sn: 'TANK-01', modelId: MODEL };
    await report(openid, { [OF_DEVICE.templateId]: 'accept' }, { devices: [misreported] });
    expect(await toDevice(openid, misreported)).toMatchObject({
      status: 'failed',
      outcome: { errcode: 9800006, reason: 'recipient', remedy: { en: expect.stringContaining('modelId') } },
    });
    expect((await toDevice(openid, TANK)).status).toMatch(ARRIVED);
  });

  test("the user's turning the template off ends it for every device, also what is booked", async () => {
    const { openid } = await logIn();
    for (const device of [TANK, BASIN]) await answer(openid, device);
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await operator('POST', '/v1/messages', {
      to: openid,
      ...OF_DEVICE,
      device: TANK,
      sendAt,
    });
    await wechat.pushOnce({
      openid,
      event: 'subscribe_msg_change_event',
      // WeChat's seconds are coarser than the moments of the reports.
      createTime: Math.ceil(Date.now() / 1000),
      items: [{ TemplateId: OF_DEVICE.templateId, SubscribeStatusString: 'reject' }],
    });
    expect(await ended(body.id)).toMatchObject({ status: 'refused', outcome: { reason: 'grant-revoked' } });
    expect(await grantsOf(openid)).toMatchObject([
      { kind: 'device', subscribed: false },
      { kind: 'device', subscribed: false },
    ]);
  });

  test.each([
    ['POST /v1/messages', 'a message that names no device', { ...OF_DEVICE }, 'device'],
    ['POST /v1/messages', 'a device with a one-time template', { ...PRICE_DROP, device: TANK }, 'device'],
    ['POST /v1/messages', 'a device with a limited template', { ...LIMITED, device: TANK }, 'device'],
    [
      'POST /v1/messages',
      'a serial number with a blank',
      { ...OF_DEVICE, device: { ...TANK, sn: 'A 1' } },
      'device.sn',
    ],
    [
      'POST /v1/messages',
      'a device without a model',
      { ...OF_DEVICE, device: { sn: 'A' } },
      'device.modelId',
    ],
    [
      'POST /v1/grants',
      'a report that names no device',
      { results: { [OF_DEVICE.templateId]: 'accept' } },
      'devices',
    ],
    [
      'POST /v1/grants',
      'a report of devices for a one-time template',
      { results: { [PRICE_DROP.templateId]: 'accept' }, devices: [TANK] },
      'devices',
    ],
    [
      'POST /v1/grants',
      'a report of no device',
      { results: { [OF_DEVICE.templateId]: 'accept' }, devices: [] },
      'devices',
    ],
    [
      'POST /v1/campaigns',
      'a campaign',
      { name: 'Water', ...OF_DEVICE, audience: { type: 'grantees' } },
      'templateId',
    ],
  ])('%s refuses %s, naming the field in both languages', async (route, _what, body, path) => {
    const { openid } = await logIn();
    const [method = '', address = ''] = route.split(' ');
    const whom = { messages: { to: openid }, grants: { openid, requestId: 'r' } }[
      address.split('/')[2] ?? ''
    ];
    const reply = await operator(method, address, { ...whom, ...body });
    expect([reply.status, reply.body.code]).toEqual([422, 'invalid-body']);
    expect(reply.body.errors).toMatchObject([{ path, message: expect.any(String), zh: expect.any(String) }]);
    expect(await grantsOf(openid)).toEqual([]);
  });

  test('an idempotency key stands for one device: the same body about another is a conflict', async () => {
    const { openid } = await logIn();
    for (const device of [TANK, BASIN]) await answer(openid, device);
    const post = (device: Device) =>
      operator(
        'POST',
        '/v1/messages',
        { to: openid, ...OF_DEVICE, device },
        { 'idempotency-key': 'water-1' },
      );
    const first = await post(TANK);
    expect([first.status, (await post(TANK)).body.id]).toEqual([202, first.body.id]);
    expect((await post(BASIN)).body.code).toBe('idempotency-conflict');
  });

  test('an example of a device template has a place for the device, which cannot be sent by mistake', async () => {
    const { body } = await operator('GET', `/v1/templates/${OF_DEVICE.templateId}/example`);
    expect(body.device).toEqual({ sn: expect.any(String), modelId: expect.any(String) });
    expect((await operator('POST', '/v1/messages', body)).status).toBe(422);
  });

  test('a user is erased with all devices', async () => {
    const { openid } = await logIn();
    await answer(openid, TANK);
    await answer(openid, BASIN);
    expect((await operator('DELETE', `/v1/users/${openid}`)).status).toBe(200);
    expect(await grantsOf(openid)).toEqual([]);
    const listed = await operator('GET', `/v1/grants?templateId=${OF_DEVICE.templateId}&limit=200`);
    expect(JSON.stringify(listed.body)).not.toContain(openid);
  });
});

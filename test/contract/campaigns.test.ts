import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { LONG_TERM, PRICE_DROP, quietNow, SHIPPED, startService } from './running-service.ts';

const { stack, wechat, call, operator, logIn, allow, grantOf } = await startService({
  dispatchEverySeconds: 0,
});
const NOON = { expression: 'cron(0 12 * * ? *)', timezone: 'Asia/Shanghai' };

/** A campaign for named recipients: nothing of what other tests do can come into it. */
async function campaign(more: object = {}) {
  const { status, body } = await operator('POST', '/v1/campaigns', {
    name: 'Autumn sale',
    ...PRICE_DROP,
    audience: { type: 'recipients', recipients: [] },
    ...more,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

/** That many users, each with one grant for the price-drop template. */
async function grantees(count: number): Promise<string[]> {
  const openids: string[] = [];
  for (let i = 0; i < count; i++) {
    const { openid } = await logIn();
    await allow(wechat, openid, PRICE_DROP.templateId);
    openids.push(openid);
  }
  return openids;
}

const named = (...openids: string[]) => ({
  audience: { type: 'recipients', recipients: openids.map((openid) => ({ openid })) },
});

async function run(id: string, body: object = {}) {
  const started = await operator('POST', `/v1/campaigns/${id}/runs`, body);
  expect(started.status, JSON.stringify(started.body)).toBe(202);
  await stack.idle();
  return (await operator('GET', `/v1/campaigns/${id}/runs/${started.body.id}`)).body;
}

const upload = (id: string, csv: string, type = 'text/csv') =>
  operator('POST', `/v1/campaigns/${id}/recipients`, csv, { 'content-type': type });

const sendsTo = (openid: string) => wechat.received({ call: 'send', openid }).items;
const schedules = async (): Promise<string[]> => {
  const response = await fetch(`${stack.scheduler.endpoint}/schedules?ScheduleGroup=campaigns`);
  const { Schedules } = (await response.json()) as { Schedules: { Name: string }[] };
  return Schedules.map(({ Name }) => Name);
};
const codes = (reply: { status: number; body: { code: string } }) => [reply.status, reply.body.code];

describe('{{variable}} in the page', () => {
  const forEach = (...variables: Record<string, string>[]) => ({
    audience: {
      type: 'recipients',
      recipients: variables.map((each, index) => ({ openid: `oPage${index}`, variables: each })),
    },
  });

  test('is filled in for each recipient, percent-encoded', async () => {
    const [one = '', two = ''] = await grantees(2);
    const recipients = [
      { openid: one, variables: { 订单: 'A&B #7', kind: 'detail' } },
      { openid: two, variables: { 订单: '小明', kind: 'list' } },
    ];
    const page = '/pages/order/{{kind}}?id={{订单}}&again={{ 订单 }}';
    const made = await campaign({ page, audience: { type: 'recipients', recipients } });
    expect(made.page).toBe('pages/order/{{kind}}?id={{订单}}&again={{订单}}');
    const { body: read } = await operator('GET', `/v1/campaigns/${made.id}`);
    expect(read.page).toBe(made.page);
    await run(made.id);
    expect(sendsTo(one)).toMatchObject([{ page: 'pages/order/detail?id=A%26B%20%237&again=A%26B%20%237' }]);
    expect(sendsTo(two)).toMatchObject([
      { page: 'pages/order/list?id=%E5%B0%8F%E6%98%8E&again=%E5%B0%8F%E6%98%8E' },
    ]);
  });

  test('without a value is an input error at creation', async () => {
    const order = { name: 'x', ...PRICE_DROP, page: 'pages/order?id={{id}}' };
    const missing = await operator('POST', '/v1/campaigns', { ...order, ...forEach({ id: '7' }, {}) });
    expect(codes(missing)).toEqual([422, 'invalid-variables']);
    expect(missing.body.errors).toMatchObject([{ path: 'audience.recipients.1.variables.id' }]);
    const grantees = await operator('POST', '/v1/campaigns', { ...order, audience: { type: 'grantees' } });
    expect(codes(grantees)).toEqual([422, 'invalid-variables']);
    expect(grantees.body.errors).toMatchObject([{ path: 'page' }]);
    const made = await campaign({ page: order.page });
    const added = await upload(made.id, 'openid,id\noOne,7\noTwo,\n');
    expect(codes(added)).toEqual([422, 'invalid-variables']);
    expect(added.body.errors).toMatchObject([{ path: 'line 3.variables.id' }]);
  });

  test('that makes no page, or one that is too long, is an input error', async () => {
    const order = { name: 'x', ...PRICE_DROP, page: '{{page}}?n={{n}}' };
    const bad = [
      { page: 'https://example.com', n: '1' },
      { page: 'pages/a', n: '名'.repeat(200) },
    ];
    const { status, body } = await operator('POST', '/v1/campaigns', { ...order, ...forEach(...bad) });
    expect([status, body.code]).toEqual([422, 'invalid-variables']);
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'audience.recipients.0.variables',
      'audience.recipients.1.variables',
    ]);
  });

  test('in a form that is no variable is warned of, in page and texts', async () => {
    const data = { ...PRICE_DROP.data, thing1: '{{order id}} 降价' };
    const made = await campaign({ data, page: 'pages/order?id={{order.id}}' });
    expect(made.warnings).toMatchObject([
      { path: 'data.thing1', code: 'not-a-variable', en: expect.stringContaining('{{order id}}') },
      { path: 'page', code: 'not-a-variable', en: expect.stringContaining('{{order.id}}') },
    ]);
  });

  test('that comes with a later change fails the recipients without it, and grantees cannot get it', async () => {
    const [openid = ''] = await grantees(1);
    const made = await campaign(named(openid));
    const page = 'pages/order?id={{id}}';
    expect((await operator('PATCH', `/v1/campaigns/${made.id}`, { page })).body.page).toBe(page);
    const done = await run(made.id);
    expect(done.counts).toMatchObject({ failed: 1 });
    const path = `/v1/campaigns/${made.id}/runs/${done.id}/recipients`;
    expect((await operator('GET', path)).body.items).toMatchObject([
      { openid, status: 'failed', reason: 'invalid-data', problems: ['missing-variable id'] },
    ]);
    expect(sendsTo(openid)).toEqual([]);
    const all = await campaign({ audience: { type: 'grantees' } });
    expect(codes(await operator('PATCH', `/v1/campaigns/${all.id}`, { page }))).toEqual([
      422,
      'invalid-variables',
    ]);
  });
});

describe('a campaign', () => {
  test('is made, read, listed newest first, changed and deleted', async () => {
    const made = await campaign({ page: 'pages/sale', lang: 'en_US', fit: true, maxPerSecond: 50 });
    expect(made).toMatchObject({
      name: 'Autumn sale',
      templateId: PRICE_DROP.templateId,
      data: PRICE_DROP.data,
      page: 'pages/sale',
      lang: 'en_US',
      miniprogramState: 'formal',
      fit: true,
      maxPerSecond: 50,
      audience: { type: 'recipients', count: 0 },
      status: 'active',
    });
    const second = await campaign({ name: 'Winter' });
    const { body: list } = await operator('GET', '/v1/campaigns?limit=1');
    expect(list.items.map(({ id }: { id: string }) => id)).toEqual([second.id]);
    const { body: next } = await operator('GET', `/v1/campaigns?limit=1&cursor=${list.nextCursor}`);
    expect(next.items.map(({ id }: { id: string }) => id)).toEqual([made.id]);

    const changes = { name: 'Spring', page: null, maxPerSecond: 10 };
    const { status, body } = await operator('PATCH', `/v1/campaigns/${made.id}`, changes);
    expect([status, body.name, body.page, body.maxPerSecond]).toEqual([200, 'Spring', undefined, 10]);
    expect((await operator('GET', `/v1/campaigns/${made.id}`)).body).toEqual(body);

    expect((await operator('DELETE', `/v1/campaigns/${made.id}`)).status).toBe(204);
    expect(codes(await operator('GET', `/v1/campaigns/${made.id}`))).toEqual([404, 'not-found']);
    expect(codes(await operator('DELETE', `/v1/campaigns/${made.id}`))).toEqual([404, 'not-found']);
  });

  test('needs the scope "manage", reading it "read"', async () => {
    const { session } = await logIn();
    expect(codes(await call('GET', '/v1/campaigns', { token: session }))).toEqual([403, 'wrong-caller']);
    expect(codes(await call('POST', '/v1/campaigns', { body: {} }))).toEqual([401, 'missing-token']);
  });

  test.each<[string, object, number, string, string]>([
    ['an unknown field', { color: 'red' }, 422, 'invalid-body', 'color'],
    ['an unknown template', { templateId: 'x'.repeat(43) }, 422, 'unknown-template', ''],
    ['bad data', { data: { ...PRICE_DROP.data, amount2: 'cheap' } }, 422, 'invalid-data', 'data.amount2'],
    [
      'a bad expression',
      { schedule: { ...NOON, expression: 'cron(0 25 * * ? *)' } },
      422,
      'invalid-schedule',
      'schedule.expression',
    ],
    [
      'a bad time zone',
      { schedule: { ...NOON, timezone: 'Asia/Guangzhou' } },
      422,
      'invalid-schedule',
      'schedule.timezone',
    ],
    [
      'a moment that is over',
      { schedule: { ...NOON, expression: 'at(2020-01-01T09:00:00)' } },
      422,
      'invalid-schedule',
      'schedule.expression',
    ],
    [
      'years that are over',
      { schedule: { ...NOON, expression: 'cron(0 9 * * ? 2020)' } },
      422,
      'invalid-schedule',
      'schedule.expression',
    ],
    [
      'quiet hours of a whole day',
      { quietHours: { from: '09:00', to: '09:00', timezone: 'UTC' } },
      422,
      'invalid-body',
      'quietHours.to',
    ],
    [
      'a variable that grantees cannot have',
      { audience: { type: 'grantees' }, data: { ...PRICE_DROP.data, thing1: '{{name}}' } },
      422,
      'invalid-variables',
      'data.thing1',
    ],
    [
      'a recipient without a variable',
      { ...named('o1'), data: { ...PRICE_DROP.data, thing1: '{{name}}' } },
      422,
      'invalid-variables',
      'audience.recipients.0.variables.name',
    ],
    [
      'the same recipient twice',
      named('o1', 'o2', 'o1'),
      422,
      'invalid-body',
      'audience.recipients.2.openid',
    ],
    ['no openid', named('not an openid'), 422, 'invalid-body', 'audience.recipients.0.openid'],
    [
      'more than a thousand recipients',
      named(...Array.from({ length: 1001 }, (_, i) => `o${i}`)),
      422,
      'invalid-body',
      'audience.recipients',
    ],
  ])('with %s is refused, and nothing is left behind', async (_, wrong, status, code, path) => {
    const before = (await operator('GET', '/v1/campaigns')).body.items.length;
    const body = { name: 'x', ...PRICE_DROP, audience: { type: 'recipients' }, ...wrong };
    const reply = await operator('POST', '/v1/campaigns', body);
    expect(codes(reply), JSON.stringify(reply.body)).toEqual([status, code]);
    if (path !== '') expect(reply.body.errors.map((error: { path: string }) => error.path)).toContain(path);
    expect((await operator('GET', '/v1/campaigns')).body.items).toHaveLength(before);
  });

  test('that is not there is told as such by every route', async () => {
    const id = `cmp_${'0'.repeat(32)}`;
    const runId = `run_${'0'.repeat(32)}`;
    for (const [method, path, body] of [
      ['GET', `/v1/campaigns/${id}`],
      ['PATCH', `/v1/campaigns/${id}`, { name: 'x' }],
      ['DELETE', `/v1/campaigns/${id}`],
      ['POST', `/v1/campaigns/${id}/recipients`, { recipients: [{ openid: 'o1' }] }],
      ['POST', `/v1/campaigns/${id}/runs`, {}],
      ['GET', `/v1/campaigns/${id}/runs`],
      ['GET', `/v1/campaigns/${id}/runs/${runId}`],
      ['POST', `/v1/campaigns/${id}/runs/${runId}/pause`],
      ['POST', `/v1/campaigns/${id}/runs/${runId}/resume`],
      ['POST', `/v1/campaigns/${id}/runs/${runId}/stop`],
      ['POST', `/v1/campaigns/${id}/runs/${runId}/resend-failed`],
      ['GET', `/v1/campaigns/${id}/runs/${runId}/recipients`],
      ['GET', `/v1/campaigns/${id}/runs/${runId}/recipients/o1`],
    ] as const) {
      expect(codes(await operator(method, path, body)), `${method} ${path}`).toEqual([404, 'not-found']);
    }
  });
});

describe('a schedule', () => {
  test('tells the next five runs, and EventBridge holds it until it is paused', async () => {
    const made = await campaign({ schedule: NOON });
    expect(made.nextRuns).toHaveLength(5);
    expect(made.nextRunAt).toBe(made.nextRuns[0]);
    expect(made.nextRunAt).toMatch(/T04:00:00\.000Z$/);
    expect(await schedules()).toContain(made.id);

    const { body: paused } = await operator('PATCH', `/v1/campaigns/${made.id}`, { status: 'paused' });
    expect([paused.status, paused.nextRunAt]).toEqual(['paused', undefined]);
    expect(await schedules()).not.toContain(made.id);
    expect(codes(await operator('POST', `/v1/campaigns/${made.id}/runs`, {}))).toEqual([
      409,
      'campaign-not-active',
    ]);

    await operator('PATCH', `/v1/campaigns/${made.id}`, { status: 'active' });
    expect(await schedules()).toContain(made.id);
    await operator('PATCH', `/v1/campaigns/${made.id}`, { status: 'ended' });
    expect(await schedules()).not.toContain(made.id);
    expect(codes(await operator('PATCH', `/v1/campaigns/${made.id}`, { status: 'active' }))).toEqual([
      409,
      'campaign-ended',
    ]);
  });

  test('of a rate begins one interval from now', async () => {
    const { nextRuns, createdAt } = await campaign({
      schedule: { expression: 'rate(7 days)', timezone: 'UTC' },
    });
    const [first = 0, second = 0] = nextRuns.map(Date.parse);
    const sevenDaysMs = 7 * 24 * 3_600_000;
    expect(second - first).toBe(sevenDaysMs);
    expect(first - Date.parse(createdAt) - sevenDaysMs).toBeLessThanOrEqual(60_000);
    expect(first).toBeGreaterThanOrEqual(Date.parse(createdAt) + sevenDaysMs);
  });

  test('starts one run for a trigger that is delivered twice at the same time', async () => {
    const [openid = ''] = await grantees(1);
    const { id, nextRunAt } = await campaign({ schedule: NOON, ...named(openid) });
    await stack.scheduler.fire(id, { atMs: Date.parse(nextRunAt), times: 2 });
    await stack.idle();
    await stack.scheduler.fire(id, { atMs: Date.parse(nextRunAt) });
    await stack.idle();
    const { body } = await operator('GET', `/v1/campaigns/${id}/runs`);
    expect(body.items).toMatchObject([{ trigger: 'schedule', status: 'finished', counts: { sent: 1 } }]);
    expect(sendsTo(openid)).toHaveLength(1);
  });

  test('that the campaign has no more starts nothing', async () => {
    const { id, nextRunAt } = await campaign({ schedule: NOON });
    await operator('PATCH', `/v1/campaigns/${id}`, {
      schedule: { ...NOON, expression: 'cron(30 18 * * ? *)' },
    });
    await stack.scheduler.fire(id, { atMs: Date.parse(nextRunAt) });
    await stack.idle();
    expect((await operator('GET', `/v1/campaigns/${id}/runs`)).body.items).toEqual([]);
  });

  test('lost in EventBridge, or left over there, is repaired by the reconciliation', async () => {
    const lost = await campaign({ schedule: NOON });
    const url = `${stack.scheduler.endpoint}/schedules`;
    const kept = await (await fetch(`${url}/${lost.id}?groupName=campaigns`)).json();
    await fetch(`${url}/${lost.id}?groupName=campaigns`, { method: 'DELETE' });
    const left = `cmp_${'f'.repeat(32)}`;
    await fetch(`${url}/${left}`, { method: 'POST', body: JSON.stringify(kept) });
    await stack.fire('reconcile-schedules');
    expect(await schedules()).toContain(lost.id);
    expect(await schedules()).not.toContain(left);
  });
});

describe('recipients', () => {
  const GREETING = { data: { ...PRICE_DROP.data, thing1: '{{name}}的优惠' } };

  test('come as CSV with variables, several uploads after one another, and each gets their own text', async () => {
    const [ming = '', hong = '', li = ''] = await grantees(3);
    const { id } = await campaign(GREETING);
    const first = await upload(id, `\uFEFFopenid,name\r\n${ming},小明\r\n"${hong}","小红"\r\n`);
    expect([first.status, first.body]).toEqual([201, { added: 2, count: 2 }]);
    const second = await operator('POST', `/v1/campaigns/${id}/recipients`, {
      recipients: [{ openid: li, variables: { name: '小丽' } }],
    });
    expect([second.status, second.body]).toEqual([201, { added: 1, count: 3 }]);
    expect(await run(id)).toMatchObject({ recipients: 3, counts: { sent: 3, pending: 0 } });
    expect(sendsTo(hong)).toMatchObject([{ data: { thing1: { value: '小红的优惠' } } }]);
    expect(sendsTo(li)).toMatchObject([{ data: { thing1: { value: '小丽的优惠' } } }]);
  });

  test('sent again because the answer got lost count once', async () => {
    const { id } = await campaign(GREETING);
    const csv = 'openid,name\no1,Ming\n';
    expect((await upload(id, csv)).status).toBe(201);
    const again = await upload(id, csv);
    expect([again.status, again.body]).toEqual([200, { added: 0, count: 1 }]);
    const otherwise = await upload(id, '\uFEFFname,openid\r\nMing,o1\r\n');
    expect([otherwise.status, otherwise.body]).toEqual([200, { added: 0, count: 1 }]);
    const recipients = [{ variables: { name: 'Ming' }, openid: 'o1' }];
    const asJson = await operator('POST', `/v1/campaigns/${id}/recipients`, { recipients });
    expect([asJson.status, asJson.body]).toEqual([200, { added: 0, count: 1 }]);
  });

  test.each([
    [
      'rows and last columns that are empty',
      'openid,name,,\r\no1,小明,,\r\n,,,\r\no2,小红,,\r\n,,,\r\n,,,\r\n',
    ],
    ['semicolons', '\uFEFFsep=;\r\nopenid;name\r\no1;小明\r\no2;小红\r\n;\r\n'],
    ['tabs', 'openid\tname\r\no1\t小明\r\no2\t小红\r\n \t \r\n'],
  ])('as spreadsheets write them are taken: %s', async (_, csv) => {
    const { id } = await campaign(GREETING);
    const reply = await upload(id, csv);
    expect([reply.status, reply.body]).toEqual([201, { added: 2, count: 2 }]);
  });

  test.each<[string, string, string, string]>([
    ['a value beside the columns', 'openid,name,\no1,Ming,\no2,Hong,x\n', 'invalid-csv', 'line 3'],
    ['a bad row behind empty ones', 'openid,name\n,\n,\no1,Ming\n,Hong\n', 'invalid-csv', 'line 5.openid'],
    ['no header', 'o1,Ming\n', 'invalid-csv', 'line 1'],
    [
      'a row that lacks a variable',
      'openid,name\no1,Ming\no2\n',
      'invalid-variables',
      'line 3.variables.name',
    ],
    ['a bad openid', 'openid,name\no1,Ming\no 2,Hong\n', 'invalid-csv', 'line 3.openid'],
    ['a quote that stays open', 'openid,name\no1,"Ming\no2,Hong\n', 'invalid-csv', 'line 2'],
    ['an openid twice', 'openid,name\no1,Ming\no2,Hong\no1,Li\n', 'invalid-csv', 'line 4.openid'],
    [
      'a variable that is missing',
      'openid,name\no1,Ming\no2,\n',
      'invalid-variables',
      'line 3.variables.name',
    ],
    [
      'a text that is too long',
      `openid,name\no1,${'长'.repeat(30)}\n`,
      'invalid-variables',
      'line 2.variables',
    ],
  ])('with %s are refused by line, and nobody is added', async (_, csv, code, path) => {
    const { id } = await campaign(GREETING);
    const reply = await upload(id, csv);
    expect(codes(reply)).toEqual([422, code]);
    expect(reply.body.errors[0].path).toBe(path);
    expect((await operator('GET', `/v1/campaigns/${id}`)).body.audience.count).toBe(0);
  });

  test('in another form, or for grantees, are refused', async () => {
    const { id } = await campaign(GREETING);
    expect(codes(await upload(id, 'openid\no1\n', 'application/vnd.ms-excel'))).toEqual([
      415,
      'unsupported-media-type',
    ]);
    expect(codes(await upload(id, 'openid,name\n'.padEnd(4 * 1024 * 1024 + 1, 'x')))).toEqual([
      413,
      'body-too-large',
    ]);
    expect(codes(await operator('POST', `/v1/campaigns/${id}/recipients`, '"openid\\no1"'))).toEqual([
      422,
      'invalid-body',
    ]);
    const all = await campaign({ audience: { type: 'grantees' } });
    expect(codes(await upload(all.id, 'openid\no1\n'))).toEqual([409, 'not-for-recipients']);
  });
});

describe('a run that a person starts in place of the schedule', () => {
  const MINUTE_MS = 60_000;
  const minutesAgo = (minutes: number) => Math.floor(Date.now() / MINUTE_MS - minutes) * MINUTE_MS;
  /** A campaign whose schedule has a run each day at the time of day of `atMs`. */
  const dailyAt = (atMs: number, of: object) => {
    const at = new Date(atMs);
    const expression = `cron(${at.getUTCMinutes()} ${at.getUTCHours()} * * ? *)`;
    return campaign({ ...of, schedule: { expression, timezone: 'UTC' } });
  };
  const startFor = (id: string, atMs: number, more = {}) =>
    operator('POST', `/v1/campaigns/${id}/runs`, { scheduledAt: new Date(atMs).toISOString(), ...more });

  test('is the same run however often it is asked for, also some seconds off', async () => {
    const [openid = ''] = await grantees(1);
    const atMs = minutesAgo(10);
    const { id } = await dailyAt(atMs, named(openid));
    const answers = await Promise.all([0, 0, 20_000, -40_000].map((offMs) => startFor(id, atMs + offMs)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({ campaignId: id, trigger: 'schedule' });
    await stack.idle();
    expect(sendsTo(openid)).toHaveLength(1);
    expect((await operator('GET', `/v1/campaigns/${id}/runs`)).body.items).toHaveLength(1);
  });

  test('is refused over an hour late, at no moment of the schedule, and with dryRun', async () => {
    const [openid = ''] = await grantees(1);
    const atMs = minutesAgo(62);
    const { id } = await dailyAt(atMs, named(openid));
    const refused = [
      await startFor(id, atMs),
      await startFor(id, minutesAgo(30)),
      await startFor(id, atMs, { dryRun: true }),
    ];
    for (const { status, body } of refused) {
      expect([status, body.code, body.errors[0].path]).toEqual([422, 'invalid-body', 'scheduledAt']);
    }
    await stack.idle();
    expect([sendsTo(openid), (await operator('GET', `/v1/campaigns/${id}/runs`)).body.items]).toEqual([
      [],
      [],
    ]);
  });
});

describe('a run', () => {
  test('reaches each grantee once; who has no grant is skipped, who refuses is refused', async () => {
    const [willing = '', spent = '', unwilling = ''] = await grantees(3);
    const { openid: stranger } = await logIn();
    await operator('POST', '/v1/messages', { to: spent, ...PRICE_DROP });
    await stack.idle();
    wechat.addFault({ call: 'send', kind: 'errcode', errcode: 43101, openid: unwilling });
    const { id } = await campaign(named(willing, spent, unwilling, stranger));
    const done = await run(id);
    expect(done).toMatchObject({
      campaignId: id,
      status: 'finished',
      trigger: 'manual',
      dryRun: false,
      recipients: 4,
    });
    expect(done.counts).toMatchObject({ pending: 0, sent: 1, refused: 1, skipped: 2 });
    expect(sendsTo(willing)).toHaveLength(1);
    expect(sendsTo(stranger)).toEqual([]);
    expect(await grantOf(willing, PRICE_DROP.templateId)).toMatchObject({ available: 0, spent: 1 });
    const of = async (openid: string) =>
      (await operator('GET', `/v1/campaigns/${id}/runs/${done.id}/recipients/${openid}`)).body;
    expect(await of(willing)).toMatchObject({ openid: willing, status: 'sent', errcode: 0 });
    expect(await of(stranger)).toMatchObject({ status: 'skipped' });
    expect((await operator('GET', `/v1/campaigns/${id}/runs/${done.id}/recipients/nobody`)).status).toBe(404);
    const { body: all } = await operator('GET', `/v1/campaigns/${id}/runs/${done.id}/recipients?limit=3`);
    const { body: rest } = await operator(
      'GET',
      `/v1/campaigns/${id}/runs/${done.id}/recipients?limit=3&cursor=${all.nextCursor}`,
    );
    expect([...all.items, ...rest.items].map(({ openid }) => openid).toSorted()).toEqual(
      [willing, spent, unwilling, stranger].toSorted(),
    );
  });

  test('of grantees is for everyone with an available grant when it begins', async () => {
    const openids = [await logIn(), await logIn()].map(({ openid }) => openid);
    for (const openid of openids) await allow(wechat, openid, SHIPPED.templateId);
    const { id } = await campaign({ ...SHIPPED, audience: { type: 'grantees' } });
    expect(await run(id)).toMatchObject({ recipients: 2, counts: { sent: 2 } });
    expect(await run(id)).toMatchObject({ counts: { sent: 0 } });
    expect(openids.map((openid) => sendsTo(openid).length)).toEqual([1, 1]);
  });

  test('of a long-term template reaches the same users each time', async () => {
    const { openid } = await logIn();
    // A template that is known before its first grant: what kind it is goes into the ledger with that.
    const { id } = await campaign({ ...LONG_TERM, audience: { type: 'grantees' } });
    await allow(wechat, openid, LONG_TERM.templateId);
    await run(id);
    await run(id);
    expect(sendsTo(openid)).toHaveLength(2);
  });

  test('that is dry counts and checks, and sends nothing', async () => {
    const [openid = ''] = await grantees(1);
    const { id } = await campaign(named(openid));
    expect(await run(id, { dryRun: true })).toMatchObject({
      dryRun: true,
      status: 'finished',
      recipients: 1,
    });
    expect(sendsTo(openid)).toEqual([]);
    expect(await grantOf(openid, PRICE_DROP.templateId)).toMatchObject({ available: 1 });
  });

  test('can be paused, resumed and stopped; each only where it makes sense', async () => {
    const [openid = ''] = await grantees(1);
    const { id } = await campaign({ ...named(openid), quietHours: quietNow() });
    const { body: started } = await operator('POST', `/v1/campaigns/${id}/runs`, {});
    expect(Date.parse(started.quietUntil)).toBeGreaterThan(Date.now());
    const at = `/v1/campaigns/${id}/runs/${started.id}`;
    const post = (action: string) => operator('POST', `${at}/${action}`);
    expect(codes(await post('resume'))).toEqual([409, 'run-not-paused']);
    expect(codes(await post('resend-failed'))).toEqual([409, 'run-not-over']);
    expect(codes(await operator('DELETE', `/v1/campaigns/${id}`))).toEqual([409, 'campaign-under-way']);
    expect((await post('pause')).body).toMatchObject({ id: started.id, status: 'paused' });
    expect(codes(await post('pause'))).toEqual([409, 'run-not-running']);
    expect((await post('resume')).body).toMatchObject({ status: 'running' });
    expect((await post('stop')).body).toMatchObject({ status: 'stopped', finishedAt: expect.any(String) });
    for (const action of ['pause', 'resume', 'stop']) {
      expect(codes(await post(action))).toEqual([409, 'run-over']);
    }
    expect((await post('resend-failed')).status).toBe(202);
    expect(sendsTo(openid)).toEqual([]);
  });

  test('keeps its pace, stops within three seconds of a pause with all that is queued, and goes on with the rest', async () => {
    const openids = await grantees(16);
    const { id } = await campaign({ ...named(...openids), maxPerSecond: 6 });
    const sends = () => openids.flatMap((openid) => sendsTo(openid));
    const { body: started } = await operator('POST', `/v1/campaigns/${id}/runs`, {});
    await expect.poll(() => sends().length, { timeout: 10_000, interval: 20 }).toBeGreaterThan(3);
    await operator('POST', `/v1/campaigns/${id}/runs/${started.id}/pause`);
    const pausedAtMs = Date.now();
    await sleep(1_500);
    const left = sends().length;
    expect(left).toBeLessThan(16);
    await sleep(1_000);
    expect(sends()).toHaveLength(left);
    await operator('POST', `/v1/campaigns/${id}/runs/${started.id}/resume`);
    await stack.idle({ dueWithinMs: 10_000 });
    const { body } = await operator('GET', `/v1/campaigns/${id}/runs/${started.id}`);
    expect(body).toMatchObject({ status: 'finished', recipients: 16, counts: { sent: 16, pending: 0 } });
    expect(openids.map((openid) => sendsTo(openid).length)).toEqual(openids.map(() => 1));
    const early = sends().filter(({ startedAtMs }) => startedAtMs < pausedAtMs);
    const firstMs = Math.min(...sends().map(({ startedAtMs }) => startedAtMs));
    // A burst of one second's worth, then six a second.
    expect(early.length).toBeLessThanOrEqual(6 + Math.ceil(((pausedAtMs - firstMs) / 1000) * 6));
  }, 30_000);

  test('does not take in who gets a grant after it began', async () => {
    const [early = ''] = await grantees(1);
    const { openid: late } = await logIn();
    const { id } = await campaign({ audience: { type: 'grantees' }, quietHours: quietNow() });
    const { body: started } = await operator('POST', `/v1/campaigns/${id}/runs`, {});
    await stack.idle();
    await allow(wechat, late, PRICE_DROP.templateId);
    const at = `/v1/campaigns/${id}/runs/${started.id}`;
    expect((await operator('GET', `${at}/recipients/${early}`)).body).toMatchObject({ status: 'pending' });
    expect((await operator('GET', `${at}/recipients/${late}`)).status).toBe(404);
    await operator('POST', `${at}/stop`);
  });

  test('again for those who failed leaves out everyone else', async () => {
    const [fine = '', failing = ''] = await grantees(2);
    const { id } = await campaign(named(fine, failing));
    wechat.addFault({ call: 'send', kind: 'errcode', errcode: 40003, openid: failing, times: 1 });
    const first = await run(id);
    expect(first.counts).toMatchObject({ sent: 1, failed: 1 });
    const again = await operator('POST', `/v1/campaigns/${id}/runs/${first.id}/resend-failed`);
    expect([again.status, again.body.trigger, again.body.ofRunId]).toEqual([202, 'resend-failed', first.id]);
    await stack.idle();
    const { body } = await operator('GET', `/v1/campaigns/${id}/runs/${again.body.id}`);
    expect(body).toMatchObject({ recipients: 1, counts: { sent: 1 } });
    expect(sendsTo(fine)).toHaveLength(1);
  });
});

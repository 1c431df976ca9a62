import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FIELD_KINDS } from '../../local/wechat-simulator/field-rules.ts';
import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/samples.ts';
import { VALUES, valuesOf } from '../unit/templates/generated-values.ts';
import { LONG_TERM, PRICE_DROP, SHIPPED, startService } from './running-service.ts';

const keys = (['read', 'send', 'manage'] as const).map((scope) => ({
  name: scope,
  sha256: createHash('sha256').update(`${scope}-key`).digest('hex'),
  scopes: [scope],
}));
const all = { name: 'dev', sha256: createHash('sha256').update('dev-key').digest('hex') };

let aheadMs = 0;
/** Until every process knows what changed. */
const fiveSecondsPass = () => {
  aheadMs += 5_000;
};

const { stack, wechat, call, operator, logIn, allow, grantOf, ended } = await startService({
  clock: () => Date.now() + aheadMs,
  dispatchEverySeconds: 0,
  settings: {
    API_KEYS: JSON.stringify([...keys, { ...all, scopes: ['read', 'send', 'manage'] }]),
    TEMPLATE_ALIASES: `shipped=${SHIPPED.templateId}`,
    USER_SENDABLE_TEMPLATES: 'shipped',
    APP_PAGES: 'pages/index/index,/pages/order/detail',
  },
});

const later = (ms: number) => new Date(Date.now() + ms).toISOString();
const as = (key: string, method: string, path: string, body?: unknown) =>
  call(method, path, { token: `${key}-key`, ...(body !== undefined && { body }) });
const check = (id: string, body: object) => operator('POST', `/v1/templates/${id}/check`, body);
const listed = async (id: string) => (await operator('GET', `/v1/templates/${id}`)).body;
const warningsOf = async (id: string) =>
  (await listed(id)).warnings.map(({ code }: { code: string }) => code);

/** A template of its own for a test that changes it, known to the service. */
async function ownTemplate(templateId: string) {
  const keywords = [
    { key: 'thing1', label: '事项', example: '开会' },
    { key: 'time2', label: '时间', example: '15:01' },
  ];
  const template = { templateId, title: `标题 ${templateId}`, kind: 'one-time', keywords } as const;
  wechat.addTemplates([template]);
  await operator('POST', '/v1/templates/sync');
  return { template, data: { thing1: '开会', time2: '15:01' } };
}

async function booked(templateId: string, data: object, hours = 24, name = templateId): Promise<string> {
  const { openid } = await logIn();
  await allow(wechat, openid, templateId);
  const body = { to: openid, templateId: name, data, sendAt: later(hours * 3_600_000) };
  return (await operator('POST', '/v1/messages', body)).body.id;
}

describe('GET /v1/templates', () => {
  test('lists every template with fields, rules, kind and alias, without a sync before', async () => {
    const { status, body } = await operator('GET', '/v1/templates');
    expect(status).toBe(200);
    expect(body.items.map(({ templateId }: { templateId: string }) => templateId).toSorted()).toEqual(
      SAMPLE_TEMPLATES.map(({ templateId }) => templateId).toSorted(),
    );
    const shipped = await listed(SHIPPED.templateId);
    expect(shipped).toMatchObject({
      alias: 'shipped',
      title: '订单发货通知',
      kind: 'one-time',
      warnings: [],
      syncedAt: expect.stringMatching(/Z$/),
    });
    expect(shipped.fields).toHaveLength(5);
    expect(shipped.fields[4]).toEqual({
      key: 'time5',
      kind: 'time',
      label: '发货时间',
      example: '2026年11月23日 15:01',
      rule: { en: expect.any(String), zh: expect.any(String) },
    });
    expect(await listed(LONG_TERM.templateId)).toMatchObject({ kind: 'long-term' });
  });

  test('in pages, each template once', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await operator('GET', `/v1/templates?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.items.map(({ templateId }: { templateId: string }) => templateId));
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    expect(seen.length).toBeGreaterThanOrEqual(SAMPLE_TEMPLATES.length);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('reading needs read, changing needs manage, and users get neither', async () => {
    const { session } = await logIn();
    const id = PRICE_DROP.templateId;
    const reading = [
      ['GET', '/v1/templates'],
      ['GET', `/v1/templates/${id}`],
      ['GET', `/v1/templates/${id}/example`],
      ['POST', `/v1/templates/${id}/check`, { data: {} }],
    ] as const;
    const changing = [
      ['POST', '/v1/templates/sync'],
      ['PUT', `/v1/templates/${id}/alias`, { alias: 'price-drop' }],
      ['DELETE', `/v1/templates/${id}/alias`],
    ] as const;
    for (const [method, path, body] of reading) {
      expect((await as('read', method, path, body)).status).toBe(200);
      for (const key of ['send', 'manage']) {
        expect((await as(key, method, path, body)).body.code).toBe('missing-scope');
      }
    }
    for (const [method, path, body] of changing) {
      expect((await as('manage', method, path, body)).status).toBeLessThan(300);
      for (const key of ['send', 'read']) {
        expect((await as(key, method, path, body)).body.code).toBe('missing-scope');
      }
      const byUser = await call(method, path, { token: session, ...(body && { body }) });
      expect([byUser.status, byUser.body.code]).toEqual([403, 'wrong-caller']);
    }
  });

  test.each(['GET /v1/templates/none', 'GET /v1/templates/none/example', 'GET /v1/templates/%20'])(
    '404 for %s',
    async (route) => {
      const [method = '', path = ''] = route.split(' ');
      const reply = await operator(method, path);
      expect([reply.status, reply.body.code]).toEqual([404, 'not-found']);
    },
  );
});

const FINE = SHIPPED.data;

describe('bad data is told at once, with its rule and what to do, in both languages', () => {
  test.each([
    ['a missing field', { thing2: undefined }, 'data.thing2', 'missing', /missing[\s\S]*缺少/],
    ['a surplus field', { thing9: 'x' }, 'data.thing9', 'unexpected-key', /not a field[\s\S]*不是/],
    [
      'a key with .DATA',
      { 'thing2.DATA': 'x', thing2: undefined },
      'data.thing2.DATA',
      'data-suffix',
      /Write thing2\.[\s\S]*请写成 thing2/,
    ],
    ['a text that is too long', { thing2: '长'.repeat(21) }, 'data.thing2', 'too-long', /21[\s\S]*21/],
    ['a line break', { thing2: '第一行\n第二行' }, 'data.thing2', 'control-character', /one line[\s\S]*一行/],
    ['an empty text', { thing2: '' }, 'data.thing2', 'empty', /empty[\s\S]*为空/],
    ['white space only', { thing2: ' \u3000' }, 'data.thing2', 'empty', /empty[\s\S]*为空/],
    ['a number', { thing2: 7 }, 'data.thing2', 'not-text', /quotes[\s\S]*引号/],
    ['null', { thing2: null }, 'data.thing2', 'not-text', /null/],
    [
      'Han in a character_string',
      { character_string1: '单号DD2026' },
      'data.character_string1',
      'wrong-form',
      /no Chinese[\s\S]*不能有汉字/,
    ],
    [
      'a full-width tilde',
      { time5: '2026年11月23日 15:01～2026年11月23日 16:01' },
      'data.time5',
      'wrong-form',
      /U\+FF5E[\s\S]*半角/,
    ],
    [
      'a day that does not exist',
      { time5: '2026年2月29日 15:01' },
      'data.time5',
      'no-such-date',
      /does not exist/,
    ],
    ['a month that does not exist', { time5: '2026-13-01 15:01' }, 'data.time5', 'no-such-date', /不存在/],
    [
      'an hour that does not exist',
      { time5: '25:00' },
      'data.time5',
      'wrong-form',
      /24-hour[\s\S]*24 小时制/,
    ],
  ])('%s', async (_, changes, path, code, says) => {
    const data = { ...FINE, ...changes };
    const checked = await check('shipped', { data });
    expect(checked.status).toBe(200);
    expect(checked.body).toMatchObject({ valid: false, templateId: SHIPPED.templateId });
    expect(checked.body.problems).toMatchObject([
      { path, code, rule: { en: expect.any(String), zh: expect.stringMatching(/\p{sc=Han}/u) } },
    ]);
    const { openid } = await logIn();
    const sent = await operator('POST', '/v1/messages', { to: openid, templateId: 'shipped', data });
    expect([sent.status, sent.body.code]).toEqual([422, 'invalid-data']);
    expect(sent.body.errors).toMatchObject([{ path, code }]);
    const [{ message, zh }] = sent.body.errors;
    expect(`${message}\n${zh}`).toMatch(says);
    expect(sent.body.errors[0].suggestion).toEqual(checked.body.problems[0].suggestion);
  });

  test('data as JSON in a text, and as a list', async () => {
    for (const [data, code] of [
      [JSON.stringify(FINE), 'json-text'],
      [[FINE], 'not-an-object'],
    ]) {
      const { body } = await check('shipped', { data });
      expect(body.problems).toMatchObject([{ path: 'data', code }]);
    }
  });

  test('all faults of a message together, in the order of the template, with the length of each value', async () => {
    const data = {
      ...FINE,
      character_string1: '号'.repeat(33),
      thing2: '',
      thing3: 'x'.repeat(30),
      other: 'x',
    };
    const { body } = await check('shipped', { data });
    expect(body.problems).toMatchObject([
      { path: 'data.character_string1', length: 33, limit: 32 },
      { path: 'data.thing2', length: 0 },
      {
        path: 'data.thing3',
        length: 30,
        limit: 20,
        suggestion: { en: expect.stringContaining('fit: true') },
      },
      { path: 'data.other' },
    ]);
  });

  test('each entry of a batch is told its own faults', async () => {
    const { openid } = await logIn();
    const messages = ['长'.repeat(21), '短'].map((thing2) => ({
      to: openid,
      templateId: 'shipped',
      data: { ...FINE, thing2, thing3: '' },
    }));
    const { body } = await operator('POST', '/v1/messages/batch', { messages });
    expect(body.items).toMatchObject([
      { problem: { errors: [{ path: 'data.thing2' }, { path: 'data.thing3' }] } },
      { problem: { errors: [{ path: 'data.thing3' }] } },
    ]);
  });
});

describe('fit', () => {
  test('says what it changed, and what it cannot fit is refused', async () => {
    const data = { ...FINE, thing2: '长'.repeat(25), time5: '2026-11-23T07:01:00Z' };
    const fitted = await check('shipped', { data, fit: true });
    expect(fitted.body).toMatchObject({
      valid: true,
      data: { time5: '2026-11-23 15:01', thing2: `${'长'.repeat(19)}…` },
      fitted: [
        { key: 'thing2', from: '长'.repeat(25), to: `${'长'.repeat(19)}…` },
        { key: 'time5', from: '2026-11-23T07:01:00Z', to: '2026-11-23 15:01' },
      ],
    });
    const refused = await check('shipped', { data: { ...FINE, character_string1: '订单' }, fit: true });
    expect(refused.body.problems).toMatchObject([{ path: 'data.character_string1' }]);
  });

  test('tells moments in the time zone that is asked for', async () => {
    const data = { ...FINE, time5: '2026-11-23T07:01:00Z' };
    const { body } = await check('shipped', { data, fit: true, timezone: 'America/New_York' });
    expect(body.data.time5).toBe('2026-11-23 02:01');
    const { openid } = await logIn();
    await allow(wechat, openid, SHIPPED.templateId);
    const order = { to: openid, templateId: 'shipped', data, fit: true, timezone: 'Europe/Berlin' };
    expect((await operator('POST', '/v1/messages', order)).body.data.time5).toBe('2026-11-23 08:01');
    const wrong = await check('shipped', { data, timezone: 'Mars/Olympus' });
    expect(wrong.body.errors).toMatchObject([{ path: 'timezone' }]);
  });
});

describe('what the check passes', () => {
  const VALUES_PER_KIND = 5;

  const title = 'WeChat takes, of every kind of field, fitted or not; what it would refuse is never sent';
  test(title, { timeout: 60_000 }, async () => {
    const templates = FIELD_KINDS.map((kind) => {
      const listedValues = kind.startsWith('enum') ? { values: [...VALUES] } : {};
      const keywords = [{ key: `${kind}1`, label: '标签', example: '示例', ...listedValues }];
      return { templateId: `only-${kind}`, title: `只有 ${kind}`, kind: 'long-term', keywords } as const;
    });
    wechat.addTemplates(templates);
    await operator('POST', '/v1/templates/sync');
    const orders = FIELD_KINDS.flatMap((kind) => {
      const values = fc.sample(valuesOf(kind), { numRuns: VALUES_PER_KIND, seed: 20261201 });
      return values.map((value, index) => ({
        to: wechat.createUser(),
        templateId: `only-${kind}`,
        data: { [`${kind}1`]: value },
        fit: index % 2 === 0,
      }));
    });
    const waiting = orders.values();
    const lane = async () => {
      for (const { to, templateId } of waiting) await allow(wechat, to, templateId);
    };
    await Promise.all(Array.from({ length: 20 }, lane));
    const { body } = await operator('POST', '/v1/messages/batch', { messages: orders });
    const accepted = body.items.filter((item: { message?: object; problem?: { code: string } }) => {
      if (!item.message) expect(item.problem?.code).toBe('invalid-data');
      return item.message;
    });
    expect(accepted.length).toBeGreaterThan(orders.length / 5);
    expect(accepted.length).toBeLessThan(orders.length);
    const sent = () =>
      wechat.received({ call: 'send' }).items.filter(({ templateId = '' }) => templateId.startsWith('only-'));
    // On a busy machine a job may come before its message, and once more a second later.
    await expect.poll(() => sent().length, { timeout: 30_000 }).toBeGreaterThanOrEqual(accepted.length);
    await stack.idle();
    expect(sent()).toHaveLength(accepted.length);
    expect(new Set(sent().map(({ errcode }) => errcode))).toEqual(new Set([0]));
  });
});

describe('an example', () => {
  test.each(SAMPLE_TEMPLATES.filter(({ kind }) => kind !== 'device'))(
    'of $title can be sent as it stands',
    async ({ templateId }) => {
      const { openid } = await logIn();
      await allow(wechat, openid, templateId);
      const { body } = await operator('GET', `/v1/templates/${templateId}/example?openid=${openid}`);
      const { body: message } = await operator('POST', '/v1/messages', body);
      expect(await ended(message.id)).toMatchObject({ status: 'sent' });
    },
  );

  test('without an openid has a place for one, which cannot be sent by mistake', async () => {
    const { body } = await operator('GET', '/v1/templates/shipped/example');
    expect(body).toMatchObject({ to: '<openid>', templateId: 'shipped', data: FINE_EXAMPLE });
    const sent = await operator('POST', '/v1/messages', body);
    expect(sent.body.errors).toMatchObject([{ path: 'to' }]);
  });
});

const FINE_EXAMPLE = { character_string1: 'DD202611230018', time5: '2026年11月23日 15:01' };

describe('an alias', () => {
  test('is taken wherever an id is, and answers carry it', async () => {
    const { openid, session } = await logIn();
    const results = { shipped: 'accept' };
    wechat.subscribe({ openid, results: { [SHIPPED.templateId]: 'accept' } });
    const reported = await operator('POST', '/v1/grants', { openid, requestId: 'r1', results });
    const named = { templateId: SHIPPED.templateId, templateAlias: 'shipped' };
    expect(reported.body.grants).toMatchObject([{ ...named, available: 1 }]);
    for (const query of [`openid=${openid}&templateId=shipped`, 'templateId=shipped']) {
      const { body } = await operator('GET', `/v1/grants?${query}`);
      expect(body.items).toContainEqual(expect.objectContaining({ ...named, openid }));
    }
    const order = { to: openid, templateId: 'shipped', data: FINE };
    const byUser = await call('POST', '/v1/messages', { token: session, body: order });
    expect(byUser.body).toMatchObject(named);
    expect(await ended(byUser.body.id)).toMatchObject({ ...named, status: 'sent' });
    expect(wechat.received({ call: 'send', openid }).items).toMatchObject([
      { templateId: SHIPPED.templateId },
    ]);
  });

  test('names the template of a campaign, which is warned of its page', async () => {
    const audience = { type: 'grantees' };
    const order = { name: '发货', templateId: 'shipped', data: FINE, audience, page: '/pages/gone?a=1' };
    const { body } = await operator('POST', '/v1/campaigns', order);
    const told = {
      templateId: SHIPPED.templateId,
      templateAlias: 'shipped',
      page: 'pages/gone?a=1',
      warnings: [{ code: 'page-not-listed' }],
    };
    expect(body).toMatchObject(told);
    expect((await operator('GET', `/v1/campaigns/${body.id}`)).body).toMatchObject(told);
  });

  test('and its id in one report name one template twice: 422', async () => {
    const { openid } = await logIn();
    const results = { shipped: 'accept', [SHIPPED.templateId]: 'accept' };
    const { status, body } = await operator('POST', '/v1/grants', { openid, requestId: 'r2', results });
    expect([status, body.errors[0].path]).toEqual([422, 'results']);
    expect(await grantOf(openid, 'shipped')).toBeUndefined();
  });

  test('set through the API is good at once; what is booked stays with its template when it moves', async () => {
    const { template, data } = await ownTemplate('alias-old');
    await ownTemplate('alias-new');
    const put = (id: string, body: object) => operator('PUT', `/v1/templates/${id}/alias`, body);
    const set = await put('alias-old', { alias: 'meeting' });
    expect([set.status, set.body.alias]).toEqual([200, 'meeting']);
    const id = await booked('alias-old', data, 24, 'meeting');
    const taken = await put('alias-new', { alias: 'meeting' });
    expect([taken.status, taken.body.code]).toEqual([409, 'alias-taken']);
    expect(taken.body.detail).toContain(template.templateId);
    expect((await put('alias-new', { alias: 'meeting', move: true })).body.templateId).toBe('alias-new');
    expect((await listed('meeting')).templateId).toBe('alias-new');
    expect((await listed('alias-old')).alias).toBeUndefined();
    fiveSecondsPass();
    expect((await check('meeting', { data })).body.templateId).toBe('alias-new');
    const moved = await operator('GET', `/v1/grants?templateId=meeting`);
    expect(moved.body.items).toEqual([]);
    expect((await operator('GET', `/v1/messages/${id}`)).body.templateId).toBe('alias-old');
    expect((await operator('DELETE', '/v1/templates/meeting/alias')).status).toBe(204);
    expect((await operator('DELETE', '/v1/templates/alias-new/alias')).status).toBe(204);
    expect((await operator('GET', '/v1/templates/meeting')).status).toBe(404);
  });

  test('of the settings is not changed from outside', async () => {
    for (const [method, path, body] of [
      ['PUT', SHIPPED.templateId, { alias: 'sent-out' }],
      ['PUT', PRICE_DROP.templateId, { alias: 'shipped', move: true }],
      ['DELETE', 'shipped', undefined],
    ] as const) {
      const reply = await operator(method, `/v1/templates/${path}/alias`, body);
      expect([reply.status, reply.body.code]).toEqual([409, 'alias-in-settings']);
    }
  });

  test.each(['', '1st', 'with space', '订单', 'x'.repeat(41)])('cannot be "%s"', async (alias) => {
    const reply = await operator('PUT', `/v1/templates/${PRICE_DROP.templateId}/alias`, { alias });
    expect([reply.status, reply.body.errors[0].path]).toEqual([422, 'alias']);
  });

  test('that is misspelt is told the one that was meant, wherever a template is named', async () => {
    const { openid } = await logIn();
    const body = { to: openid, templateId: 'shiped', data: SHIPPED.data };
    const meant = expect.stringContaining('"shipped"');
    const hint = { path: 'templateId', message: meant, zh: meant };
    const single = await operator('POST', '/v1/messages', body);
    expect([single.status, single.body.code, single.body.errors]).toEqual([422, 'unknown-template', [hint]]);
    const messages = [{ ...body, templateId: 'Shipped' }];
    const batch = await operator('POST', '/v1/messages/batch', { messages });
    expect(batch.body.items[0].problem.errors).toEqual([hint]);
    const campaign = { name: 'Sale', ...body, to: undefined, audience: { type: 'grantees' } };
    const made = await operator('POST', '/v1/campaigns', campaign);
    expect([made.status, made.body.code, made.body.errors]).toEqual([422, 'unknown-template', [hint]]);
    for (const [method, path, sent] of [
      ['GET', '', undefined],
      ['GET', '/example', undefined],
      ['POST', '/check', { data: {} }],
      ['PUT', '/alias', { alias: 'other' }],
    ] as const) {
      const reply = await operator(method, `/v1/templates/shiped${path}`, sent);
      expect([reply.status, reply.body.code]).toEqual([404, 'not-found']);
      expect([reply.body.detail, reply.body.remedy.zh]).toEqual([meant, meant]);
    }
  });

  test('is not guessed for a word that is like none', async () => {
    const { body } = await operator('POST', '/v1/messages', { to: 'o1', templateId: 'birthday', data: {} });
    expect([body.code, body.errors]).toEqual(['unknown-template', undefined]);
  });

  test('of a template that WeChat does not have cannot be set', async () => {
    expect((await operator('PUT', '/v1/templates/nothing/alias', { alias: 'nothing' })).status).toBe(404);
  });
});

describe('a page', () => {
  test.each([
    ['/pages/index/index', 'pages/index/index', []],
    [
      'pages/order/detail?id=7&name=张三 先生',
      'pages/order/detail?id=7&name=%E5%BC%A0%E4%B8%89%20%E5%85%88%E7%94%9F',
      [],
    ],
    ['//pages/order/detail?to=%2Fhome&rate=100%', 'pages/order/detail?to=%2Fhome&rate=100%25', []],
    ['pages/gone', 'pages/gone', ['page-not-listed']],
  ])('%s reaches WeChat as %s', async (page, expected, warnings) => {
    const { openid } = await logIn();
    await allow(wechat, openid, SHIPPED.templateId);
    const order = { to: openid, templateId: 'shipped', data: FINE, page };
    const { body } = await operator('POST', '/v1/messages', order);
    expect(body.page).toBe(expected);
    expect((body.warnings ?? []).map(({ code }: { code: string }) => code)).toEqual(warnings);
    await ended(body.id);
    expect(wechat.received({ call: 'send', openid }).items[0]?.page).toBe(expected);
    const checked = await check('shipped', { data: FINE, page });
    expect(checked.body).toMatchObject({ valid: true, page: expected });
    expect(checked.body.warnings).toHaveLength(warnings.length);
  });

  test.each(['', '/', '?id=7', 'https://example.com/', 'a\nb', `pages/x?q=${'张'.repeat(200)}`])(
    '%j is none: 422',
    async (page) => {
      const { status, body } = await check('shipped', { data: FINE, page });
      expect([status, body.errors?.map(({ path }: { path: string }) => path)]).toEqual([422, ['page']]);
    },
  );
});

describe('POST /v1/templates/sync', () => {
  test.each([1, 2])('is not stopped by %i refusals of the access token', async (times) => {
    wechat.addFault({ call: 'templates', kind: 'errcode', errcode: 40001, times });
    expect(await operator('POST', '/v1/templates/sync')).toMatchObject({ status: 200 });
  });

  test('tells what is new', async () => {
    wechat.addTemplates([{ ...SAMPLE_TEMPLATES[0]!, templateId: 'brand-new', title: '全新' }]);
    const { status, body } = await operator('POST', '/v1/templates/sync');
    expect([status, body.added, body.changed, body.removed]).toEqual([200, ['brand-new'], [], []]);
    expect(body.items.length).toBeGreaterThan(SAMPLE_TEMPLATES.length);
  });

  test('a template that vanished is refused from then on, and what is booked with it is named', async () => {
    const { template, data } = await ownTemplate('to-vanish');
    const second = await booked('to-vanish', data, 48);
    const first = await booked('to-vanish', data, 24);
    const canceled = await booked('to-vanish', data, 24);
    await operator('DELETE', `/v1/messages/${canceled}`);
    wechat.removeTemplate('to-vanish');
    expect((await operator('POST', '/v1/templates/sync')).body.removed).toEqual(['to-vanish']);
    const view = await listed('to-vanish');
    expect(view.usedBy).toEqual({ messages: 2, messageIds: [first, second], campaigns: [] });
    expect(view.warnings).toMatchObject([
      { code: 'removed', en: expect.stringContaining('2 booked'), zh: expect.stringContaining('2 条') },
    ]);
    fiveSecondsPass();
    const { openid } = await logIn();
    const sent = await operator('POST', '/v1/messages', { to: openid, templateId: 'to-vanish', data });
    expect(sent.body.code).toBe('unknown-template');
    expect((await check('to-vanish', { data })).status).toBe(404);

    await operator('DELETE', `/v1/messages/${first}`);
    await operator('POST', '/v1/templates/sync');
    expect((await listed('to-vanish')).usedBy).toMatchObject({ messages: 1, messageIds: [second] });

    wechat.addTemplates([template]);
    expect((await operator('POST', '/v1/templates/sync')).body.added).toEqual(['to-vanish']);
    const back = await listed('to-vanish');
    expect([back.warnings, back.usedBy]).toEqual([[], undefined]);
    await operator('DELETE', `/v1/messages/${second}`);
  });

  test('of a template with other fields, the booked messages that no longer fit are named', async () => {
    const { template, data } = await ownTemplate('to-change');
    const id = await booked('to-change', data);
    const [thing1, time2] = [template.keywords[0]!, template.keywords[1]!];
    const amount3 = { key: 'amount3', label: '金额', example: '￥1.00' } as const;
    wechat.addTemplates([{ ...template, keywords: [time2, thing1] }]);
    const reordered = await operator('POST', '/v1/templates/sync');
    expect([reordered.body.changed, await warningsOf('to-change')]).toEqual([[], []]);
    wechat.addTemplates([{ ...template, keywords: [thing1, amount3] }]);
    expect((await operator('POST', '/v1/templates/sync')).body.changed).toEqual(['to-change']);
    expect((await operator('POST', '/v1/templates/sync')).body.changed).toEqual([]);
    const view = await listed('to-change');
    expect(view.warnings).toMatchObject([
      {
        code: 'fields-changed',
        en: expect.stringMatching(/time2, thing1 before, thing1, amount3 now.*1 booked/),
      },
    ]);
    expect(view.usedBy).toMatchObject({ messages: 1, messageIds: [id] });
    await operator('DELETE', `/v1/messages/${id}`);
    await operator('POST', '/v1/templates/sync');
    expect((await listed('to-change')).usedBy).toMatchObject({ messages: 0, messageIds: [] });
  });

  test('campaigns of a template that vanished are paused and named; one resumed after a change stays so', async () => {
    const { template, data } = await ownTemplate('of-campaign');
    const order = { name: '周会', templateId: 'of-campaign', data, audience: { type: 'grantees' } };
    const { body: campaign } = await operator('POST', '/v1/campaigns', order);
    const statusOf = async () => (await operator('GET', `/v1/campaigns/${campaign.id}`)).body.status;
    const paused = { messages: 0, messageIds: [], campaigns: [{ id: campaign.id, name: '周会' }] };
    const amount3 = { key: 'amount3', label: '金额', example: '￥1.00' } as const;
    expect(await statusOf()).toBe('active');

    wechat.addTemplates([{ ...template, keywords: [...template.keywords, amount3] }]);
    await operator('POST', '/v1/templates/sync');
    expect([await statusOf(), (await listed('of-campaign')).usedBy]).toEqual(['paused', paused]);
    fiveSecondsPass();
    const mended = { status: 'active', data: { ...data, amount3: '￥2.00' } };
    expect((await operator('PATCH', `/v1/campaigns/${campaign.id}`, mended)).status).toBe(200);
    await operator('POST', '/v1/templates/sync');
    expect(await statusOf()).toBe('active');

    wechat.removeTemplate('of-campaign');
    await operator('POST', '/v1/templates/sync');
    expect([await statusOf(), (await listed('of-campaign')).usedBy]).toEqual(['paused', paused]);
    expect((await listed('of-campaign')).warnings[0].zh).toContain('周会');
  });

  test('an empty answer loses nothing', async () => {
    const before = (await operator('GET', '/v1/templates')).body.items;
    const atWeChat = wechat.templates();
    for (const { templateId } of atWeChat) wechat.removeTemplate(templateId);
    const { status, body } = await operator('POST', '/v1/templates/sync');
    wechat.addTemplates(atWeChat);
    expect([status, body.removed]).toEqual([200, []]);
    expect(body.items).toHaveLength(before.length);
    expect(await warningsOf(SHIPPED.templateId)).toEqual([]);
  });

  test("WeChat's quota used up is 502 with its answer and what to do; nothing is lost", async () => {
    wechat.addFault({ call: 'templates', kind: 'errcode', errcode: 45009, times: 1 });
    const { status, body } = await operator('POST', '/v1/templates/sync');
    expect([status, body.code]).toEqual([502, 'wechat-refused']);
    expect(body).toMatchObject({
      wechat: { errcode: 45009 },
      remedy: { en: expect.any(String), zh: expect.any(String) },
    });
    expect((await operator('GET', '/v1/templates/shipped')).status).toBe(200);
  });

  test('no answer is 503', async () => {
    wechat.addFault({ call: 'templates', kind: 'reset', times: 5 });
    const { status, body } = await operator('POST', '/v1/templates/sync');
    wechat.clearFaults();
    expect([status, body.code]).toEqual([503, 'wechat-unavailable']);
  });
});

describe('each day', () => {
  test('the templates are read again by themselves', async () => {
    wechat.addTemplates([{ ...SAMPLE_TEMPLATES[0]!, templateId: 'of-the-day', title: '每日' }]);
    await stack.fire('sync-templates');
    expect((await listed('of-the-day')).title).toBe('每日');
  });

  test('a day without quota loses nothing and is not tried again the same day', async () => {
    wechat.addFault({ call: 'templates', kind: 'errcode', errcode: 45009, times: 1 });
    const asked = () => wechat.received().stats.byCall['templates']?.total ?? 0;
    const before = asked();
    await stack.fire('sync-templates');
    expect(asked()).toBe(before + 1);
    expect(await warningsOf('of-the-day')).toEqual([]);
  });

  test('where WeChat cannot be reached the call fails, so that Lambda makes it again', async () => {
    wechat.addFault({ call: 'templates', kind: 'reset', times: 5 });
    await expect(stack.fire('sync-templates')).rejects.toThrow('templates');
    wechat.clearFaults();
  });
});

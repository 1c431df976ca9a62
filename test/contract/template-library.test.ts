import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CATEGORIES, PUBLIC_TITLES } from '../../local/wechat-simulator/public-library.ts';
import { PRICE_DROP, quietNow, startService } from './running-service.ts';

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

const { stack, wechat, call, operator, logIn, allow, grantOf, read, ended } = await startService({
  clock: () => Date.now() + aheadMs,
  dispatchEverySeconds: 0,
  settings: {
    API_KEYS: JSON.stringify([...keys, { ...all, scopes: ['read', 'send', 'manage'] }]),
    TEMPLATE_ALIASES: `fixed=${PRICE_DROP.templateId}`,
  },
});

const as = (key: string, method: string, path: string, body?: unknown) =>
  call(method, path, { token: `${key}-key`, ...(body !== undefined && { body }) });
const library = (path: string) => operator('GET', `/v1/template-library/${path}`);
const add = (body: unknown) => operator('POST', '/v1/templates', body);
const remove = (id: string, query = '') => operator('DELETE', `/v1/templates/${id}${query}`);
const atWeChat = () => wechat.templates().map(({ templateId }) => templateId);
const asked = (name: string) => wechat.received().stats.byCall[name]?.total ?? 0;
const ALL_IDS = CATEGORIES.map(({ id }) => id).join(',');

/** 订单发货通知: 商品名称, 快递公司, 订单编号. */
const SHIPPED = { tid: '403', keywordIds: [2, 3, 1], sceneDescription: '发货后通知买家' };
const DATA = { thing2: '云南高山普洱茶饼', thing3: '顺丰速运', character_string1: 'DD1' };

const before = wechat.templates();
beforeEach(async () => {
  wechat.clearFaults();
  for (const id of atWeChat()) wechat.removeTemplate(id);
  wechat.addTemplates(before);
});
afterEach(() => {
  wechat.clearFaults();
  wechat.setSwitches({ privateTemplates: 25, accountBanned: false, titleIds: 'text' });
});

/** A template of the account that nobody else uses, added through the API. */
async function added(keywordIds: readonly number[] = SHIPPED.keywordIds): Promise<string> {
  const { status, body } = await add({ ...SHIPPED, keywordIds });
  expect(status).toBe(201);
  return body.templateId;
}

async function booked(templateId: string, { minutes = 24 * 60, more = {} } = {}) {
  const { openid } = await logIn();
  await allow(wechat, openid, templateId);
  const sendAt = new Date(Date.now() + aheadMs + minutes * 60_000).toISOString();
  const { status, body } = await operator('POST', '/v1/messages', {
    to: openid,
    templateId,
    data: DATA,
    sendAt,
    ...more,
  });
  expect([status, body.code]).toEqual([202, undefined]);
  return { openid, id: String(body.id) };
}

async function campaignOf(templateId: string) {
  const order = { name: '周五特惠', templateId, data: DATA, audience: { type: 'grantees' } };
  const { status, body } = await operator('POST', '/v1/campaigns', order);
  expect(status).toBe(201);
  return String(body.id);
}

describe('GET /v1/template-library', () => {
  test('has the categories of the account', async () => {
    const { status, body } = await library('categories');
    expect(status).toBe(200);
    expect(body.items).toEqual(CATEGORIES.map(({ id, name }) => ({ categoryId: String(id), name })));
    expect(body.nextCursor).toBeUndefined();
  });

  test.each(['text', 'number'] as const)(
    'has titles by category, in pages, with ids as %s',
    async (titleIds) => {
      wechat.setSwitches({ titleIds });
      const seen: unknown[] = [];
      let cursor = '';
      do {
        const { body } = await library(
          `titles?categoryIds=${ALL_IDS}&limit=2${cursor && `&cursor=${cursor}`}`,
        );
        expect(body.items.length).toBeLessThanOrEqual(2);
        seen.push(...body.items);
        cursor = body.nextCursor ?? '';
      } while (cursor !== '');
      expect(seen).toEqual(
        PUBLIC_TITLES.map(({ tid, title, type, categoryId }) => ({
          tid: String(tid),
          title,
          kind: type === 2 ? 'one-time' : 'long-term',
          categoryId: String(categoryId),
        })),
      );
      expect((await library('titles?categoryIds=732')).body.items).toHaveLength(1);
    },
  );

  test('has the keywords of a title, with the rule for each', async () => {
    const { body } = await library('titles/403/keywords');
    expect(body.items).toHaveLength(7);
    expect(body.items[1]).toEqual({
      keywordId: 2,
      name: '商品名称',
      kind: 'thing',
      example: '云南高山普洱茶饼',
      rule: { en: expect.any(String), zh: expect.stringMatching(/\p{sc=Han}/u) },
    });
    const { body: page } = await library('titles/403/keywords?limit=4');
    const { body: rest } = await library(`titles/403/keywords?cursor=${page.nextCursor}`);
    expect([...page.items, ...rest.items]).toEqual(body.items);
  });

  test.each([
    ['titles', 'categoryIds'],
    ['titles?categoryIds=', 'categoryIds'],
    ['titles?categoryIds="307"', 'categoryIds'],
    ['titles?categoryIds=307,9', 'categoryIds', 200019],
    ['titles?categoryIds=307&limit=201', 'limit'],
    ['titles?categoryIds=307&cursor=x', 'cursor'],
  ])('%s is 422 and names %s', async (path, field, errcode?: number) => {
    const { status, body } = await library(path);
    expect([status, body.code, body.errors?.[0]?.path]).toEqual([422, 'invalid-query', field]);
    expect(body.errors[0].zh).toMatch(/\p{sc=Han}/u);
    expect(body.wechat?.errcode).toBe(errcode);
  });

  test.each(['titles/9/keywords', 'titles/%20/keywords'])('%s is 404', async (path) => {
    const { status, body } = await library(path);
    expect([status, body.code]).toEqual([404, 'not-found']);
  });

  test('what WeChat refuses is 502 with its answer and what to do, no answer 503', async () => {
    wechat.addFault({ call: 'categories', kind: 'errcode', errcode: 20001 });
    expect(await library('categories')).toMatchObject({
      status: 502,
      body: {
        code: 'wechat-refused',
        wechat: { errcode: 20001, rid: expect.any(String) },
        remedy: { en: expect.stringContaining('Try again'), zh: expect.stringContaining('再试') },
      },
    });
    wechat.addFault({ call: 'public-titles', kind: 'reset', times: 5 });
    const { status, body } = await library('titles?categoryIds=307');
    expect([status, body.code]).toEqual([503, 'wechat-unavailable']);
  });

  test('is not stopped by refusals of the access token', async () => {
    wechat.addFault({ call: 'categories', kind: 'errcode', errcode: 40001, times: 2 });
    expect((await library('categories')).status).toBe(200);
  });

  test('reading needs read, adding and deleting need manage, and users get neither', async () => {
    const { session } = await logIn();
    const id = await added();
    const calls = [
      ['read', 'GET', '/v1/template-library/categories'],
      ['read', 'GET', '/v1/template-library/titles?categoryIds=307'],
      ['read', 'GET', '/v1/template-library/titles/403/keywords'],
      ['manage', 'POST', '/v1/templates', SHIPPED],
      ['manage', 'DELETE', `/v1/templates/${id}`],
    ] as const;
    for (const [scope, method, path, body] of calls) {
      for (const other of ['read', 'send', 'manage'].filter((each) => each !== scope)) {
        expect((await as(other, method, path, body)).body.code).toBe('missing-scope');
      }
      expect((await as(scope, method, path, body)).status).toBeLessThan(300);
      const byUser = await call(method, path, { token: session, ...(body && { body }) });
      expect([byUser.status, byUser.body.code]).toEqual([403, 'wrong-caller']);
    }
  });
});

describe('POST /v1/templates', () => {
  test('answers the template with its fields in the order asked for, which can be sent with at once', async () => {
    const { status, body } = await add(SHIPPED);
    expect(status).toBe(201);
    expect(body).toMatchObject({ title: '订单发货通知', kind: 'one-time', warnings: expect.anything() });
    expect(body.fields.map(({ key }: { key: string }) => key)).toEqual(Object.keys(DATA));
    expect(atWeChat()).toContain(body.templateId);
    expect((await operator('GET', `/v1/templates/${body.templateId}`)).body).toEqual(body);
    const { openid } = await logIn();
    await allow(wechat, openid, body.templateId);
    const sent = await operator('POST', '/v1/messages', {
      to: openid,
      templateId: body.templateId,
      data: DATA,
    });
    expect(await ended(sent.body.id)).toMatchObject({ status: 'sent' });
  });

  test('of what the account has already answers that, and reads its list only once', async () => {
    const id = await added();
    const lists = asked('templates');
    for (const body of [
      SHIPPED,
      { ...SHIPPED, keywordIds: [1, 2, 3] },
      { tid: 403, keywordIds: ['3', '2', '1'] },
    ]) {
      const again = await add(body);
      expect([again.status, again.body.templateId]).toEqual([201, id]);
    }
    expect(asked('templates')).toBe(lists);
    expect(atWeChat()).toHaveLength(before.length + 1);
  });

  test.each([
    ['an unknown title', { ...SHIPPED, tid: '9' }, 'tid', 200014],
    ['one keyword', { ...SHIPPED, keywordIds: [1] }, 'keywordIds', 200020],
    ['six keywords', { ...SHIPPED, keywordIds: [1, 2, 3, 4, 5, 6] }, 'keywordIds', 200020],
    ['a keyword twice', { ...SHIPPED, keywordIds: [1, 1] }, 'keywordIds', 200020],
    ['no keyword', { ...SHIPPED, keywordIds: [] }, 'keywordIds', 200020],
    ['a long scene', { ...SHIPPED, sceneDescription: '字'.repeat(16) }, 'sceneDescription', 200021],
    ['a tid that is none', { ...SHIPPED, tid: 'no tid' }, 'tid', undefined],
    ['a keyword by name', { ...SHIPPED, keywordIds: ['商品名称'] }, 'keywordIds.0', undefined],
    ['no tid', { keywordIds: [1, 2] }, 'tid', undefined],
    ["WeChat's own word", { ...SHIPPED, kidList: [1, 2] }, 'kidList', undefined],
  ])('with %s is 422 and names the field', async (_, body, path, errcode) => {
    const reply = await add(body);
    expect([reply.status, reply.body.code]).toEqual([422, 'invalid-body']);
    expect(reply.body.errors).toMatchObject([{ path, zh: expect.stringMatching(/\p{sc=Han}/u) }]);
    expect(reply.body.wechat?.errcode).toBe(errcode);
    expect(atWeChat()).toHaveLength(before.length);
  });

  test('takes the tid of a service card, which has no keywords and cannot be sent', async () => {
    const { status, body } = await add({ tid: 10000001, keywordIds: [] });
    expect([status, body.fields]).toEqual([201, []]);
    expect(body.warnings).toContainEqual(expect.objectContaining({ code: 'no-fields' }));
    expect(await add({ tid: '10000001', keywordIds: [] })).toMatchObject({
      status: 201,
      body: { templateId: body.templateId },
    });
    expect((await add({ tid: '10000001', keywordIds: [1, 2] })).body.errors[0].path).toBe('keywordIds');
    expect((await remove(body.templateId)).status).toBe(200);
    const { body: list } = await operator('GET', '/v1/templates?limit=200');
    expect(list.items.map(({ templateId }: { templateId: string }) => templateId)).not.toContain(
      body.templateId,
    );
  });

  test('in an account that is full or barred is 502 and says what to do', async () => {
    wechat.setSwitches({ privateTemplates: before.length });
    expect(await add(SHIPPED)).toMatchObject({
      status: 502,
      body: { wechat: { errcode: 200012 }, remedy: { en: expect.stringContaining('DELETE /v1/templates') } },
    });
    wechat.setSwitches({ privateTemplates: 25, accountBanned: true });
    expect((await add(SHIPPED)).body).toMatchObject({ wechat: { errcode: 200011 } });
  });

  test('whose list cannot be read names the new template, and a repeat answers it', async () => {
    wechat.addFault({ call: 'templates', kind: 'errcode', errcode: 45009 });
    const { status, body } = await add(SHIPPED);
    expect([status, body.code]).toEqual([503, 'wechat-unavailable']);
    expect(body.wechat.errcode).toBe(45009);
    const id = atWeChat().at(-1)!;
    expect(body.detail).toContain(id);
    const again = await add(SHIPPED);
    expect([again.status, again.body.templateId]).toEqual([201, id]);
  });

  test('whose answer was lost is repeated without harm', async () => {
    wechat.addFault({ call: 'add-template', kind: 'drop-answer' });
    expect((await add(SHIPPED)).body.code).toBe('wechat-unavailable');
    expect((await add(SHIPPED)).status).toBe(201);
    expect(atWeChat()).toHaveLength(before.length + 1);
  });
});

describe('DELETE /v1/templates/{id}', () => {
  test('deletes one that nothing needs, and its alias; twice is no error', async () => {
    const id = await added();
    await operator('PUT', `/v1/templates/${id}/alias`, { alias: 'to-go' });
    const answer = { status: 200, body: { templateId: id, canceledMessages: 0, endedCampaigns: [] } };
    expect(await remove('to-go')).toMatchObject(answer);
    expect(atWeChat()).not.toContain(id);
    expect(await remove(id)).toMatchObject(answer);
    fiveSecondsPass();
    expect((await operator('GET', `/v1/templates/${id}`)).status).toBe(404);
    const { body } = await operator('GET', '/v1/templates?limit=200');
    expect(JSON.stringify(body)).not.toContain(id);
    const { openid } = await logIn();
    const sent = await operator('POST', '/v1/messages', { to: openid, templateId: id, data: DATA });
    expect(sent.body.code).toBe('unknown-template');
    const other = await added([1, 2]);
    expect((await operator('PUT', `/v1/templates/${other}/alias`, { alias: 'to-go' })).status).toBe(200);
  });

  test('of one that there is not is 404', async () => {
    expect(await remove('nothing-of-this-name')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  test('with another value for force is 422', async () => {
    expect((await remove(PRICE_DROP.templateId, '?force=yes')).body.errors).toMatchObject([
      { path: 'force' },
    ]);
    expect((await remove(PRICE_DROP.templateId, '?cursor=x')).body.errors).toMatchObject([
      { path: 'cursor' },
    ]);
  });

  test.each([24 * 60, 20, 10])(
    'is template-in-use while a message waits for %i minutes, until that is canceled',
    async (minutes) => {
      const id = await added();
      const { id: messageId } = await booked(id, { minutes });
      const { status, body } = await remove(id);
      expect([status, body.code]).toEqual([409, 'template-in-use']);
      expect(body.detail).toContain(messageId);
      expect(body.remedy).toMatchObject({
        en: expect.stringContaining('force=true'),
        zh: expect.stringContaining('force=true'),
      });
      expect(atWeChat()).toContain(id);
      await operator('DELETE', `/v1/messages/${messageId}`);
      expect((await remove(id)).status).toBe(200);
    },
  );

  test('is template-in-use while a campaign of it is active, until that is paused or ended', async () => {
    const id = await added();
    const campaignId = await campaignOf(id);
    const { status, body } = await remove(id);
    expect([status, body.code]).toEqual([409, 'template-in-use']);
    expect(body.detail).toContain(campaignId);
    await operator('PATCH', `/v1/campaigns/${campaignId}`, { status: 'paused' });
    expect((await remove(id)).status).toBe(200);
  });

  test('with force cancels what waits, gives the grants back, ends campaigns and stops runs', async () => {
    const id = await added();
    const tomorrow = await booked(id);
    const soon = await booked(id, { minutes: 10 });
    const ungranted = await booked(id, { more: { hold: false } });
    const other = await booked(await added([1, 2]), {
      more: { data: { character_string1: 'DD', thing2: '茶' } },
    });
    const campaignId = await campaignOf(id);
    await allow(wechat, soon.openid, id);
    await operator('PATCH', `/v1/campaigns/${campaignId}`, { quietHours: quietNow() });
    const { body: run } = await operator('POST', `/v1/campaigns/${campaignId}/runs`, {});
    expect(run.status).toBe('running');
    expect(await grantOf(tomorrow.openid, id)).toMatchObject({ available: 0, held: 1 });

    const { status, body } = await remove(id, '?force=true');
    expect([status, body]).toEqual([
      200,
      { templateId: id, canceledMessages: 3, endedCampaigns: [{ id: campaignId, name: '周五特惠' }] },
    ]);
    expect(atWeChat()).not.toContain(id);
    for (const { openid, id: messageId } of [tomorrow, soon]) {
      expect(await read(messageId)).toMatchObject({
        status: 'canceled',
        attempts: 0,
        outcome: {
          reason: 'template-deleted',
          remedy: { en: expect.any(String), zh: expect.stringMatching(/\p{sc=Han}/u) },
        },
      });
      expect(await grantOf(openid, id)).toMatchObject({ held: 0, spent: 0 });
    }
    expect(await grantOf(tomorrow.openid, id)).toMatchObject({ available: 1 });
    expect(await read(ungranted.id)).toMatchObject({ status: 'canceled' });
    expect(await read(other.id)).toMatchObject({ status: 'scheduled' });
    expect((await operator('GET', `/v1/campaigns/${campaignId}`)).body.status).toBe('ended');
    const { body: stopped } = await operator('GET', `/v1/campaigns/${campaignId}/runs/${run.id}`);
    expect(stopped.status).toBe('stopped');
    await stack.idle();
    expect(wechat.received({ call: 'send', templateId: id }).items).toEqual([]);
  });

  test('with force that WeChat refuses cancels nothing', async () => {
    const id = await added();
    const { id: messageId, openid } = await booked(id);
    const campaignId = await campaignOf(id);
    wechat.addFault({ call: 'delete-template', kind: 'errcode', errcode: 20001 });
    expect(await remove(id, '?force=true')).toMatchObject({
      status: 502,
      body: { code: 'wechat-refused', wechat: { errcode: 20001 } },
    });
    expect(await read(messageId)).toMatchObject({ status: 'scheduled' });
    expect(await grantOf(openid, id)).toMatchObject({ held: 1 });
    expect((await operator('GET', `/v1/campaigns/${campaignId}`)).body.status).toBe('active');
    expect((await remove(id, '?force=true')).body).toMatchObject({ canceledMessages: 1 });
  });

  test('whose answer was lost is repeated without harm', async () => {
    const id = await added();
    wechat.addFault({ call: 'delete-template', kind: 'drop-answer' });
    expect((await remove(id)).body.code).toBe('wechat-unavailable');
    expect((await remove(id)).status).toBe(200);
  });

  test('of one that was deleted in WeChat’s console ends what waits for it', async () => {
    const id = await added();
    const { id: messageId } = await booked(id);
    wechat.removeTemplate(id);
    await operator('POST', '/v1/templates/sync');
    expect((await remove(id)).body.code).toBe('template-in-use');
    expect((await remove(id, '?force=true')).body).toMatchObject({ canceledMessages: 1 });
    expect(await read(messageId)).toMatchObject({ status: 'canceled' });
  });

  test('leaves an alias of the settings alone', async () => {
    expect((await remove('fixed')).status).toBe(200);
    expect(atWeChat()).not.toContain(PRICE_DROP.templateId);
    await operator('POST', '/v1/templates/sync');
    expect((await operator('GET', '/v1/templates?limit=200')).body.items).not.toContainEqual(
      expect.objectContaining({ templateId: PRICE_DROP.templateId }),
    );
  });

  test('of one that WeChat lists again later is forgotten', async () => {
    const id = await added();
    const template = wechat.templates().find(({ templateId }) => templateId === id)!;
    await remove(id);
    wechat.addTemplates([template]);
    const { body } = await operator('POST', '/v1/templates/sync');
    expect(body.added).toContain(id);
    expect((await operator('GET', `/v1/templates/${id}`)).status).toBe(200);
  });

  test('is in the audit trail, as is adding', async () => {
    const id = await added();
    await remove(id, '?force=true');
    const { body } = await operator('GET', '/v1/audit?limit=2');
    expect(body.items).toMatchObject([
      { operation: 'deleteTemplate', target: { templateId: id }, values: { force: 'true' } },
      { operation: 'addTemplate', target: { templateId: id }, values: { tid: '403' } },
    ]);
  });
});

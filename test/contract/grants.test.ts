import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LONG_TERM, PRICE_DROP, SHIPPED, startService } from './running-service.ts';

const { wechat, call, operator, logIn, allow, grantOf } = await startService();
const T = PRICE_DROP.templateId;

const report = (session: string, results: Record<string, string>, more: object = {}) =>
  call('POST', '/v1/grants', { token: session, body: { requestId: randomUUID(), results, ...more } });

describe('POST /v1/grants', () => {
  test('the same requestId of one user counts once, however often it is sent and however many arrive at the same time', async () => {
    const { openid, session } = await logIn();
    const body = { requestId: 'tap-1', results: { [T]: 'accept' } };
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => call('POST', '/v1/grants', { token: session, body })),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await call('POST', '/v1/grants', { token: session, body })).status).toBe(200);
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 0, spent: 0 });
  });

  test('the same requestId of another user is another report', async () => {
    const [a, b] = [await logIn(), await logIn()];
    for (const { session } of [a, b]) {
      await call('POST', '/v1/grants', {
        token: session,
        body: { requestId: 'tap', results: { [T]: 'accept' } },
      });
    }
    expect((await grantOf(a.openid, T)).available + (await grantOf(b.openid, T)).available).toBe(2);
  });

  test('every status that begins with accept adds one grant; reject, ban and filter add none and take none away', async () => {
    const { session } = await logIn();
    for (const status of ['accept', 'acceptWithAlert', 'acceptWithAudio', 'acceptWithForcePush']) {
      await report(session, { [T]: status });
    }
    for (const status of ['reject', 'ban', 'filter']) {
      const { body } = await report(session, { [T]: status });
      expect(body.grants).toMatchObject([{ templateId: T, available: 4, lastStatus: status }]);
    }
  });

  test('silent lists the templates whose answer came without a popup', async () => {
    const { session } = await logIn();
    const { body } = await report(session, { [T]: 'reject' }, { silent: [T] });
    expect(body.grants[0]).toMatchObject({ silentReject: true, available: 0 });
  });

  test("WeChat's whole answer may be given as results: its errMsg is ignored", async () => {
    const { openid } = await logIn();
    const results = { [T]: 'accept', errMsg: 'requestSubscribeMessage:ok', errCode: 0, errno: 0 };
    const { status, body } = await operator('POST', '/v1/grants', { openid, requestId: 'r', results });
    expect([status, body.grants]).toMatchObject([200, [{ templateId: T, available: 1 }]]);
    expect((await operator('GET', `/v1/grants?openid=${openid}`)).body.items).toHaveLength(1);
  });

  test("an answer of WeChat's that holds no template is refused, and says whence to take one", async () => {
    const { openid } = await logIn();
    const results = { errMsg: 'requestSubscribeMessage:fail', errCode: 20004 };
    const { status, body } = await operator('POST', '/v1/grants', { openid, requestId: 'r', results });
    expect([status, body.code]).toEqual([422, 'invalid-body']);
    expect(body.errors).toMatchObject([{ path: 'results', message: expect.stringContaining('success') }]);
  });

  test('a list in the place of results is refused, rather than counted for templates 0, 1, 2', async () => {
    const { openid } = await logIn();
    for (const results of [['accept'], [{ [T]: 'accept' }], []]) {
      const { status, body } = await operator('POST', '/v1/grants', { openid, requestId: 'r', results });
      expect([status, body.code]).toEqual([422, 'invalid-body']);
      expect(body.errors).toMatchObject([{ path: 'results', zh: expect.stringContaining('对象') }]);
    }
    expect((await operator('GET', `/v1/grants?openid=${openid}`)).body.items).toEqual([]);
  });

  test('ids that no template has fill no record: ten are kept, in case they are new at WeChat, and real ones still count', async () => {
    const { openid, session } = await logIn();
    await operator('GET', '/v1/templates');
    const invented = Array.from({ length: 12 }, (_, index) => `made-up-${index}`);
    for (const some of [invented.slice(0, 8), invented.slice(8)]) {
      const reply = await report(session, Object.fromEntries(some.map((id) => [id, 'accept'])));
      expect(reply.status).toBe(200);
    }
    const { body } = await report(session, { [T]: 'accept', 'made-up-x': 'accept' });
    expect(body.grants).toMatchObject([{ templateId: T, available: 1 }]);
    expect((await operator('GET', `/v1/grants?openid=${openid}`)).body.items).toHaveLength(11);
    // What is kept goes on counting.
    expect((await report(session, { 'made-up-0': 'accept' })).body.grants).toMatchObject([{ available: 2 }]);
  });

  test('several templates of one panel are recorded together', async () => {
    const { session } = await logIn();
    const { body } = await report(session, { [T]: 'accept', [SHIPPED.templateId]: 'reject' });
    expect(body.grants).toMatchObject([
      { templateId: T, available: 1 },
      { templateId: SHIPPED.templateId, available: 0 },
    ]);
  });

  test('an operator may report for a user by adding openid, and must', async () => {
    const openid = wechat.createUser();
    const body = { requestId: 'r', results: { [T]: 'accept' } };
    expect((await operator('POST', '/v1/grants', { ...body, openid })).body.grants[0]).toMatchObject({
      openid,
      available: 1,
    });
    const missing = await operator('POST', '/v1/grants', body);
    expect([missing.status, missing.body.errors]).toEqual([
      422,
      [{ path: 'openid', message: expect.any(String), zh: expect.any(String) }],
    ]);
  });

  test.each([
    ['an unknown field', { requestId: 'r', results: { [T]: 'accept' }, extra: 1 }, 'extra'],
    ['a status that WeChat does not give', { requestId: 'r', results: { [T]: 'yes' } }, `results.${T}`],
    ['no results', { requestId: 'r', results: {} }, 'results'],
    [
      'too many results',
      {
        requestId: 'r',
        results: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`t${i}`, 'accept'])),
      },
      'results',
    ],
    ['a requestId that is no text', { requestId: 1, results: { [T]: 'accept' } }, 'requestId'],
    ['a template id of other characters', { requestId: 'r', results: { 'a b': 'accept' } }, 'results'],
  ])('%s gets 422 naming the field, and nothing is stored', async (_name, body, path) => {
    const { openid, session } = await logIn();
    const reply = await call('POST', '/v1/grants', { token: session, body });
    expect([reply.status, reply.body.code]).toEqual([422, 'invalid-body']);
    expect(reply.body.errors.map((error: { path: string }) => error.path).join()).toContain(path);
    expect((await operator('GET', `/v1/grants?openid=${openid}`)).body.items).toEqual([]);
  });
});

describe('GET /v1/grants', () => {
  test('a mini program sees its own only', async () => {
    const [mine, other] = [await logIn(), await logIn()];
    await report(mine.session, { [T]: 'accept' });
    await report(other.session, { [T]: 'accept' });
    const { body } = await call('GET', '/v1/grants', { token: mine.session });
    expect(body.items.map((grant: { openid: string }) => grant.openid)).toEqual([mine.openid]);
    expect((await call('GET', `/v1/grants?openid=${other.openid}`, { token: mine.session })).status).toBe(
      404,
    );
  });

  test('by template, a page at a time, each user once', async () => {
    const templateId = 'paged-template';
    const openids = wechat.createUsers(25);
    await Promise.all(
      openids.map((openid) =>
        operator('POST', '/v1/grants', { openid, requestId: 'r', results: { [templateId]: 'accept' } }),
      ),
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = `templateId=${templateId}&limit=10${cursor ? `&cursor=${cursor}` : ''}`;
      const { body } = await operator('GET', `/v1/grants?${query}`);
      expect(body.items.length).toBeLessThanOrEqual(10);
      seen.push(...body.items.map((grant: { openid: string }) => grant.openid));
      cursor = body.nextCursor;
    } while (cursor);
    expect(seen.sort()).toEqual([...openids].sort());
  });

  test('for long-term templates available is null and subscribed tells', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, LONG_TERM.templateId);
    // The first message makes the service read the template from WeChat.
    const sent = await operator('POST', '/v1/messages', { to: openid, ...LONG_TERM });
    expect(sent.status).toBe(202);
    expect(await grantOf(openid, LONG_TERM.templateId)).toMatchObject({
      kind: 'long-term',
      available: null,
      subscribed: true,
    });
  });
});

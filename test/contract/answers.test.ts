import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildServices as buildHealth, createHandler } from '../../handlers/health.ts';
import { buildServices as buildMessages, createHandler as createMessages } from '../../handlers/messages.ts';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { call as invoke } from '../support/http-events.ts';
import { type CallOptions, PRICE_DROP, QUIET, type Reply, startService } from './running-service.ts';

const { stack, wechat, call, operator, logIn, allow } = await startService({
  pollers: 0,
  dispatchEverySeconds: 0,
});
const T = PRICE_DROP.templateId;
const token = DEV_API_KEY;
const ENGLISH = expect.stringMatching(/^\w{2}/);
const CHINESE = expect.stringMatching(/\p{sc=Han}{2}/u);
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const later = (ms: number) => new Date(Date.now() + ms).toISOString();

/** A user with as many booked messages, and all that a test may ask for. */
async function booked(count: number, of?: Awaited<ReturnType<typeof logIn>>) {
  const user = of ?? (await logIn());
  const message = { to: user.openid, ...PRICE_DROP, hold: false, sendAt: later(3_600_000) };
  const { body } = await operator('POST', '/v1/messages/batch', { messages: Array(count).fill(message) });
  const ids: string[] = body.items.map((item: { message: { id: string } }) => item.message.id);
  return { ...user, ids };
}

const { openid, session } = await booked(1);
await allow(wechat, openid, T, 1);

/** One request for each kind of answer. */
const REQUESTS: readonly [
  status: number,
  code: string,
  method: string,
  path: string,
  options: CallOptions,
][] = [
  [400, 'malformed-json', 'POST', '/v1/messages', { token, body: '{"half' }],
  [401, 'missing-token', 'GET', '/v1/grants', {}],
  [401, 'invalid-token', 'GET', '/v1/grants', { token: 'nobody' }],
  [401, 'code-invalid', 'POST', '/v1/sessions', { body: { code: 'made-up' } }],
  [403, 'wrong-caller', 'POST', '/v1/messages/batch', { token: session, body: { messages: [] } }],
  [403, 'template-not-open', 'POST', '/v1/messages', { token: session, body: { to: openid, ...PRICE_DROP } }],
  [404, 'not-found', 'GET', '/v1/messages/nowhere', { token }],
  [404, 'not-found', 'GET', '/v1/nothing', {}],
  [404, 'not-found', 'GET', '/', {}],
  [405, 'method-not-allowed', 'PUT', '/v1/messages', { token }],
  [409, 'no-grant', 'POST', '/v1/messages', { token, body: { to: wechat.createUser(), ...PRICE_DROP } }],
  [413, 'body-too-large', 'POST', '/v1/sessions', { body: { code: 'x'.repeat(5_000) } }],
  [
    415,
    'unsupported-media-type',
    'POST',
    '/v1/sessions',
    { body: 'code=1', headers: { 'content-type': 'text/plain' } },
  ],
  [422, 'invalid-body', 'POST', '/v1/messages', { token, body: {} }],
  [422, 'invalid-query', 'GET', `/v1/messages?openid=${openid}&limit=0`, { token }],
  [422, 'invalid-data', 'POST', '/v1/messages', { token, body: { to: openid, templateId: T, data: {} } }],
  [
    422,
    'unknown-template',
    'POST',
    '/v1/messages',
    { token, body: { to: openid, templateId: 'no', data: {} } },
  ],
  [
    422,
    'invalid-header',
    'POST',
    '/v1/messages',
    { token, body: { to: openid, ...PRICE_DROP }, headers: { 'idempotency-key': 'a b' } },
  ],
];

describe('a refusal', () => {
  test.each(REQUESTS)(
    '%i %s: problem+json with type, title, status, detail, code and a remedy in both languages',
    async (status, code, ...request) => {
      const [method, path, options] = request;
      const reply = await call(method, path, options);
      expect([reply.status, reply.body.code]).toEqual([status, code]);
      expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(reply.body).toMatchObject({
        type: expect.stringContaining(code),
        title: expect.stringMatching(/\w{3}/),
        status,
        detail: expect.stringMatching(/\w{3}/),
        remedy: { en: ENGLISH, zh: CHINESE },
      });
      for (const error of reply.body.errors ?? [])
        expect(error).toMatchObject({ message: ENGLISH, zh: CHINESE });
      expect(reply.headers.get('x-request-id')).toMatch(/\S{8}/);
      expect(JSON.stringify(reply.body)).not.toMatch(/\.ts:\d+|node_modules| at \w+ \(/);
    },
  );
});

describe('bodies that are not valid UTF-8 are 400 malformed-json', () => {
  const GBK = Buffer.from('c4e3bac3', 'hex');
  const post = async (path: string, contentType: string, body: Buffer) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': contentType };
    const response = await fetch(stack.apiUrl + path, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    });
    const reply: Pick<Reply, 'status' | 'body'> = { status: response.status, body: await response.json() };
    return reply;
  };

  test.each(['application/json', 'application/json; charset=gbk', 'application/vnd.shop+json'])(
    'as Windows’ curl sends them, as %s; nothing is stored, and it is told how to send UTF-8',
    async (contentType) => {
      const user = await logIn();
      await allow(wechat, user.openid, T);
      const [before = '', after = ''] = JSON.stringify({
        to: user.openid,
        ...PRICE_DROP,
        data: { ...PRICE_DROP.data, thing1: 'HERE' },
      }).split('HERE');
      const bytes = Buffer.concat([Buffer.from(before), GBK, Buffer.from(after)]);
      const reply = await post('/v1/messages', contentType, bytes);
      expect([reply.status, reply.body.code]).toEqual([400, 'malformed-json']);
      expect(reply.body.remedy).toEqual({
        en: expect.stringMatching(/UTF-8.*--data-binary.*chcp 65001/),
        zh: expect.stringMatching(/UTF-8.*--data-binary.*chcp 65001/),
      });
      expect((await operator('GET', `/v1/messages?openid=${user.openid}`)).body.items).toEqual([]);
      expect((await operator('GET', `/v1/grants?openid=${user.openid}`)).body.items[0].held).toBe(0);
    },
  );

  test('nor is a list of recipients taken that Excel saved in GBK', async () => {
    const { body: campaign } = await operator('POST', '/v1/campaigns', {
      name: 'Sale',
      ...PRICE_DROP,
      audience: { type: 'recipients' },
    });
    const path = `/v1/campaigns/${campaign.id}/recipients`;
    const csv = Buffer.concat([Buffer.from(`openid,name\n${openid},`), GBK]);
    const reply = await post(path, 'text/csv', csv);
    expect([reply.status, reply.body.code]).toEqual([400, 'malformed-json']);
    expect((await operator('GET', `/v1/campaigns/${campaign.id}`)).body.audience.count).toBe(0);
  });

  test('a byte order mark in front of UTF-8 does no harm', async () => {
    const text = JSON.stringify({ openid, requestId: randomUUID(), results: { [T]: 'reject' } });
    expect((await post('/v1/grants', 'application/json', Buffer.from(`\uFEFF${text}`))).status).toBe(200);
  });

  test.each(['/v1/grants?openid=%C4%E3', '/v1/messages/%C4%E3', '/v1/templates/%C4%E3'])(
    'an address in GBK is told how to be encoded: %s',
    async (path) => {
      const { status, body } = await operator('GET', path);
      expect([404, 422]).toContain(status);
      expect(body.remedy.zh).toContain('encodeURIComponent');
    },
  );
});

test('a table that does not answer is 503 with retry-after and what to do, never a bare 500', async () => {
  const nowhere = { ...stack.env, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' };
  const services = await buildMessages(nowhere, { logger: QUIET });
  onTestFinished(() => services.close());
  const handler = createMessages(services);
  for (const request of [
    { path: '/v1/messages', query: `openid=${openid}` },
    { method: 'POST', path: '/v1/messages', json: { to: openid, ...PRICE_DROP } },
  ]) {
    const { status, headers, body, text } = await invoke(handler, { ...request, token });
    expect([status, body.code]).toEqual([503, 'timed-out']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(body.remedy).toEqual({ en: ENGLISH, zh: CHINESE });
    expect(text).not.toMatch(/127\.0\.0\.1|ECONN|Abort|AWS/);
  }
});

test('every answer has an x-request-id of its own', async () => {
  const replies = await Promise.all([
    call('GET', '/v1/health'),
    call('POST', '/v1/sessions', { body: { code: wechat.login(openid) } }),
    operator('GET', `/v1/grants?openid=${openid}`),
    operator('POST', '/v1/grants', { openid, requestId: randomUUID(), results: { t: 'reject' } }),
    operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP, hold: false }),
    ...REQUESTS.map(([, , method, path, options]) => call(method, path, options)),
  ]);
  const ids = replies.map(({ headers }: Reply) => headers.get('x-request-id'));
  expect(ids).not.toContain(null);
  expect(new Set(ids).size).toBe(replies.length);
});

test('what went well is application/json in UTF-8', async () => {
  const { headers } = await operator('GET', `/v1/messages?openid=${openid}`);
  expect(headers.get('content-type')).toMatch(/^application\/json/);
});

describe('unknown body fields are refused, not ignored', () => {
  test.each<[string, object]>([
    ['/v1/sessions', { code: 'x' }],
    ['/v1/grants', { openid, requestId: 'r', results: { [T]: 'accept' } }],
    ['/v1/messages', { to: openid, ...PRICE_DROP }],
    ['/v1/messages/batch', { messages: [{}] }],
  ])('%s', async (path, body) => {
    const { status, body: problem } = await operator('POST', path, { ...body, surprise: 1 });
    expect([status, problem.code]).toEqual([422, 'invalid-body']);
    expect(problem.errors).toContainEqual({ path: 'surprise', message: 'Unknown field', zh: '未知字段' });
  });

  test("WeChat's own names are told the right ones, in both languages, every one of them", async () => {
    const raw = { touser: openid, template_id: T, data: PRICE_DROP.data, miniprogram_state: 'formal' };
    const { status, body } = await operator('POST', '/v1/messages', raw);
    expect([status, body.code]).toEqual([422, 'invalid-body']);
    const hint = (path: string, meant: string) => ({
      path,
      message: `Unknown field; did you mean "${meant}"?`,
      zh: `未知字段，是否想写 "${meant}"？`,
    });
    expect(body.errors).toEqual(
      expect.arrayContaining([
        hint('touser', 'to'),
        hint('template_id', 'templateId'),
        hint('miniprogram_state', 'miniprogramState'),
      ]),
    );
    const { body: batch } = await operator('POST', '/v1/messages/batch', { messages: [raw] });
    expect(batch.items[0].problem.errors).toEqual(body.errors);
  });

  test.each([
    ['POST', '/v1/sessions', { js_code: 'x' }, 'js_code', 'code'],
    ['POST', '/v1/grants', { openid, request_id: 'r', results: { t: 'ban' } }, 'request_id', 'requestId'],
    ['POST', '/v1/grants', { openid, requestId: 'r', results: { t: 'Accept' } }, 'results.t', 'accept'],
    ['POST', '/v1/messages', { to: openid, ...PRICE_DROP, lang: 'zh-CN' }, 'lang', 'zh_CN'],
    [
      'POST',
      '/v1/messages',
      { to: openid, ...PRICE_DROP, miniprogramState: 'develop' },
      'miniprogramState',
      'developer',
    ],
    ['POST', '/v1/campaigns', { audience: { type: 'all' } }, 'audience.type', 'grantees'],
    ['GET', `/v1/messages?open_id=${openid}`, undefined, 'open_id', 'openid'],
    ['GET', `/v1/grants?openid=${openid}&pageSize=3`, undefined, 'pageSize', 'limit'],
    ['GET', '/v1/messages?status=unknwon', undefined, 'status', 'unknown'],
  ])('%s %s %j: "%s" is told "%s"', async (method, path, body, at, meant) => {
    const { body: problem } = await operator(method, path, body);
    const found = problem.errors.find((error: { path: string }) => error.path === at);
    expect(found).toMatchObject({
      message: expect.stringContaining(`did you mean "${meant}"`),
      zh: expect.stringContaining(`"${meant}"`),
    });
  });

  test('in an entry of a batch too', async () => {
    const { body } = await operator('POST', '/v1/messages/batch', {
      messages: [{ to: openid, ...PRICE_DROP, surprise: 1 }],
    });
    expect(body.items[0].problem.errors[0].path).toContain('surprise');
  });
});

describe('every list', () => {
  test('takes limit, by default 50 and at most 200, and a cursor, and answers items and nextCursor', async () => {
    const user = await booked(200);
    const ids = new Set(user.ids);
    // No more than 200 may wait at once.
    for (const id of user.ids.slice(0, 30)) await operator('DELETE', `/v1/messages/${id}`);
    for (const id of (await booked(30, user)).ids) ids.add(id);
    const list = async (query: string) =>
      (await operator('GET', `/v1/messages?openid=${user.openid}${query}`)).body;
    const first = await list('');
    expect(first.items).toHaveLength(50);
    const wide = await list('&limit=200');
    expect(wide.items).toHaveLength(200);
    const rest = await list(`&limit=200&cursor=${wide.nextCursor}`);
    expect([rest.items.length, rest.nextCursor]).toEqual([30, undefined]);
    const seen = [...wide.items, ...rest.items].map((message: { id: string }) => message.id);
    expect(new Set(seen)).toEqual(ids);
  });

  test.each(['limit=201', 'limit=0', 'limit=-1', 'limit=ten', 'cursor=nonsense', 'offset=3'])(
    'refuses %s with 422 naming it',
    async (query) => {
      for (const path of [
        `/v1/messages?openid=${openid}`,
        `/v1/grants?openid=${openid}`,
        `/v1/grants?templateId=${T}`,
      ]) {
        const { status, body } = await operator('GET', `${path}&${query}`);
        expect([path, status, body.errors?.[0]?.path]).toEqual([path, 422, query.split('=')[0]]);
      }
    },
  );

  test('a cursor says where to go on, not whose list: with it a user still sees only their own', async () => {
    const mine = await booked(2);
    const theirs = await booked(2);
    const { nextCursor } = (await call('GET', '/v1/messages?limit=1', { token: theirs.session })).body;
    const { body } = await call('GET', `/v1/messages?cursor=${nextCursor}`, { token: mine.session });
    for (const { id } of body.items ?? []) expect(mine.ids).toContain(id);
  });
});

test('times are RFC 3339 in UTC and names are in camelCase', async () => {
  const [message] = (await operator('GET', `/v1/messages?openid=${openid}`)).body.items;
  const { body } = await operator('GET', `/v1/grants?openid=${openid}&templateId=${T}`);
  const times = [message.sendAt, message.createdAt, message.updatedAt, body.items[0].updatedAt];
  for (const time of times) expect(time).toMatch(TIME);
  for (const name of [...Object.keys(message), ...Object.keys(body.items[0])]) {
    expect(name).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
  }
});

describe('GET /v1/health', () => {
  test('is 200 {status: "ok"} for anyone', async () => {
    const { status, body } = await call('GET', '/v1/health');
    expect([status, body]).toEqual([200, { status: 'ok' }]);
  });

  test('is not ok when the service cannot reach its table', async () => {
    const services = await buildHealth({ ...stack.env, TABLE_NAME: 'no-such-table' }, { logger: QUIET });
    const { status, body } = await invoke(createHandler(services), { path: '/v1/health' });
    await services.close();
    expect([status, body.code]).toEqual([503, 'table-unreachable']);
    expect(JSON.stringify(body)).not.toContain('no-such-table');
  });
});

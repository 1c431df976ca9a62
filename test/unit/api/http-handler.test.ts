import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { createHttpHandler } from '../../../lib/api/http-handler.ts';
import { pageQuery } from '../../../lib/api/paging.ts';
import { ProblemError } from '../../../lib/api/problem.ts';
import { REMEDIES } from '../../../lib/api/remedies.ts';
import { describeRoutes, route } from '../../../lib/api/route.ts';
import type { AuditTrail } from '../../../lib/audit/audit-trail.ts';
import { ContentionError } from '../../../lib/retry.ts';
import { APP_ID, apiKey, NOW_MS, oneApp, sessionTokens } from '../../support/api-credentials.ts';
import { call, type HttpRequestParts } from '../../support/http-events.ts';
import { keptLogs } from '../../support/log-lines.ts';

const { putThing, listThings, removeThing, breakThing, eraseUser, breakThingOfOperators } = describeRoutes({
  putThing: {
    route: 'POST /v1/things/{id}',
    summary: 'For these tests',
    access: { user: true, operator: 'send' },
    params: v.object({ id: v.pipe(v.string(), v.regex(/^[a-z]+$/)) }),
    headers: v.object({ 'idempotency-key': v.exactOptional(v.pipe(v.string(), v.maxLength(8))) }),
    body: v.strictObject({
      name: v.pipe(v.string(), v.maxLength(100)),
      color: v.exactOptional(v.picklist(['red', 'blue'])),
      labels: v.exactOptional(v.record(v.string(), v.string())),
    }),
    maxBodyBytes: 1000,
    answers: { 200: { description: 'What came in', schema: v.unknown() } },
  },
  listThings: {
    route: 'GET /v1/things',
    summary: 'For these tests',
    access: { operator: 'read' },
    query: v.strictObject({ ...pageQuery, owner: v.exactOptional(v.string()) }),
    answers: { 200: { description: 'The query', schema: v.unknown() } },
  },
  removeThing: {
    route: 'DELETE /v1/things/{id}',
    summary: 'For these tests',
    access: { user: true },
    params: v.object({ id: v.string() }),
    answers: { 204: { description: 'Gone' } },
  },
  breakThing: {
    route: 'GET /v1/broken',
    summary: 'For these tests',
    access: { anyone: true },
    answers: { 204: { description: 'Never' } },
  },
  eraseUser: {
    route: 'DELETE /v1/users/{openid}',
    summary: 'For these tests',
    access: { operator: 'manage' },
    params: v.object({ openid: v.string() }),
    answers: { 204: { description: 'Gone' } },
  },
  breakThingOfOperators: {
    route: 'GET /v1/broken-for-operators',
    access: { operator: 'send' },
    summary: 'For these tests',
    answers: { 204: { description: 'Never' } },
  },
});

const SEND_KEY = 'sesame-open-and-send';
const READ_KEY = 'sesame-open-and-read';
const ALL_KEY = 'sesame-open-and-do-all';

function setUp(failure: unknown = new Error('none'), audit?: Pick<AuditTrail, 'append'>) {
  const logs = keptLogs();
  const sessions = sessionTokens();
  const handler = createHttpHandler(
    () => [
      route(putThing, async ({ caller, params, headers, body, requestId }) => ({
        status: 200,
        body: { caller: caller.type, params, headers, body, requestId },
      })),
      route(listThings, async ({ query }) => ({ status: 200, body: query })),
      route(eraseUser, async ({ params }) => {
        if (params.openid === 'o-broken') throw new ContentionError();
        return { status: 204 };
      }),
      route(removeThing, async () => ({ status: 204 })),
      ...[breakThing, breakThingOfOperators].map((spec) =>
        route(spec, async () => {
          throw failure instanceof Promise ? await failure : failure;
        }),
      ),
    ],
    {
      apps: oneApp(),
      credentials: async () => ({
        apiKeys: [
          apiKey(SEND_KEY, 'send'),
          apiKey(READ_KEY, 'read'),
          apiKey(ALL_KEY, 'read', 'send', 'manage'),
        ],
        sessions,
      }),
      logger: logs.logger,
      ...(audit && { auditOf: () => audit }),
    },
  );
  return {
    logs,
    sessions,
    send: (parts: HttpRequestParts, remainingMs?: () => number) => call(handler, parts, remainingMs),
  };
}

const put = { method: 'POST', path: '/v1/things/abc', token: SEND_KEY, json: { name: 'n' } };
const list = { path: '/v1/things', token: READ_KEY };

describe('an answer', () => {
  it('carries the request id, is JSON and is not cached', async () => {
    const reply = await setUp().send({ ...put, requestId: 'req-1' });
    expect(reply.status).toBe(200);
    expect(reply.body.requestId).toBe('req-1');
    expect(reply.headers).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': 'req-1',
      'cache-control': 'no-store',
    });
  });

  it('of 204 has no body and still the request id', async () => {
    const { send, sessions } = setUp();
    const { token } = await sessions.issue('o-user');
    const reply = await send({ method: 'DELETE', path: '/v1/things/abc', token });
    expect([reply.status, reply.body, reply.headers['x-request-id']]).toEqual([
      204,
      undefined,
      'JKJaXmPLvHcESHA=',
    ]);
  });

  it('that is a problem is problem+json with type, title, status, detail, code and the request id', async () => {
    const reply = await setUp().send({ path: '/v1/nothing', requestId: 'req-2' });
    expect(reply.status).toBe(404);
    expect(reply.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'x-request-id': 'req-2',
    });
    expect(reply.body).toEqual({
      type: 'urn:qingniao:problem:not-found',
      title: 'Not found',
      status: 404,
      detail: 'There is nothing at this address.',
      code: 'not-found',
      remedy: REMEDIES['not-found'],
    });
  });
});

describe('an address', () => {
  it.each(['/v1/thing', '/v1/things/', '/v1/things/abc/d', '/V1/things', '/x/v1/things', '/v1/things/abc/'])(
    'that no route has is 404: %s',
    async (path) => {
      expect((await setUp().send({ ...list, path })).body.code).toBe('not-found');
    },
  );

  it('with a part that cannot be an id is 404', async () => {
    expect((await setUp().send({ ...put, path: '/v1/things/ABC' })).body.code).toBe('not-found');
  });

  it('asked with another method is 405 and names those it has', async () => {
    const reply = await setUp().send({ method: 'PUT', path: '/v1/things/abc' });
    expect([reply.status, reply.body.code, reply.headers['allow']]).toEqual([
      405,
      'method-not-allowed',
      'POST, DELETE',
    ]);
  });

  it('behind a named stage is found without it', async () => {
    expect((await setUp().send({ ...list, path: '/dev/v1/things', stage: 'dev' })).status).toBe(200);
  });
});

describe('a caller', () => {
  it('without a token is 401 and says how to bring one', async () => {
    const { token: _, ...nobody } = put;
    const reply = await setUp().send(nobody);
    expect([reply.status, reply.body.code, reply.headers['www-authenticate']]).toEqual([
      401,
      'missing-token',
      'Bearer',
    ]);
  });

  it.each([
    ['of another scheme', 'Basic dTpw'],
    ['that is empty', 'Bearer '],
    ['with more behind it', `Bearer ${SEND_KEY} x`],
    ['that is no key', 'Bearer sesame'],
    ['that is the hash of a key', `Bearer ${apiKey(SEND_KEY).sha256}`],
    ['without its scheme', SEND_KEY],
    ['that looks like a JWT', 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.x'],
  ])('with a token %s is 401', async (_, authorization) => {
    const { token: __, ...nobody } = put;
    const reply = await setUp().send({ ...nobody, headers: { authorization } });
    expect([reply.status, reply.body.code]).toEqual([401, 'invalid-token']);
    expect(reply.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });

  it('with an expired session is 401', async () => {
    const { send } = setUp();
    const old = sessionTokens({ clock: () => NOW_MS - 169 * 3_600_000 });
    const { token } = await old.issue('o-user');
    expect((await send({ ...put, token })).body.code).toBe('invalid-token');
  });

  it.each([
    ['read', READ_KEY, put],
    ['send', SEND_KEY, list],
  ])('whose key has only %s is 403 where another scope is needed', async (_, token, request) => {
    const reply = await setUp().send({ ...request, token });
    expect([reply.status, reply.body.code]).toEqual([403, 'missing-scope']);
    expect(reply.headers['www-authenticate']).toMatch(/insufficient_scope/);
  });

  it('with a key of all scopes gets in everywhere that operators may', async () => {
    const { send } = setUp();
    expect((await send({ ...put, token: ALL_KEY })).status).toBe(200);
    expect((await send({ ...list, token: ALL_KEY })).status).toBe(200);
  });

  it('of the wrong kind is 403, user and operator alike', async () => {
    const { send, sessions } = setUp();
    const { token } = await sessions.issue('o-user');
    expect((await send({ ...list, token })).body).toMatchObject({ status: 403, code: 'wrong-caller' });
    const remove = { method: 'DELETE', path: '/v1/things/abc', token: ALL_KEY };
    expect((await send(remove)).body).toMatchObject({ status: 403, code: 'wrong-caller' });
  });

  it('is refused before the body is looked at', async () => {
    expect((await setUp().send({ ...put, token: 'bad', text: '{' })).status).toBe(401);
  });

  it('may write the scheme in any case', async () => {
    const { token: _, ...nobody } = put;
    const reply = await setUp().send({ ...nobody, headers: { authorization: `bearer ${SEND_KEY}` } });
    expect(reply.status).toBe(200);
  });
});

describe('a body', () => {
  it.each(['', '{', 'nothing', '{"name":"n"} x', "{'name':'n'}", '['.repeat(900)])(
    'that is not JSON is 400: %s',
    async (text) => {
      const reply = await setUp().send({ ...put, text });
      expect([reply.status, reply.body.code]).toEqual([400, 'malformed-json']);
    },
  );

  it('that is missing is 400', async () => {
    const { json: _, ...bare } = put;
    expect((await setUp().send(bare)).body.code).toBe('malformed-json');
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/json; charset=gbk',
  ])('of type %s is 415', async (type) => {
    const reply = await setUp().send({ ...put, headers: { 'content-type': type } });
    expect([reply.status, reply.body.code]).toEqual([415, 'unsupported-media-type']);
  });

  it.each([
    'application/json',
    'Application/JSON;charset=UTF-8',
    'application/merge-patch+json; charset=utf-8',
  ])('of type %s is taken', async (type) => {
    expect((await setUp().send({ ...put, headers: { 'content-type': type } })).status).toBe(200);
  });

  it('without a type is taken for JSON', async () => {
    const { json: _, ...bare } = put;
    const handler = setUp();
    const event = {
      ...bare,
      text: '{"name":"n"}',
      headers: { 'content-type': undefined as unknown as string },
    };
    expect((await handler.send(event)).status).toBe(200);
  });

  it('over the limit of the route is 413, counted in bytes', async () => {
    const { send } = setUp();
    expect((await send({ ...put, json: { name: 'x'.repeat(1000) } })).body.code).toBe('body-too-large');
    expect((await send({ ...put, json: { name: '鸟'.repeat(340) } })).status).toBe(413);
    expect((await send({ ...put, text: `{"name":"n"}${' '.repeat(988)}` })).status).toBe(200);
    expect((await send({ ...put, text: `{"name":"n"}${' '.repeat(989)}` })).status).toBe(413);
  });

  it('in base64 is decoded before it is measured and read', async () => {
    const { send } = setUp();
    const inBase64 = (bytes: string | Buffer) => ({
      ...put,
      text: Buffer.from(bytes).toString('base64'),
      isBase64Encoded: true,
    });
    expect((await send(inBase64('{"name":"青鸟"}'))).body.body).toEqual({ name: '青鸟' });
    expect((await send(inBase64(`{"name":"n"}${' '.repeat(988)}`))).status).toBe(200);
    expect((await send(inBase64(`{"name":"n"}${' '.repeat(989)}`))).status).toBe(413);
    expect((await send(inBase64(Buffer.from('{"name":"\xff"}', 'latin1')))).body.code).toBe('malformed-json');
  });

  it.each([
    ['an unknown field', '{"name":"n","size":1}', 'size', 'Unknown field'],
    ['a missing field', '{}', 'name', 'Required'],
    ['a wrong type', '{"name":1}', 'name', 'Invalid type: Expected string'],
    ['null', '{"name":null}', 'name', 'Invalid type: Expected string'],
    ['no listed value', '{"name":"n","color":"green"}', 'color', 'Invalid type: Expected ("red" | "blue")'],
    ['a nested wrong type', '{"name":"n","labels":{"a":1}}', 'labels.a', 'Invalid type: Expected string'],
    ['a text that is too long', `{"name":"${'n'.repeat(101)}"}`, 'name', 'Invalid length: Expected <=100'],
    ['a list for an object', '[]', 'name', 'Required'],
    ['a text for an object', '"name"', '', 'Invalid type: Expected Object'],
    ['__proto__', '{"name":"n","__proto__":{"admin":true}}', '__proto__', 'Forbidden field name'],
    ['a nested __proto__', '{"name":"n","labels":{"__proto__":"x"}}', '__proto__', 'Forbidden field name'],
    ['constructor', '{"name":"n","constructor":{}}', 'constructor', 'Forbidden field name'],
    [
      'a nested constructor',
      '{"name":"n","labels":{"constructor":"x"}}',
      'constructor',
      'Forbidden field name',
    ],
    ['prototype', '{"name":"n","labels":{"prototype":"x"}}', 'prototype', 'Forbidden field name'],
    ['half a character', '{"name":"\\ud83d"}', 'name', expect.stringContaining('surrogate')],
  ])('with %s is 422 and names field and rule', async (_, text, path, message) => {
    const reply = await setUp().send({ ...put, text });
    expect([reply.status, reply.body.code]).toEqual([422, 'invalid-body']);
    expect(reply.body.errors).toContainEqual({ path, message, zh: expect.stringMatching(/\p{sc=Han}/u) });
  });

  it('with several faults has them all named', async () => {
    const reply = await setUp().send({ ...put, json: { name: 1, color: 'x', size: 1 } });
    expect(reply.body.errors.map(({ path }: { path: string }) => path)).toEqual(['name', 'color', 'size']);
  });

  it('has none of its values in the answer that refuses it', async () => {
    const reply = await setUp().send({ ...put, json: { name: 'n', color: 'my-secret-value' } });
    expect(reply.text).not.toContain('my-secret-value');
  });

  it('is not looked at by a route that takes none', async () => {
    expect(
      (await setUp().send({ ...list, text: '{', headers: { 'content-type': 'text/plain' } })).status,
    ).toBe(200);
  });
});

describe('a query', () => {
  it('gives limit and cursor their defaults', async () => {
    expect((await setUp().send(list)).body).toEqual({ limit: 50 });
    expect((await setUp().send({ ...list, query: 'limit=200&cursor=abc' })).body).toEqual({
      limit: 200,
      cursor: 'abc',
    });
  });

  it.each(['0', '201', '-1', '1.5', '1e2', 'ten', '', '%20', '99999999999999999999'])(
    'with limit=%s is 422',
    async (limit) => {
      const reply = await setUp().send({ ...list, query: `limit=${limit}` });
      expect([reply.status, reply.body.code, reply.body.errors[0].path]).toEqual([
        422,
        'invalid-query',
        'limit',
      ]);
    },
  );

  it('with an unknown name is 422', async () => {
    const reply = await setUp().send({ ...list, query: '__proto__=1' });
    expect(reply.body).toMatchObject({
      code: 'invalid-query',
      errors: [{ path: '__proto__', message: 'Unknown field', zh: '未知字段' }],
    });
  });

  it('with a name twice is 422, and a comma in a value is only a comma', async () => {
    const { send } = setUp();
    expect((await send({ ...list, query: 'owner=a&owner=b' })).body.errors).toEqual([
      { path: 'owner', message: 'Given more than once', zh: '重复出现' },
    ]);
    expect((await send({ ...list, query: 'owner=a,b' })).body.owner).toBe('a,b');
  });
});

describe('a header', () => {
  it('that breaks its rule is 422, and others are not looked at', async () => {
    const { send } = setUp();
    const reply = await send({ ...put, headers: { 'idempotency-key': '123456789' } });
    expect(reply.body).toMatchObject({
      status: 422,
      code: 'invalid-header',
      errors: [{ path: 'idempotency-key' }],
    });
    const good = await send({
      ...put,
      headers: { 'idempotency-key': '12345678', 'x-other': 'y'.repeat(999) },
    });
    expect(good.body.headers).toEqual({ 'idempotency-key': '12345678' });
  });
});

describe('a failure inside', () => {
  const failure = Object.assign(new Error(`token refused: Bearer ${SEND_KEY} access_token=73_abc`), {
    $response: { body: 'whole answer' },
  });

  it('is a plain 500 without details, logged with the request id', async () => {
    const { send, logs } = setUp(failure);
    const reply = await send({ path: '/v1/broken', requestId: 'req-3' });
    expect([reply.status, reply.body.code]).toEqual([500, 'internal-error']);
    expect(reply.text).not.toMatch(/refused|sesame|stack|at /);
    expect(JSON.parse(logs.lines[0] ?? '')).toMatchObject({
      level: 'ERROR',
      requestId: 'req-3',
      request: 'GET /v1/broken',
      error: { name: 'Error' },
    });
  });

  it('leaves no secret in the log', async () => {
    const { send, logs } = setUp(failure);
    await send({ path: '/v1/broken', token: SEND_KEY, query: 'access_token=73_abc' });
    expect(logs.text()).not.toMatch(/sesame|73_abc|whole answer/);
  });

  it.each([[undefined], [null], ['text'], [{ statusCode: 200, body: 'fake' }]])(
    'is a plain 500 whatever was thrown: %s',
    async (thrown) => {
      const reply = await setUp(thrown).send({ path: '/v1/broken' });
      expect([reply.status, reply.body?.code]).toEqual([500, 'internal-error']);
    },
  );

  it('that WeChat caused shows its answer and remedy to operators only, and is logged', async () => {
    const wechat = { errcode: 40164, errmsg: 'invalid ip 203.0.113.7', rid: '1-2-3' };
    const remedy = { en: 'Add the address.', zh: '加入白名单。' };
    const { send, logs } = setUp(new ProblemError('wechat-credentials', 'Correct them.', { wechat, remedy }));
    const reply = await send({ path: '/v1/broken-for-operators', token: SEND_KEY });
    expect(reply.body).toMatchObject({ status: 502, code: 'wechat-credentials', wechat, remedy });
    const toAnyone = await send({ path: '/v1/broken' });
    expect(toAnyone.body.wechat).toEqual({ errcode: 40164 });
    expect(toAnyone.text).not.toMatch(/203\.0|1-2-3|Add the address/);
    expect(JSON.parse(logs.lines[0] ?? '')).toMatchObject({ level: 'WARN', problem: { wechat } });
  });

  it('to finish in time is 503 timed-out, says when and how to try again, and is logged', async () => {
    const { send, logs } = setUp(new Promise(() => undefined));
    const reply = await send({ path: '/v1/broken', requestId: 'req-4' }, () => 510);
    expect([reply.status, reply.body.code]).toEqual([503, 'timed-out']);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    expect(reply.body.remedy).toEqual(REMEDIES['timed-out']);
    expect(reply.text).not.toMatch(/Abort/);
    expect(JSON.parse(logs.lines[0] ?? '')).toMatchObject({ level: 'WARN', requestId: 'req-4' });
  });

  it('that passes says when to come back', async () => {
    const reply = await setUp(new ContentionError()).send({ path: '/v1/broken' });
    expect([reply.status, reply.body.code]).toEqual([503, 'busy']);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('of the caller alone is not logged', async () => {
    const { send, logs } = setUp();
    await send({ path: '/v1/nothing' });
    expect(logs.lines).toEqual([]);
  });
});

describe('the log', () => {
  const deedsIn = ({ logs }: ReturnType<typeof setUp>) => logs.lines.map((line) => JSON.parse(line));

  it('says what an operator did to which thing, by which key and in which request', async () => {
    const service = setUp();
    await service.send({ ...put, requestId: 'req-9' });
    expect(deedsIn(service)).toEqual([
      {
        level: 'INFO',
        timestamp: '1970-01-01T00:00:00.000Z',
        message: 'operator request done',
        requestId: 'req-9',
        appid: APP_ID,
        operation: 'putThing',
        operator: 'key-of-send',
        id: 'abc',
        status: 200,
      },
    ]);
  });

  it('does not keep the openid of a user who was erased, only its SHA-256', async () => {
    const service = setUp();
    await service.send({ method: 'DELETE', path: '/v1/users/o-gone', token: ALL_KEY });
    await service.send({ method: 'DELETE', path: '/v1/users/o-broken', token: ALL_KEY });
    expect(deedsIn(service)).toMatchObject([
      { operation: 'eraseUser', openidSha256: createHash('sha256').update('o-gone').digest('hex') },
      { level: 'WARN', request: 'DELETE /v1/users/{openid}' },
    ]);
    expect(service.logs.text()).not.toMatch(/o-gone|o-broken/);
  });

  it('is made, and answered as made, where its record cannot be written; the log says so', async () => {
    const service = setUp(undefined, { append: () => Promise.reject(new Error('no table')) });
    const reply = await service.send({ method: 'DELETE', path: '/v1/users/o-gone', token: ALL_KEY });
    expect(reply.status).toBe(204);
    const lines = service.logs.lines.map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({
      level: 'ERROR',
      message: 'The audit trail lacks this change: its record could not be written.',
    });
    expect(service.logs.text()).not.toContain('o-gone');
  });

  it('says nothing of reading, nor of what users do', async () => {
    const service = setUp();
    const { token } = await service.sessions.issue('o-user');
    await service.send(list);
    await service.send({ method: 'DELETE', path: '/v1/things/abc', token });
    expect(deedsIn(service)).toEqual([]);
  });
});

import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createQingniao, QingniaoProblem } from '../../clients/typescript/src/index.ts';
import { faultyWay, type Seen, toldService } from './faulty-way.ts';

const SECRET = 'secret-key-of-the-owner';
const ORDER = { to: 'o-secret-openid', templateId: 't', data: { thing1: 'a secret text' } };

async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

/** Everything that a log could show of an error. */
const shown = (error: unknown) =>
  `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)} ${String((error as Error).stack)}`;

test('a problem of the service comes with all that it tells', async () => {
  const problem = {
    type: 'urn:qingniao:problem:invalid-body',
    title: 'The body breaks a rule',
    status: 422,
    detail: 'Correct touser.',
    code: 'invalid-body',
    remedy: { en: 'Correct it.', zh: '请修改。' },
    errors: [{ path: 'touser', message: 'Unknown field', zh: '未知字段' }],
    wechat: { errcode: 47003, errmsg: 'argument invalid!', rid: 'r-1' },
  };
  const { url } = await faultyWay('', [
    { status: 422, headers: { 'x-request-id': 'q-1', 'retry-after': '3' }, body: JSON.stringify(problem) },
  ]);
  const error = await thrownBy(createQingniao({ baseUrl: url, apiKey: SECRET }).send(ORDER));
  const { type: _, ...told } = problem;
  expect(error).toBeInstanceOf(QingniaoProblem);
  expect(error).toMatchObject({ ...told, name: 'QingniaoProblem', requestId: 'q-1', retryAfterSeconds: 3 });
  expect(String(error)).toBe('QingniaoProblem: POST /v1/messages: 422 invalid-body: Correct touser.');
});

test('retry-after may be a date', async () => {
  const date = new Date(Date.now() + 90_000).toUTCString();
  const { url } = await faultyWay('', [{ status: 503, headers: { 'retry-after': date } }]);
  const error = await thrownBy(createQingniao({ baseUrl: url }).GET('/v1/health'));
  expect((error as QingniaoProblem).retryAfterSeconds).toBeGreaterThan(85);
});

test.each([
  [
    'a page',
    { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad Gateway</html>' },
    'text/html',
  ],
  [
    'a page that says all is well',
    { status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' },
    'text/html',
  ],
  [
    'a gateway',
    { status: 429, headers: { 'content-type': 'application/json' }, body: '{"message":"Too Many"}' },
    'application/json',
  ],
  ['nothing at all', { status: 500 }, 'no content type'],
  ['a redirect', { status: 301, headers: { location: 'https://example.com/' } }, 'leads elsewhere'],
])('%s in place of an answer is a foreign-answer', async (_, answer, detail) => {
  const { url, seen } = await faultyWay('', [answer]);
  const client = createQingniao({ baseUrl: url, apiKey: SECRET, retryForMs: 0 });
  const error = await thrownBy(client.send(ORDER));
  expect(error).toMatchObject({
    code: 'foreign-answer',
    status: answer.status,
    detail: expect.stringContaining(detail),
  });
  expect((error as QingniaoProblem).remedy.zh).not.toBe('');
  expect(seen.map(({ method }: Seen) => method)).toEqual(['POST']);
});

test('a service that is not there is a no-answer that names its address and the reason', async () => {
  const { url } = await faultyWay('', ['cut-before']);
  const port = Number(new URL(url).port);
  const refused = createQingniao({ baseUrl: `http://127.0.0.1:${port === 9 ? 10 : 9}`, retryForMs: 0 });
  expect(await thrownBy(refused.GET('/v1/health'))).toMatchObject({ code: 'no-answer', status: 0 });
  const cut = createQingniao({ baseUrl: url, retryForMs: 0 });
  expect(await thrownBy(cut.GET('/v1/health'))).toMatchObject({
    detail: expect.stringContaining(`${url} (UND_ERR_SOCKET)`),
  });
});

test('no error holds the key, the openid or a text, whatever a fetch throws', async () => {
  const { url } = await toldService(() => ({ status: 401, body: { message: 'no' } }));
  const faults: (() => unknown)[] = [
    () => new Error(`connect with Bearer ${SECRET} failed`, { cause: new Error(SECRET) }),
    () => ({ config: { headers: { authorization: SECRET } } }),
    () => SECRET,
  ];
  const errors = [await thrownBy(createQingniao({ baseUrl: url, apiKey: SECRET }).send(ORDER))];
  for (const fault of faults) {
    const fetch = () => Promise.reject(fault());
    errors.push(
      await thrownBy(createQingniao({ baseUrl: url, apiKey: SECRET, fetch, retryForMs: 0 }).send(ORDER)),
    );
  }
  expect(errors.map((error) => (error as QingniaoProblem).code)).toEqual([
    'foreign-answer',
    'no-answer',
    'no-answer',
    'no-answer',
  ]);
  for (const error of errors) expect(shown(error)).not.toMatch(/secret/);
});

test.each([
  ['an address that is none', { baseUrl: 'api.example.com/secret' }],
  ['another protocol', { baseUrl: 'ftp://secret.example.com' }],
  ['a password in the address', { baseUrl: ['https://user', 'secret@example.com'].join(':') }],
  ['a key with a line break', { baseUrl: 'https://example.com', apiKey: 'secret\nx-other: 1' }],
  ['a key that no header carries', { baseUrl: 'https://example.com', apiKey: 'secret-密钥' }],
  ['an empty key', { baseUrl: 'https://example.com', apiKey: '' }],
])('%s is refused before anything is sent, in both languages and without the value', (_, options) => {
  const make = () => createQingniao(options);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(/[一-鿿]/);
  expect(make).not.toThrow(/secret/);
});

test('a key that a function gives is looked at as well', async () => {
  const client = createQingniao({ baseUrl: 'https://example.com', apiKey: () => 'secret\n\n-1' });
  const error = await thrownBy(client.GET('/v1/health'));
  expect(error).toBeInstanceOf(TypeError);
  expect(shown(error)).not.toMatch(/secret/);
});

test('an idempotency key that the service does not take is told', async () => {
  const client = createQingniao({ baseUrl: 'https://example.com' });
  await expect(client.send(ORDER, { idempotencyKey: '订单 18' })).rejects.toThrow(TypeError);
});

test('each call says who asks and which mini program is meant, as it is at that time', async () => {
  const { url, seen } = await toldService(() => ({ status: 200, body: { status: 'ok' } }));
  const now = { key: 'one', app: 'wx1' };
  const client = createQingniao({ baseUrl: `${url}//`, apiKey: () => now.key, appId: () => now.app });
  await client.GET('/v1/health');
  Object.assign(now, { key: ' two\n', app: undefined });
  await client.GET('/v1/health');
  await client.GET('/v1/health', { headers: { authorization: 'Bearer three', 'x-wechat-appid': 'wx3' } });
  expect(seen.map(({ path, headers }) => [path, headers.authorization, headers['x-wechat-appid']])).toEqual([
    ['/v1/health', 'Bearer one', 'wx1'],
    ['/v1/health', 'Bearer two', undefined],
    ['/v1/health', 'Bearer three', 'wx3'],
  ]);
});

test('the address may have a path', async () => {
  const { url, seen } = await toldService(() => ({ status: 200, body: { status: 'ok' } }));
  await createQingniao({ baseUrl: `${url}/prod/` }).GET('/v1/health');
  expect(seen[0]?.path).toBe('/prod/v1/health');
});

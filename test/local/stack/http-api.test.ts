import { once } from 'node:events';
import { createServer } from 'node:http';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { expect, onTestFinished, test } from 'vitest';
import { startHttpApi } from '../../../local/stack/http-server.ts';
import type { LambdaHandler } from '../../../local/stack/invoke.ts';
import { PortInUseError } from '../../../local/stack/port-in-use.ts';
import { useRunner } from '../../support/runner.ts';

const at = (...keys: string[]) =>
  keys.map((key) => {
    const [method = '', path = ''] = key.split(' ');
    return { httpApi: { method, path } };
  });

async function serve(handler: LambdaHandler, ...keys: string[]) {
  const { runner } = await useRunner({ api: { events: at(...keys), handler, timeout: 1 } });
  return runner.apiUrl;
}

async function eventOf(path: string, init?: RequestInit): Promise<APIGatewayProxyEventV2> {
  const url = await serve((event) => event, 'POST /v1/things/{id}', 'GET /v1/things/{id}');
  return (await (await fetch(url + path, init)).json()) as APIGatewayProxyEventV2;
}

test('an event has the shape of payload format 2.0', async () => {
  const event = await eventOf('/v1/things/a%20b?x=1&y=%C3%A9&x=2', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Twice': 'a', cookie: 'k=v; l=w' },
    body: '{"name":"青鸟"}',
  });
  expect(event).toMatchObject({
    version: '2.0',
    routeKey: 'POST /v1/things/{id}',
    rawPath: '/v1/things/a b',
    rawQueryString: 'x=1&y=%C3%A9&x=2',
    queryStringParameters: { x: '1,2', y: 'é' },
    pathParameters: { id: 'a b' },
    cookies: ['k=v', 'l=w'],
    headers: { 'content-type': 'application/json', 'x-twice': 'a', 'x-forwarded-for': '127.0.0.1' },
    body: '{"name":"青鸟"}',
    isBase64Encoded: false,
    requestContext: {
      http: { method: 'POST', path: '/v1/things/a b', sourceIp: '127.0.0.1', protocol: 'HTTP/1.1' },
      routeKey: 'POST /v1/things/{id}',
      stage: '$default',
      requestId: expect.stringMatching(/.+/),
      time: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      timeEpoch: expect.any(Number),
    },
  });
  expect(event.headers).not.toHaveProperty('cookie');
});

test('a request without query, body or cookies has none of their fields', async () => {
  const event = await eventOf('/v1/things/1');
  expect(event.rawQueryString).toBe('');
  for (const field of ['queryStringParameters', 'cookies', 'body']) expect(event).not.toHaveProperty(field);
});

test('a body that is not text arrives in base64', async () => {
  const headers = { 'content-type': 'application/octet-stream' };
  const event = await eventOf('/v1/things/1', { method: 'POST', headers, body: new Uint8Array([0, 255]) });
  expect(event).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
});

test('the most literal route wins', async () => {
  const url = await serve(
    (event) => (event as APIGatewayProxyEventV2).routeKey,
    'GET /v1/{id}',
    'GET /v1/batch',
    'GET /{kind}/batch',
  );
  expect(await (await fetch(`${url}/v1/batch`)).text()).toBe('GET /v1/batch');
  expect(await (await fetch(`${url}/v1/other`)).text()).toBe('GET /v1/{id}');
});

test('a greedy part takes all that is left of a path, and no empty text; * stands for every method', async () => {
  const url = await serve((event) => event, 'GET /files/{path+}', 'GET /files/', '* /files');
  const asked = async (path: string, init?: RequestInit) => {
    const { routeKey, pathParameters } = (await (
      await fetch(url + path, init)
    ).json()) as APIGatewayProxyEventV2;
    return [routeKey, pathParameters?.['path']];
  };
  expect(await asked('/files/a/b/c.js')).toEqual(['GET /files/{path+}', 'a/b/c.js']);
  expect(await asked('/files/')).toEqual(['GET /files/', undefined]);
  expect(await asked('/files', { method: 'PUT' })).toEqual(['* /files', undefined]);
});

test('what no route takes is 404, whether by path or by method', async () => {
  const url = await serve(() => 'ok', 'GET /v1/things');
  for (const request of [
    fetch(`${url}/v1/none`),
    fetch(`${url}/v1/things`, { method: 'POST' }),
    fetch(`${url}/v1/things/`),
  ]) {
    const response = await request;
    expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
  }
});

test('a structured result becomes the answer', async () => {
  const result = {
    statusCode: 201,
    headers: { 'X-One': 1 },
    cookies: ['a=1', 'b=2'],
    body: 'AP8=',
    isBase64Encoded: true,
  };
  const response = await fetch(`${await serve(() => result, 'GET /x')}/x`);
  expect(response.status).toBe(201);
  expect(response.headers.get('x-one')).toBe('1');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255]));
});

test('a result without a status code is the JSON body of a 200', async () => {
  const response = await fetch(`${await serve(async () => ({ ok: true }), 'GET /x')}/x`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(await response.json()).toEqual({ ok: true });
});

test.each<[string, LambdaHandler]>([
  ['throws', () => Promise.reject(new Error('secret detail'))],
  ['answers with a malformed object', () => ({ statusCode: 'two hundred' })],
  ['runs past its timeout', () => new Promise(() => undefined)],
])('a function that %s is a 500 that tells nothing', async (_, handler) => {
  const response = await fetch(`${await serve(handler, 'GET /x')}/x`);
  expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
});

test('more than 10 MB is refused before the function sees it', async () => {
  let called = 0;
  const url = await serve(() => called++, 'POST /x');
  const response = await fetch(`${url}/x`, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
  expect([response.status, called]).toEqual([413, 0]);
});

test('a path that is not valid percent-encoding is 400', async () => {
  expect((await fetch(`${await serve(() => 'ok', 'GET /{x}')}/%zz`)).status).toBe(400);
});

test('the context counts down to the timeout of the function', async () => {
  const url = await serve(
    (_, context: Context) => [context.functionName, context.getRemainingTimeInMillis()],
    'GET /x',
  );
  const [name, remainingMs] = (await (await fetch(`${url}/x`)).json()) as [string, number];
  expect(name).toBe('api');
  expect(remainingMs).toBeGreaterThan(500);
  expect(remainingMs).toBeLessThanOrEqual(1000);
});

test('a taken port is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const starting = startHttpApi({
    port,
    routes: [],
    invoke: async () => ({ type: 'returned', result: null }),
    observe: () => undefined,
  });
  await expect(starting).rejects.toThrow(PortInUseError);
  await expect(starting).rejects.toThrow(`Port ${port} is in use`);
});

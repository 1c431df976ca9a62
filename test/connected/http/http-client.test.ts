import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpClient, type HttpClientOptions } from '../../../lib/http/http-client.ts';

/** A loopback server and a client of it; the server counts what arrives. */
async function serve(listener: RequestListener, options: Partial<HttpClientOptions> = {}) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = (server.address() as AddressInfo).port;
  const client = createHttpClient({ baseUrl: `http://127.0.0.1:${port}`, ...options });
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, server, requests: () => requests };
}

const SEND = { method: 'POST', path: '/send', query: { access_token: 'SECRET' }, body: '{}' } as const;

describe('an answer', () => {
  test('is handed on as it came, whatever its status', async () => {
    const { client } = await serve((_request, response) => response.writeHead(502).end('<html>'));
    expect(await client.request(SEND)).toEqual({ type: 'answered', status: 502, text: '<html>' });
  });

  test('path, query, body and content type arrive as given', async () => {
    const { client } = await serve((request, response) => {
      const { method, url, headers } = request;
      request.on('data', (chunk) =>
        response.end(JSON.stringify({ method, url, type: headers['content-type'], body: String(chunk) })),
      );
    });
    const answer = await client.request({ ...SEND, body: '{"名":1}' });
    expect(JSON.parse('text' in answer ? answer.text : '')).toEqual({
      method: 'POST',
      url: '/send?access_token=SECRET',
      type: 'application/json',
      body: '{"名":1}',
    });
  });

  test('connections are kept alive and shared', async () => {
    const sockets = new Set<unknown>();
    const { client } = await serve(
      (request, response) => {
        sockets.add(request.socket);
        response.end('{}');
      },
      { connections: 2 },
    );
    for (let i = 0; i < 10; i++) await client.request(SEND);
    expect(sockets.size).toBeLessThanOrEqual(2);
  });
});

describe('certain that no byte left', () => {
  test('when the connection is refused', async () => {
    const probe = createTcpServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const port = (probe.address() as AddressInfo).port;
    await new Promise((resolve) => probe.close(resolve));
    const client = createHttpClient({ baseUrl: `http://127.0.0.1:${port}` });
    onTestFinished(() => client.close());
    expect(await client.request(SEND)).toEqual({ type: 'not-sent', reason: 'ECONNREFUSED' });
  });

  test('when the host has no address', async () => {
    const client = createHttpClient({ baseUrl: 'http://no-such-host.invalid' });
    onTestFinished(() => client.close());
    expect((await client.request(SEND)).type).toBe('not-sent');
  });

  test('when TLS fails', async () => {
    const { server } = await serve((_request, response) => response.end());
    const client = createHttpClient({
      baseUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    onTestFinished(() => client.close());
    expect((await client.request(SEND)).type).toBe('not-sent');
  });

  test('when no connection is ready in time', async () => {
    // Takes the connection and then says nothing, so that TLS never gets done.
    const silent = createTcpServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const client = createHttpClient({ baseUrl: `https://127.0.0.1:${port}`, timeoutMs: 150 });
    onTestFinished(async () => {
      await client.close();
      silent.close();
    });
    expect(await client.request(SEND)).toEqual({ type: 'not-sent', reason: 'no connection within 150 ms' });
  });

  test('when it was still waiting for its turn; and it does not leave later either', async () => {
    const { client, requests } = await serve(() => undefined, { connections: 1, timeoutMs: 150 });
    const answers = await Promise.all([client.request(SEND), client.request(SEND), client.request(SEND)]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const certain = answers.filter(({ type }) => type === 'not-sent').length;
    expect(certain).toBeGreaterThanOrEqual(1);
    expect(requests()).toBeLessThanOrEqual(answers.length - certain);
  });
});

describe('a byte may have left, and the request is made once only', () => {
  test.each<[string, RequestListener, Partial<HttpClientOptions>]>([
    ['no answer in time', () => undefined, { timeoutMs: 200 }],
    ['a reset instead of an answer', (request) => request.socket.destroy(), {}],
    [
      'an answer cut short',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"errcode"');
        setTimeout(() => response.destroy(), 20);
      },
      {},
    ],
    [
      'an answer that stops half-way',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"errcode"');
      },
      { timeoutMs: 200 },
    ],
    [
      'an answer without end',
      (_request, response) => {
        response.on('error', () => undefined);
        const more = () => response.write('x'.repeat(65_536), (error) => error || setImmediate(more));
        more();
      },
      {},
    ],
  ])('%s', async (_name, listener, options) => {
    const { client, requests } = await serve(listener, options);
    const answer = await client.request(SEND);
    expect(answer.type).toBe('no-answer');
    expect(requests()).toBe(1);
    expect(JSON.stringify(answer)).not.toContain('SECRET');
  });

  test('a kept-alive connection that the server closes on the next request', async () => {
    let seen = 0;
    const { client, requests } = await serve(
      (request, response) => {
        seen += 1;
        if (seen === 1) response.end('{}');
        else request.socket.destroy();
      },
      { connections: 1 },
    );
    await client.request(SEND);
    expect((await client.request(SEND)).type).toBe('no-answer');
    expect(requests()).toBe(2);
  });
});

describe('through a proxy', () => {
  const SECRETS = /SECRET|PASSWORD|OPERATOR/;

  /** A proxy on loopback that does one thing with whoever asks for a tunnel. Plain requests it answers with 418. */
  async function proxy(onTunnel: (socket: Duplex) => void, plainStatus = 418) {
    let tunnels = 0;
    const server = createServer((_request, response) => response.writeHead(plainStatus).end());
    server.on('connect', (_request, socket) => {
      tunnels += 1;
      socket.on('error', () => undefined);
      onTunnel(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const sockets = new Set<{ destroy(): void }>();
    server.on('connection', (socket) => sockets.add(socket));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return {
      host: `127.0.0.1:${port}`,
      url: `http://OPERATOR:PASSWORD@127.0.0.1:${port}`,
      tunnels: () => tunnels,
    };
  }

  async function request(proxyUrl: string, baseUrl = 'https://api.example.invalid') {
    const client = createHttpClient({ baseUrl, proxyUrl, timeoutMs: 2_000 });
    onTestFinished(() => client.close());
    const answer = await client.request(SEND);
    expect(JSON.stringify(answer)).not.toMatch(SECRETS);
    expect(JSON.stringify(answer)).not.toContain('UND_ERR_ABORTED');
    return answer;
  }

  test.each([
    ['407 Proxy Authentication Required', ': WECHAT_PROXY_URL needs the right user and password'],
    ['403 Forbidden', ': it does not let this service through to that host and port'],
    ['405 Method Not Allowed', ': it knows no CONNECT, which HTTPS needs'],
    ['502 Bad Gateway', ': it cannot reach that host'],
    ['503 Service Unavailable', ': it is not ready, or cannot reach that host'],
    ['504 Gateway Timeout', ': that host does not answer it in time'],
    ['418 I am a teapot', ''],
    ['302 Found', ''],
  ])('nothing has left when it refuses the tunnel with %s, and it is named with that', async (line, hint) => {
    const { url, host, tunnels } = await proxy((socket) => socket.end(`HTTP/1.1 ${line}\r\n\r\n`));
    expect(await request(url)).toEqual({
      type: 'not-sent',
      reason: `the proxy ${host} refused with HTTP ${line.slice(0, 3)}${hint}`,
    });
    expect(tunnels()).toBe(1);
  });

  test.each<[string, (socket: Duplex) => void]>([
    ['keeps silent', () => undefined],
    ['closes', (socket) => socket.end()],
    ['resets', (socket) => socket.destroy()],
    ['answers rubbish', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ['opens the tunnel and closes it', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')],
    [
      'opens the tunnel to what speaks no TLS',
      (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello, hello, hello'),
    ],
  ])('nothing has left when it %s, and it is named', async (_what, onTunnel) => {
    const { url, host } = await proxy(onTunnel);
    expect(await request(url)).toEqual({
      type: 'not-sent',
      reason: expect.stringMatching(new RegExp(`\\S.* on the way through the proxy ${host}$`)),
    });
  });

  test.each([
    ['nobody listens', 'http://OPERATOR:PASSWORD@127.0.0.1:1', 'ECONNREFUSED', '127.0.0.1:1'],
    [
      'its host has no address',
      'http://OPERATOR:PASSWORD@no-proxy.invalid',
      /ENOTFOUND|EAI_AGAIN/,
      'no-proxy.invalid:80',
    ],
  ])('nothing has left when %s at its address, which is named', async (_what, url, code, host) => {
    expect(await request(url)).toEqual({
      type: 'not-sent',
      reason: expect.stringMatching(
        new RegExp(`^(${code instanceof RegExp ? code.source : code}) on the way through the proxy ${host}$`),
      ),
    });
  });

  test('nothing has left when it speaks no TLS, though its address begins with https', async () => {
    const { host } = await proxy(() => undefined);
    expect(await request(`https://OPERATOR:PASSWORD@${host}`)).toEqual({
      type: 'not-sent',
      reason: expect.stringContaining(`on the way through the proxy ${host}`),
    });
  });

  test('a plain request that it wants a password for is no answer of the server, and it is named', async () => {
    const { url, host } = await proxy(() => undefined, 407);
    expect(await request(url, 'http://127.0.0.1:1')).toMatchObject({
      reason: expect.stringContaining(`the proxy ${host} refused with HTTP 407`),
    });
  });

  test('a request goes the way of the proxy and nowhere else', async () => {
    const { url } = await proxy((socket) => socket.end());
    const { client, requests } = await serve((_request, response) => response.end(), { proxyUrl: url });
    expect(await client.request(SEND)).toMatchObject({ type: 'answered', status: 418 });
    expect(requests()).toBe(0);
  });
});

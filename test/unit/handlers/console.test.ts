import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createHandler } from '../../../handlers/console.ts';
import type { HttpEvent, HttpResult } from '../../../lib/api/http-request.ts';

const FILES: Readonly<Record<string, string>> = {
  'index.html': '<!doctype html><title>page</title>',
  'assets/main-abc123.js': 'start()',
  'icon.svg': '<svg/>',
};

const handler = createHandler({
  names: async () => new Set(Object.keys(FILES)),
  read: async (name) => brotliCompressSync(FILES[name] ?? ''),
});

const get = (rawPath: string, accepted = 'gzip, deflate, br'): Promise<HttpResult> =>
  handler({ rawPath, headers: { 'accept-encoding': accepted } } as unknown as HttpEvent);

/** The text of an answer as a browser reads it. */
function textOf({ body = '', headers }: HttpResult): string {
  const bytes = Buffer.from(body, 'base64');
  return (headers?.['content-encoding'] === 'br' ? brotliDecompressSync(bytes) : bytes).toString();
}

test.each(['/console/', '/console/users/o-someone', '/prod/console/messages'])(
  '%s is the page, asked for anew each time',
  async (path) => {
    const answer = await get(path);
    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    });
    expect(textOf(answer)).toBe(FILES['index.html']);
  },
);

test('a file with a hash in its name is kept for ever, as it is stored', async () => {
  const answer = await get('/console/assets/main-abc123.js');
  expect(answer.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'content-encoding': 'br',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
  });
  expect(textOf(answer)).toBe('start()');
});

test('whoever does not take brotli gets the plain text', async () => {
  const answer = await get('/console/icon.svg', 'gzip');
  expect(answer.headers).not.toHaveProperty('content-encoding');
  expect(textOf(answer)).toBe('<svg/>');
});

test('every answer forbids inline scripts and styles, other hosts and frames', async () => {
  for (const path of ['/console', '/console/', '/console/assets/none.js', '/console/icon.svg']) {
    const policy = String((await get(path)).headers?.['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  }
});

test('/console leads to /console/, an asset that is gone is 404 and no page', async () => {
  expect(await get('/console')).toMatchObject({ statusCode: 308, headers: { location: '/console/' } });
  expect(await get('/console/assets/main-old.js')).toMatchObject({ statusCode: 404 });
});

test.each(['/console/../serverless.yml', '/console/%2e%2e/index.html.br', '/console//etc/passwd'])(
  '%s answers the page or nothing, and no other file',
  async (path) => {
    const answer = await get(path);
    expect(textOf(answer)).toBe(FILES['index.html']);
  },
);

test('where the console was not built the answer says how to build it', async () => {
  const unbuilt = createHandler({ names: async () => new Set(), read: async () => Buffer.from('') });
  const answer = await unbuilt({ rawPath: '/console/', headers: {} } as unknown as HttpEvent);
  expect(answer).toMatchObject({ statusCode: 404, body: expect.stringContaining('npm run build:console') });
});

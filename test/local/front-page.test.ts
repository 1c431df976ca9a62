import { afterAll, describe, expect, test } from 'vitest';
import { createFrontPage, type Places } from '../../local/dev/front-page.ts';
import { startStack } from '../../local/stack/stack.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
let places: Places = { apiUrl: '', apiKey: 'dev-key' };
const stack = await startStack({
  logger: quiet,
  pollers: 0,
  dispatchEverySeconds: 0,
  page: createFrontPage(() => places),
});
places = { ...places, apiUrl: stack.apiUrl, phoneUrl: 'http://127.0.0.1:3200', wechatUrl: stack.wechatUrl };
afterAll(() => stack.close());

const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
const get = (path: string, headers: Record<string, string> = {}, apiUrl = stack.apiUrl) =>
  fetch(apiUrl + path, { headers });

describe('the page at / of npm run dev', () => {
  test.each([
    ['en-GB,zh;q=0.5', '', 'en', 'Where do you want to go?', /[\u4e00-\u9fff]/],
    ['zh-CN,en;q=0.5', '', 'zh-CN', '接下来去哪里', /Where do you/],
    ['zh-CN', '?lang=en', 'en', 'Where do you want to go?', /[\u4e00-\u9fff]/],
  ])(
    'speaks the language of the browser or of the query (%s %s)',
    async (language, query, lang, text, other) => {
      const response = await get(`/${query}`, { accept: HTML, 'accept-language': language });
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const page = await response.text();
      expect(page).toContain(`<html lang="${lang}">`);
      expect(page).toContain(text);
      // The way to the other language is named in that language.
      expect(page.replace('>中文<', '')).not.toMatch(other);
    },
  );

  test('leads to the phone, the console, the API document, the health and the simulated WeChat; what is served is there', async () => {
    const page = await (await get('/', { accept: HTML })).text();
    const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
    expect(links).toEqual(
      expect.arrayContaining([
        'http://127.0.0.1:3200',
        '/console/#key=dev-key',
        '/openapi.yaml',
        '/v1/health',
        `${stack.wechatUrl}/_control`,
      ]),
    );
    expect(page).toContain(`${stack.apiUrl}/v1/templates`);
    expect(await (await get('/openapi.yaml')).text()).toMatch(/^openapi: "?3\.1/m);
    expect(await (await get('/v1/health')).json()).toEqual({ status: 'ok' });
    expect((await fetch(`${stack.wechatUrl}/_control`)).status).toBe(200);
  });

  test('is for browsers: a program gets the service’s own answer, and so does every other path and verb', async () => {
    for (const accept of ['*/*', 'application/json']) {
      const response = await get('/', { accept });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toMatchObject({ code: 'not-found' });
    }
    expect((await get('/elsewhere', { accept: HTML })).status).toBe(404);
    const posted = await fetch(stack.apiUrl, { method: 'POST', headers: { accept: HTML } });
    expect(posted.status).toBe(404);
  });

  test('is no part of what is deployed: a stack without it answers as the service does', async () => {
    const plain = await startStack({ logger: quiet, pollers: 0, dispatchEverySeconds: 0 });
    for (const path of ['/', '/openapi.yaml'])
      expect((await get(path, { accept: HTML }, plain.apiUrl)).status).toBe(404);
    await plain.close();
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startPhone } from '../../local/phone/phone.ts';

async function useUpstream(name: string): Promise<string> {
  const server = createServer((request, response) =>
    response.end(`${name} ${request.method} ${request.url}`),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('the phone serves its page with the client module in it, and passes requests on', async () => {
  const phone = await startPhone({
    port: 0,
    apiUrl: await useUpstream('service'),
    wechatUrl: await useUpstream('wechat'),
  });
  onTestFinished(() => phone.close());
  const get = async (path: string) => {
    const response = await fetch(phone.url + path);
    return [response.status, response.headers.get('content-type'), await response.text()] as const;
  };
  expect(await get('/')).toMatchObject([
    200,
    'text/html; charset=utf-8',
    expect.stringContaining('/phone.js'),
  ]);
  const [, , script] = await get('/phone.js');
  expect(script).toContain('requestSubscribeMessage');
  expect(await get('/phone.css')).toMatchObject([200, 'text/css; charset=utf-8', expect.any(String)]);
  expect((await get('/api/v1/grants?openid=o1'))[2]).toBe('service GET /v1/grants?openid=o1');
  expect((await get('/wechat/_control/users'))[2]).toBe('wechat GET /_control/users');
  expect((await get('/elsewhere'))[0]).toBe(404);
});

test('where nobody answers, the page is told so', async () => {
  const phone = await startPhone({ port: 0, apiUrl: 'http://127.0.0.1:1', wechatUrl: 'http://127.0.0.1:1' });
  onTestFinished(() => phone.close());
  expect((await fetch(`${phone.url}/api/v1/health`)).status).toBe(502);
});

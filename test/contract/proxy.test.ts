import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { startService } from './running-service.ts';

/** A proxy that lets nobody through. */
const proxy = createServer((_request, response) => response.writeHead(407).end());
await once(proxy.listen(0, '127.0.0.1'), 'listening');
afterAll(() => proxy.close());
const host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;

const { operator } = await startService({
  settings: { WECHAT_PROXY_URL: `http://OPERATOR:PASSWORD@${host}` },
});

test('a proxy that refuses is named with its status to operators, without its user and password', async () => {
  const { status, body } = await operator('POST', '/v1/templates/sync');
  expect([status, body.code]).toEqual([503, 'wechat-unavailable']);
  expect(body.detail).toContain(`the proxy ${host} refused with HTTP 407`);
  expect(JSON.stringify(body)).not.toMatch(/OPERATOR|PASSWORD|UND_ERR/);
});

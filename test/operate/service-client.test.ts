import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from './run-command.ts';

/** A service with nothing in it, which notes how it was called. */
async function useEmptyService() {
  const calls: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    calls.push(request.headers);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[]}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

test.each(['template', 'campaign'])('npm run %s names the mini program of --app, else none', async (name) => {
  const { url, calls } = await useEmptyService();
  for (const args of [['--app', 'wx1234567890abcdef'], []]) {
    expect((await runCommand(name, ['list', '--api', url, ...args])).code).toBe(0);
  }
  expect(calls.map((headers) => headers['x-wechat-appid'])).toEqual(['wx1234567890abcdef', undefined]);
});

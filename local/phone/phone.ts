import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { asPortInUse } from '../stack/port-in-use.ts';

/** A phone to look at: a page that acts like WeChat and shows what happens underneath. */
export interface Phone {
  readonly url: string;
  close(): Promise<void>;
}

/** Where the phone's network leads. */
export interface PhoneOptions {
  /** Of the page; 0 takes a free one. */
  readonly port: number;
  readonly apiUrl: string;
  /** Of the simulated WeChat. */
  readonly wechatUrl: string;
}

const PAGE = fileURLToPath(new URL('./page/', import.meta.url));

/**
 * Serves the page on 127.0.0.1, and passes `/api/…` on to the service and `/wechat/…` to the simulated WeChat, since neither lets
 * pages of other origins in.
 *
 * @throws PortInUseError
 */
export async function startPhone({ port, apiUrl, wechatUrl }: PhoneOptions): Promise<Phone> {
  const page = await readFile(`${PAGE}index.html`, 'utf8');
  const addresses = `<html data-api="${apiUrl}" data-wechat="${wechatUrl}"`;
  const files: Readonly<Record<string, { readonly type: string; readonly content: string }>> = {
    '/': { type: 'text/html; charset=utf-8', content: page.replace('<html', addresses) },
    '/phone.css': { type: 'text/css; charset=utf-8', content: await bundle('styles/phone.css') },
    '/phone.js': { type: 'text/javascript; charset=utf-8', content: await bundle('main.ts') },
  };
  const server = createServer((incoming, outgoing) => {
    const url = incoming.url ?? '/';
    if (url.startsWith('/api/')) return passOn(incoming, outgoing, apiUrl + url.slice('/api'.length));
    if (url.startsWith('/wechat/'))
      return passOn(incoming, outgoing, wechatUrl + url.slice('/wechat'.length));
    const file = files[url.split('?')[0] ?? '/'];
    if (!file) return outgoing.writeHead(404).end('Not here. 没有这个页面。');
    return outgoing
      .writeHead(200, { 'content-type': file.type, 'cache-control': 'no-store' })
      .end(file.content);
  });
  await Promise.race([
    once(server.listen(port, '127.0.0.1'), 'listening'),
    once(server, 'error').then(([error]) => Promise.reject(error)),
  ]).catch(asPortInUse(port));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The phone got no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** An entry and all that it imports, in one file: the page's own code with the client module that it runs, or its styles. */
async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${PAGE}${entry}`],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

function passOn(incoming: IncomingMessage, outgoing: ServerResponse, url: string): void {
  const { host: _host, ...headers } = incoming.headers;
  const onward = httpRequest(url, { method: incoming.method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.once('error', () => {
    if (!outgoing.headersSent) outgoing.writeHead(502);
    outgoing.end();
  });
  incoming.pipe(onward);
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Timing } from '../../clients/typescript/src/index.ts';

/** What befalls a request on its way: an answer from between, or a connection that breaks before or after the service has done it. */
export type Trouble =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'cut-before'
  | 'cut-after'
  | 'half-an-answer';

/** A request as the way saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<IncomingMessage['headers']>;
  readonly body: string;
}

/** Headers that are between two neighbours, not for the service. */
const OF_THE_CONNECTION = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
]);

/** A way to a service: the first requests meet the troubles, one each, and the rest pass. Closed after the test. */
export async function faultyWay(apiUrl: string, troubles: readonly (Trouble | 'pass')[]) {
  const seen: Seen[] = [];
  return openServer(seen, async (request, response) => {
    const trouble = troubles[seen.length - 1] ?? 'pass';
    if (typeof trouble === 'object') {
      const { status, headers = {}, body = '' } = trouble;
      return void response.writeHead(status, headers).end(body);
    }
    if (trouble === 'cut-before') return void response.destroy();
    const { method, path, headers, body } = request;
    const passed = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name));
    const answer = await fetch(apiUrl + path, {
      method,
      headers: passed.map(([name, value]): [string, string] => [name, String(value)]),
      ...(body !== '' && { body }),
    });
    const answered = await answer.text();
    if (trouble === 'cut-after') return void response.destroy();
    const type = { 'content-type': answer.headers.get('content-type') ?? '' };
    if (trouble === 'pass') return void response.writeHead(answer.status, type).end(answered);
    response.writeHead(answer.status, { ...type, 'content-length': String(Buffer.byteLength(answered)) });
    response.write(answered.slice(0, 10), () => response.destroy());
  });
}

/** A service that answers as it is told. Closed after the test. */
export async function toldService(answer: (request: Seen) => { status: number; body: unknown }) {
  const seen: Seen[] = [];
  return openServer(seen, async (request, response) => {
    const { status, body } = answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
}

async function openServer(
  seen: Seen[],
  handle: (request: Seen, response: ServerResponse) => Promise<void>,
): Promise<{ url: string; seen: readonly Seen[] }> {
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const one = { method, path: url, headers, body: await text(request) };
    seen.push(one);
    await handle(one, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** A time that passes by waiting only, which takes none. */
export function passingTime(random = 0.5): Timing & { readonly waits: readonly number[] } {
  const waits: number[] = [];
  let nowMs = 0;
  return {
    waits,
    now: () => nowMs,
    random: () => random,
    async sleep(ms, signal) {
      signal.throwIfAborted();
      waits.push(ms);
      nowMs += ms;
    },
  };
}

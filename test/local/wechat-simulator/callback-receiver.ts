import { createDecipheriv, createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export const TOKEN = 'tok3n';
export const AES_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';

/** One request as it came in. */
export interface Pushed {
  readonly method: string;
  readonly contentType: string | undefined;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a callback does with a request; `undefined` never answers. */
export type Answer = { readonly status: number; readonly body: string } | 'reset' | undefined;

export const SUCCESS: Answer = { status: 200, body: 'success' };

/** A developer's server on the loopback interface, which answers `success` unless told otherwise. */
export async function startReceiver(
  answer: (pushed: Pushed, count: number) => Answer | Promise<Answer> = () => SUCCESS,
) {
  const pushes: Pushed[] = [];
  let announce = () => {};
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const pushed = {
      method: request.method ?? '',
      contentType: request.headers['content-type'],
      query: Object.fromEntries(url.searchParams),
      body: await text(request),
    };
    pushes.push(pushed);
    announce();
    reply(response, await answer(pushed, pushes.length));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/wechat/events`,
    pushes,
    /** Resolves with the pushes once there are so many. */
    async came(count: number): Promise<readonly Pushed[]> {
      while (pushes.length < count) {
        await new Promise<void>((resolve) => {
          announce = resolve;
        });
      }
      return pushes;
    },
  };
}

function reply(response: ServerResponse, answer: Answer): void {
  if (answer === undefined) return;
  if (answer === 'reset') response.socket?.destroy();
  else response.writeHead(answer.status).end(answer.body);
}

/** Hex SHA-1 over the sorted parts, as a developer checks it. */
export function sha1(...parts: (string | undefined)[]): string {
  return createHash('sha1').update(parts.sort().join('')).digest('hex');
}

/** What a developer makes of an `Encrypt` text: the message and the appid behind it. */
export function decrypt(encrypted: string, aesKey = AES_KEY): { message: string; appId: string } {
  const key = Buffer.from(aesKey, 'base64');
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(encrypted, 'base64'), decipher.final()]);
  const content = padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
  const end = 20 + content.readUInt32BE(16);
  return { message: content.toString('utf8', 20, end), appId: content.toString('utf8', end) };
}

/** The `Encrypt` text of a body in either format. */
export function encryptedIn({ body }: Pushed): string {
  return (/<Encrypt><!\[CDATA\[(.*?)\]\]>/.exec(body) ?? /"Encrypt":"(.*?)"/.exec(body))?.[1] ?? '';
}

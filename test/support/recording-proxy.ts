import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Stands between the service and WeChat and keeps every answer as it passed, secrets included. */
export interface RecordingProxy {
  readonly url: string;
  /** The texts of all answers so far. */
  readonly answers: readonly string[];
  close(): Promise<void>;
}

/** Passes every request on to `targetUrl`; a connection that breaks there breaks here too. */
export async function startRecordingProxy(targetUrl: string): Promise<RecordingProxy> {
  const answers: string[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const onward = request(
      new URL(incoming.url ?? '/', targetUrl),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        answer.once('error', () => outgoing.destroy());
        text(answer).then(
          (body) => answers.push(body),
          () => undefined,
        );
      },
    );
    onward.once('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Every value that passed under that name, such as all access tokens. */
export function valuesNamed({ answers }: RecordingProxy, name: string): string[] {
  const found = answers.flatMap((answer) => [...answer.matchAll(new RegExp(`"${name}":"([^"]+)"`, 'g'))]);
  return [...new Set(found.map(([, value]) => value ?? ''))];
}

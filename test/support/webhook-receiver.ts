import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request that came to the receiver. */
export interface ReceivedEvent {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly type: string; readonly time: string; readonly detail: Record<string, unknown> };
}

/** An owner's backend: it answers 204 unless it is told otherwise for the next requests. */
export async function startWebhookReceiver() {
  const received: ReceivedEvent[] = [];
  const planned: number[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    received.push({ method: request.method, headers: request.headers, body });
    response.writeHead(planned.shift() ?? 204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/events`,
    received,
    answerNext: (...statuses: readonly number[]) => void planned.push(...statuses),
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

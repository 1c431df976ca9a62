import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gatewayAnswer, type HttpAnswer, toHttpAnswer } from './http-answer.ts';
import { toHttpEvent } from './http-event.ts';
import { type HttpRoute, matchRoute } from './http-routes.ts';
import type { Invoke } from './invoke.ts';
import { APP_HEADER, type Observe, WATCHING_HEADER } from './observation.ts';
import { asPortInUse } from './port-in-use.ts';

/** Longer than any client keeps a pooled connection, so that this side never closes a reused one. */
const KEEP_ALIVE_MS = 65_000;
/** The most that API Gateway takes in one request. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Answers what stands beside the service's own routes on this machine; undefined leaves a request to them. */
export type ExtraPage = (request: {
  readonly method: string;
  readonly path: string;
  /** As it came, without the question mark. */
  readonly query: string;
  /** The headers `accept` and `accept-language`. */
  readonly accept: string;
  readonly language: string;
}) => Promise<HttpAnswer | undefined>;

/** The local API Gateway. */
export interface LocalHttpApi {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `routes` on 127.0.0.1 as an HTTP API of API Gateway does.
 *
 * @param options.port 0 takes a free one
 * @throws PortInUseError
 */
export async function startHttpApi(options: {
  port: number;
  routes: readonly HttpRoute[];
  invoke: Invoke;
  observe: Observe;
  page?: ExtraPage | undefined;
}): Promise<LocalHttpApi> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (message, response) => {
    answerRequest(message, options).then(
      (answer) => write(response, answer),
      // Only a connection that broke while the body was read ends here.
      () => response.destroy(),
    );
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening').catch(asPortInUse(options.port));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answerRequest(
  message: IncomingMessage,
  { routes, invoke, observe, page }: Parameters<typeof startHttpApi>[0],
): Promise<HttpAnswer> {
  const startedAt = performance.now();
  const [encodedPath = '/', ...query] = (message.url ?? '/').split('?');
  const rawQuery = query.join('?');
  const answered = (answer: HttpAnswer) => {
    const ms = performance.now() - startedAt;
    const isWatching = message.headers[WATCHING_HEADER] !== undefined;
    const { method = '' } = message;
    const appId = message.headers[APP_HEADER];
    observe({
      type: 'request',
      method,
      path: encodedPath,
      status: answer.status,
      ms,
      isWatching,
      ...(typeof appId === 'string' && { appId }),
    });
    return answer;
  };
  const body = await readBody(message);
  if (body === undefined) return answered(gatewayAnswer(413, 'Request Entity Too Large'));
  const path = decoded(encodedPath);
  if (path === undefined) return answered(gatewayAnswer(400, 'Bad Request'));
  const { accept = '', 'accept-language': language = '' } = message.headers;
  const extra = await page?.({ method: message.method ?? '', path, query: rawQuery, accept, language });
  if (extra) return answered(extra);
  const match = matchRoute(routes, message.method ?? '', path);
  if (match === undefined) return answered(gatewayAnswer(404, 'Not Found'));
  const event = toHttpEvent({ message, path, rawQuery, body }, match);
  const invocation = await invoke(match.route.called, event);
  if (invocation.type === 'threw') {
    observe({ type: 'fault', function: match.route.called.name, error: invocation.error });
  }
  return answered(toHttpAnswer(invocation));
}

/** The body, or undefined for one that is too large: the rest of it is read and dropped. */
async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

/** The path without its percent-encoding; what is not UTF-8 in it becomes U+FFFD. undefined where a `%` encodes nothing. */
function decoded(path: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(path)) return undefined;
  return path.replace(/(%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());
}

function write(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, {
    ...headers,
    'content-length': body.length,
    'apigw-requestid': randomUUID(),
  });
  response.end(body);
}

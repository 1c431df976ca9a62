import { type Dispatcher, Pool, ProxyAgent } from 'undici';

/** What came of one HTTP request. The client never repeats one: a repeat may be a second card on a user's phone. */
export type HttpAnswer =
  | { readonly type: 'answered'; readonly status: number; readonly text: string }
  /** Certain that no byte left: DNS, connect or TLS failed, or no connection came free in time (WeChat contract §9.3). */
  | { readonly type: 'not-sent'; readonly reason: string }
  /** A byte may have left, and no complete answer came. */
  | { readonly type: 'no-answer'; readonly reason: string };

/** One request. The query may hold secrets; it never appears in a reason. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** In the place of the plain `content-type` of JSON. */
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
}

/** A way to one server. */
export interface HttpClient {
  /** Never rejects for what the network or the server does. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** How to reach the server. */
export interface HttpClientOptions {
  readonly baseUrl: string;
  /** Requests under way at the same time; further ones wait. Default 64. */
  readonly connections?: number;
  readonly proxyUrl?: string;
  /** From the call to the last byte of the answer. Default 10,000. */
  readonly timeoutMs?: number;
  /** Answers that are longer count as none. Default 1 MiB, longer than WeChat's list of all templates by far. */
  readonly maxAnswerBytes?: number;
  /** For so long a connection is kept that nobody uses. Default 4,000. */
  readonly idleMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 3_000;
const DEFAULT_MAX_ANSWER_BYTES = 1024 * 1024;
const DEFAULT_IDLE_MS = 4_000;

/** Opens a pool of kept-alive connections to one server. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { origin, pathname } = new URL(options.baseUrl);
  const dispatcher = openDispatcher(origin, options);
  const basePath = pathname.replace(/\/$/, '');
  const limits: Limits = {
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxAnswerBytes: options.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES,
  };
  return {
    request: ({ method, path, query, headers, body }) =>
      exchange(
        dispatcher,
        {
          origin,
          method,
          path: basePath + path + (query ? `?${new URLSearchParams(query)}` : ''),
          headers: headers ?? (body === undefined ? {} : { 'content-type': 'application/json' }),
          body: body ?? null,
        },
        limits,
      ),
    close: () => dispatcher.destroy(),
  };
}

interface Limits {
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

function openDispatcher(
  origin: string,
  { connections = 64, proxyUrl, idleMs = DEFAULT_IDLE_MS }: HttpClientOptions,
): Dispatcher {
  // Over HTTP/2 requests share a connection, and what became of one would hang on the others.
  const pool = { connections, pipelining: 1, allowH2: false, keepAliveTimeout: idleMs };
  if (proxyUrl === undefined) {
    return new Pool(origin, { ...pool, connect: { timeout: CONNECT_TIMEOUT_MS } });
  }
  return new ProxyAgent({ uri: proxyUrl, ...pool, connectTimeout: CONNECT_TIMEOUT_MS });
}

/** undici tells when it is about to write a request; until then nothing has left. */
function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { timeoutMs, maxAnswerBytes }: Limits,
): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let size = 0;
    let expired = false;
    const chunks: Buffer[] = [];
    const finish = (answer: HttpAnswer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    const timer = setTimeout(() => {
      expired = true;
      if (controller) controller.abort(new Error(`no complete answer within ${timeoutMs} ms`));
      else finish({ type: 'not-sent', reason: `no connection within ${timeoutMs} ms` });
    }, timeoutMs);
    dispatcher.dispatch(request, {
      onRequestStart(started) {
        // Given up while it waited for a connection: it must not leave any more.
        if (expired) return started.abort(new Error('given up before it was sent'));
        controller = started;
      },
      onResponseStart(_controller, statusCode) {
        status = statusCode;
      },
      onResponseData(receiving, chunk) {
        size += chunk.length;
        if (size > maxAnswerBytes)
          receiving.abort(new Error(`the answer is larger than ${maxAnswerBytes} bytes`));
        else chunks.push(chunk);
      },
      onResponseEnd() {
        finish({ type: 'answered', status, text: Buffer.concat(chunks).toString() });
      },
      onResponseError(_controller, error) {
        finish({ type: controller ? 'no-answer' : 'not-sent', reason: reasonOf(error) });
      },
    });
  });
}

/** Codes and our own sentences only; a library's message could name the address with its query. */
function reasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code ?? (error.message || error.name);
}

import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { Clock } from '../clock.ts';
import { failureReason, proxyName } from './failure-reason.ts';

/** What came of one request. A pool never repeats one: a repeat may be a second card on a user's phone. */
export type Exchange =
  | {
      readonly type: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Buffer;
    }
  /** No byte left: DNS, connect or TLS failed, or no connection came free in time (WeChat contract §9.3). */
  | { readonly type: 'not-sent'; readonly reason: string }
  /** A byte may have left, and no complete answer came. */
  | { readonly type: 'no-answer'; readonly reason: string };

/**
 * One request as it goes out. The path holds the query, which may hold secrets; it never appears in a reason.
 */
interface PooledRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

/** Kept-alive connections to one server. */
export interface ConnectionPool {
  /** Never rejects for what the network or the server does. */
  exchange(request: PooledRequest): Promise<Exchange>;
  close(): Promise<void>;
}

/** How to reach the server. */
export interface ConnectionPoolOptions {
  /** Requests under way at the same time; further ones wait. Default 64. */
  readonly connections?: number;
  readonly proxyUrl?: string;
  /** From the call to the last byte of the answer. Default 10,000. */
  readonly timeoutMs?: number;
  /**
   * Answers that are longer count as none. Default 1 MiB, longer than WeChat's list of all templates by far.
   */
  readonly maxAnswerBytes?: number;
  /** For so long a connection is kept that nobody uses. Default 4,000. */
  readonly idleMs?: number;
  readonly clock?: Clock;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 3_000;
const DEFAULT_MAX_ANSWER_BYTES = 1024 * 1024;
const DEFAULT_IDLE_MS = 4_000;

/**
 * Opens a pool of connections to an origin such as `https://api.weixin.qq.com`.
 *
 * Lambda freezes a container between two calls, timers included: a connection that the server closed long ago
 * then still looks alive. So the clock is asked whenever a request begins or ends: where nothing has done so
 * for too long, all connections of before are given up, once what is under way on them has ended.
 */
export function openConnectionPool(origin: string, options: ConnectionPoolOptions = {}): ConnectionPool {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, maxAnswerBytes = DEFAULT_MAX_ANSWER_BYTES } = options;
  const { idleMs = DEFAULT_IDLE_MS, clock = Date.now, proxyUrl } = options;
  const limits = { timeoutMs, maxAnswerBytes, ...(proxyUrl !== undefined && { proxy: proxyName(proxyUrl) }) };
  let dispatcher = openDispatcher(origin, idleMs, options);
  const givenUp = new Set<Dispatcher>();
  let lastUsedMs = clock();
  let hasAnswered = false;

  function use(): void {
    const nowMs = clock();
    if (nowMs - lastUsedMs > idleMs) {
      const old = dispatcher;
      givenUp.add(old);
      void old.close().finally(() => givenUp.delete(old));
      dispatcher = openDispatcher(origin, idleMs, options);
    }
    lastUsedMs = nowMs;
  }

  return {
    async exchange(request) {
      use();
      try {
        const result = await exchange(dispatcher, { origin, ...request }, limits);
        if (!hasAnswered) await untilFree();
        hasAnswered = true;
        return result;
      } finally {
        use();
      }
    },
    async close() {
      await Promise.all([dispatcher, ...givenUp].map((one) => one.destroy()));
    },
  };
}

/**
 * undici lets go of a connection in the event loop's next turn. What follows the first answer at once would open
 * another, and a cold start take one TLS handshake more.
 */
function untilFree(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function openDispatcher(
  origin: string,
  keepAliveTimeout: number,
  { connections = 64, proxyUrl }: ConnectionPoolOptions,
): Dispatcher {
  // Over HTTP/2 requests share a connection, and what became of one would hang on the others.
  const pool = { connections, pipelining: 1, allowH2: false, keepAliveTimeout };
  if (proxyUrl === undefined) {
    return new Pool(origin, { ...pool, connect: { timeout: CONNECT_TIMEOUT_MS } });
  }
  return new ProxyAgent({ uri: proxyUrl, ...pool, connectTimeout: CONNECT_TIMEOUT_MS });
}

interface Limits {
  /** For reasons: the proxy that the request goes through. */
  readonly proxy?: string;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

type SentRequest = PooledRequest & { readonly origin: string };

/** undici tells when it is about to write a request; until then nothing has left. */
function exchange(
  dispatcher: Dispatcher,
  { headers, ...request }: SentRequest,
  { proxy, timeoutMs, maxAnswerBytes }: Limits,
): Promise<Exchange> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let answered: { status: number; headers: Readonly<Record<string, string>> } = { status: 0, headers: {} };
    let size = 0;
    let expired = false;
    const chunks: Buffer[] = [];
    const failed = (error: Error): Exchange => ({
      type: controller ? 'no-answer' : 'not-sent',
      reason: failureReason(error, proxy),
    });
    const finish = (result: Exchange) => {
      clearTimeout(timer);
      resolve(result);
    };
    const timer = setTimeout(() => {
      expired = true;
      if (controller) controller.abort(new Error(`no complete answer within ${timeoutMs} ms`));
      else finish(failed(new Error(`no connection within ${timeoutMs} ms`)));
    }, timeoutMs);
    dispatcher.dispatch(
      { ...request, headers: { ...headers } },
      {
        onRequestStart(started) {
          // Given up while it waited for a connection: it must not leave any more.
          if (expired) return started.abort(new Error('given up before it was sent'));
          controller = started;
        },
        onResponseStart(_controller, status, received) {
          answered = { status, headers: plainHeaders(received) };
        },
        onResponseData(receiving, chunk) {
          size += chunk.length;
          if (size > maxAnswerBytes)
            receiving.abort(new Error(`the answer is larger than ${maxAnswerBytes} bytes`));
          else chunks.push(chunk);
        },
        onResponseEnd() {
          finish({ type: 'answered', ...answered, body: Buffer.concat(chunks) });
        },
        onResponseError(_controller, error) {
          finish(failed(error));
        },
      },
    );
  });
}

/** A header that comes several times is one with commas. */
function plainHeaders(received: Readonly<Record<string, string | string[] | undefined>>) {
  return Object.fromEntries(
    Object.entries(received).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
}

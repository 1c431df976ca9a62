import { buildQueryString, type HttpHandler } from '@smithy/core/protocols';
import type { HttpRequest, HttpResponse } from '@smithy/types';
import { type ConnectionPool, openConnectionPool } from './connection-pool.ts';

const LIMITS = {
  /** AWS answers within a fraction of it. */
  timeoutMs: 5_000,
  /** DynamoDB answers with 16 MiB at most. */
  maxAnswerBytes: 17 * 2 ** 20,
  /** A function may be called again much later than undici keeps a connection by itself. */
  idleMs: 30_000,
};

/** No complete answer came. The SDK repeats a call that fails under this name. */
class NoAnswerError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Carries the requests of one client of the AWS SDK over our own pool of connections, which that takes in the
 * place of its handler. The SDK signs, repeats and reads; this sends once.
 */
export function createAwsRequestHandler(): HttpHandler {
  let pool: ConnectionPool | undefined;
  return {
    metadata: { handlerProtocol: 'http/1.1' },

    async handle(request: HttpRequest): Promise<{ response: HttpResponse }> {
      pool ??= openConnectionPool(originOf(request), LIMITS);
      const query = buildQueryString(request.query ?? {});
      const answer = await pool.exchange({
        method: request.method,
        path: query === '' ? request.path : `${request.path}?${query}`,
        headers: request.headers,
        body: request.body ?? null,
      });
      if (answer.type !== 'answered') throw new NoAnswerError(`AWS gave no answer: ${answer.reason}`);
      return { response: { statusCode: answer.status, headers: { ...answer.headers }, body: answer.body } };
    },

    // The SDK's way to change a handler from outside. There is nothing to change.
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy: () => void pool?.close(),
  };
}

function originOf({ protocol, hostname, port }: HttpRequest): string {
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
}

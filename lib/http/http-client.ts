import { type ConnectionPoolOptions, type Exchange, openConnectionPool } from './connection-pool.ts';

/** What came of one HTTP request, its answer read as text. */
export type HttpAnswer =
  | { readonly type: 'answered'; readonly status: number; readonly text: string }
  | Exclude<Exchange, { readonly type: 'answered' }>;

/** One request. The query may hold secrets; it never appears in a reason. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
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
export interface HttpClientOptions extends ConnectionPoolOptions {
  readonly baseUrl: string;
}

/** Opens a pool of kept-alive connections to one server that speaks JSON. */
export function createHttpClient({ baseUrl, ...options }: HttpClientOptions): HttpClient {
  const { origin, pathname } = new URL(baseUrl);
  const pool = openConnectionPool(origin, options);
  const basePath = pathname.replace(/\/$/, '');
  return {
    async request({ method, path, query, body }) {
      const answer = await pool.exchange({
        method,
        path: basePath + path + (query ? `?${new URLSearchParams(query)}` : ''),
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        body: body ?? null,
      });
      if (answer.type !== 'answered') return answer;
      return { type: 'answered', status: answer.status, text: answer.body.toString() };
    },
    close: () => pool.close(),
  };
}

import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { HttpHandler } from '../../lib/api/http-handler.ts';
import type { HttpEvent } from '../../lib/api/http-request.ts';

/** What matters of a request to a test; the rest is filled in as API Gateway does it. */
export interface HttpRequestParts {
  readonly method?: string;
  readonly path?: string;
  /** As in the address, without the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as `authorization: Bearer …`. */
  readonly token?: string;
  /** Sent as JSON; for anything else use `text`. */
  readonly json?: unknown;
  readonly text?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestId?: string;
  readonly stage?: string;
}

/** An event of an HTTP API, payload format 2.0. */
function httpEvent(parts: HttpRequestParts = {}): HttpEvent {
  const {
    method = 'GET',
    path = '/',
    query = '',
    requestId = 'JKJaXmPLvHcESHA=',
    stage = '$default',
  } = parts;
  const body = parts.text ?? (parts.json === undefined ? undefined : JSON.stringify(parts.json));
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers: {
      accept: '*/*',
      host: 'abc123.execute-api.ap-southeast-1.amazonaws.com',
      'x-forwarded-for': '203.0.113.7',
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': `${body.length}` }),
      ...(parts.token === undefined ? {} : { authorization: `Bearer ${parts.token}` }),
      ...parts.headers,
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abc123',
      domainName: 'abc123.execute-api.ap-southeast-1.amazonaws.com',
      domainPrefix: 'abc123',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'test' },
      requestId,
      routeKey: '$default',
      stage,
      time: '01/Dec/2026:01:00:00 +0000',
      timeEpoch: 1_796_086_800_000,
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded: parts.isBase64Encoded ?? false,
  };
}

/** An answer, its body read. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever members it expects.
  readonly body: any;
  /** The whole answer as text, to search it. */
  readonly text: string;
}

/** JSON, but for the answers that are bare text. */
function readBody({ headers, body }: APIGatewayProxyStructuredResultV2): unknown {
  if (body === undefined) return undefined;
  return /^text\/plain\b/.test(String(headers?.['content-type'])) ? body : JSON.parse(body);
}

/** Calls a handler as Lambda does. `remainingMs` tells how long the function may still run. */
export async function call(
  handler: HttpHandler,
  parts: HttpRequestParts,
  remainingMs = () => 29_000,
): Promise<HttpReply> {
  const context = { getRemainingTimeInMillis: remainingMs } as Context;
  const result: APIGatewayProxyStructuredResultV2 = await handler(httpEvent(parts), context);
  return {
    status: result.statusCode ?? 0,
    headers: result.headers ?? {},
    body: readBody(result),
    text: JSON.stringify(result),
  };
}

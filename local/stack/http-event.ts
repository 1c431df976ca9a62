import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { HttpMatch } from './http-routes.ts';

const API_ID = 'local';

/** A request as it came in, its body read. */
export interface HttpRequest {
  readonly message: IncomingMessage;
  /** Path without its percent-encoding, as API Gateway hands it on. */
  readonly path: string;
  readonly rawQuery: string;
  readonly body: Buffer;
}

/** The event that an HTTP API hands to Lambda for this request (payload format 2.0). */
export function toHttpEvent(
  { message, path, rawQuery, body }: HttpRequest,
  match: HttpMatch,
): APIGatewayProxyEventV2 {
  const { cookie, ...headers } = joinedHeaders(message);
  const isBase64Encoded = body.length > 0 && !isText(headers['content-type']);
  const query = joinedQuery(rawQuery);
  const sourceIp = message.socket.remoteAddress ?? '127.0.0.1';
  const host = headers['host'] ?? '127.0.0.1';
  const now = new Date();
  return {
    version: '2.0',
    routeKey: match.route.key,
    rawPath: path,
    rawQueryString: rawQuery,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: {
      ...headers,
      'x-amzn-trace-id': `Root=1-${Math.floor(now.getTime() / 1000).toString(16)}-${randomUUID().replaceAll('-', '').slice(0, 24)}`,
      'x-forwarded-for': sourceIp,
      'x-forwarded-port': `${message.socket.localPort ?? 80}`,
      'x-forwarded-proto': 'http',
    },
    ...(Object.keys(query).length === 0 ? {} : { queryStringParameters: query }),
    ...(Object.keys(match.parameters).length === 0 ? {} : { pathParameters: match.parameters }),
    requestContext: {
      accountId: '000000000000',
      apiId: API_ID,
      domainName: host.replace(/:\d+$/, ''),
      domainPrefix: API_ID,
      http: {
        method: message.method ?? 'GET',
        path,
        protocol: `HTTP/${message.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: match.route.key,
      stage: '$default',
      time: clfTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

/** Names in lower case; a header that was sent several times is joined by commas. */
function joinedHeaders(message: IncomingMessage): Record<string, string> {
  const entries = Object.entries(message.headersDistinct).map(([name, values = []]) => [
    name,
    values.join(name === 'cookie' ? '; ' : ','),
  ]);
  return Object.fromEntries(entries);
}

function joinedQuery(rawQuery: string): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    const earlier = joined[name];
    joined[name] = earlier === undefined ? value : `${earlier},${value}`;
  }
  return joined;
}

/** What an HTTP API passes on as text. A form, curl's default for `-d`, is not among it. */
function isText(contentType: string | undefined): boolean {
  if (contentType === undefined) return true;
  return /^(text\/|application\/([\w.-]+\+)?(json|xml|javascript)\b)/i.test(contentType);
}

/** `23/Nov/2026:00:39:54 +0000`, the time format of web server logs. */
function clfTime(now: Date): string {
  const [, day = '', month = '', year = '', time = ''] = now.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

import * as v from 'valibot';
import type { Invocation } from './invoke.ts';

/** What goes back to the caller. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

const structuredSchema = v.object({
  statusCode: v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(599)),
  headers: v.nullish(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}),
  body: v.nullish(v.string(), ''),
  isBase64Encoded: v.nullish(v.boolean(), false),
  cookies: v.nullish(v.array(v.string()), []),
});

/** API Gateway's own answers, `{"message":"Not Found"}` and the like. */
export function gatewayAnswer(status: number, message: string): HttpAnswer {
  const body = Buffer.from(JSON.stringify({ message }));
  return { status, headers: { 'content-type': 'application/json' }, body };
}

/**
 * What an HTTP API makes of a function's end (payload format 2.0): an object with `statusCode` is the answer, anything
 * else is the JSON body of a 200. A function that threw, or whose answer does not parse, is a 500.
 */
export function toHttpAnswer(invocation: Invocation): HttpAnswer {
  if (invocation.type === 'threw') return gatewayAnswer(500, 'Internal Server Error');
  const { result } = invocation;
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) return plainAnswer(result);
  const parsed = v.safeParse(structuredSchema, result);
  if (!parsed.success) return gatewayAnswer(500, 'Internal Server Error');
  const { statusCode, headers, body, isBase64Encoded, cookies } = parsed.output;
  const lowerCased = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), `${value}`]);
  return {
    status: statusCode,
    headers: {
      ...(body === '' ? {} : { 'content-type': 'text/plain;charset=UTF-8' }),
      ...Object.fromEntries(lowerCased),
      ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }),
    },
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
}

function plainAnswer(result: unknown): HttpAnswer {
  const body = Buffer.from(typeof result === 'string' ? result : JSON.stringify(result));
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

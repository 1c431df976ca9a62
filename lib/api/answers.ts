import * as v from 'valibot';
import type { HttpResult } from './http-event.ts';
import { type ProblemCode, ProblemError } from './problem.ts';
import type { AnswerSpec, Reply } from './route.ts';

/** A route's reply in the form that API Gateway takes: JSON, or text where the route says so. */
export function replyAnswer({ status, body, headers }: Reply, spec: AnswerSpec | undefined): HttpResult {
  if (body === undefined) return { statusCode: status, headers: { ...headers } };
  const mediaType = spec?.mediaType ?? 'application/json';
  return {
    statusCode: status,
    headers: { 'content-type': `${mediaType}; charset=utf-8`, ...headers },
    body: spec?.mediaType === 'text/plain' ? String(body) : JSON.stringify(body),
  };
}

/** When to come back, where a route does not say it. */
const RETRY_AFTER_SECONDS: Readonly<Partial<Record<ProblemCode, number>>> = {
  busy: 2,
  'timed-out': 5,
  'table-unreachable': 10,
};

/** A problem in the form that API Gateway takes. */
export function problemAnswer(error: ProblemError): HttpResult {
  const seconds = RETRY_AFTER_SECONDS[error.code];
  return {
    statusCode: error.statusCode,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(seconds !== undefined && { 'retry-after': String(seconds) }),
      ...error.extras.headers,
    },
    body: JSON.stringify(error.toProblem()),
  };
}

const throttledStart = v.object({ code: v.literal('secrets-throttled') });

/** What a caller gets when an HTTP function could not start for now; undefined for what only the owner can mend. */
export function answerFailedStart(error: unknown): HttpResult | undefined {
  if (!v.is(throttledStart, error)) return undefined;
  return problemAnswer(
    new ProblemError('timed-out', 'Too many functions start at once. Nothing was done.', {}, error),
  );
}

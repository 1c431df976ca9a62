import type { HttpResult } from './http-event.ts';
import type { ProblemError } from './problem.ts';
import type { Reply } from './route.ts';

/** A route's reply in the form that API Gateway takes. */
export function jsonAnswer({ status, body, headers }: Reply): HttpResult {
  if (body === undefined) return { statusCode: status, headers: { ...headers } };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** A problem in the form that API Gateway takes. */
export function problemAnswer(error: ProblemError): HttpResult {
  return {
    statusCode: error.statusCode,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...error.extras.headers },
    body: JSON.stringify(error.toProblem()),
  };
}

import { type Advice, tellOf } from './advice.ts';
import type { ApiAnswer } from './transport.ts';
import { assign, having, listOf, memberOf, textOf } from './values.ts';

/** A field of the data and the rule that it breaks. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** Why the service did not do what it was asked. */
export interface ServiceError extends Error {
  /**
   * The code of the service's own problem. `offline` when no answer of the service's came, `login-failed` when
   * `wx.login` fails or gives no code.
   */
  readonly code: string;
  readonly tell: Advice;
  /** The HTTP status; 0 when there was no answer of the service's. */
  readonly status: number;
  /** With `invalid-data`: every field that breaks a rule. */
  readonly errors: readonly FieldProblem[];
}

/** The error of an answer that is no success: the service's own problem, or `offline` for anybody else's answer. */
export function refusal({ status, body }: ApiAnswer): ServiceError {
  const code = textOf(body, 'code');
  const detail = textOf(body, 'detail');
  return code && detail
    ? serviceError(code, detail, status, body)
    : serviceError('offline', `http-${status}`, 0);
}

/** An error without an answer of the service. */
export function noAnswer(code: 'offline' | 'login-failed', cause: unknown): ServiceError {
  return serviceError(code, textOf(cause, 'errMsg') || textOf(cause, 'message'), 0);
}

/** Whether what was thrown is a `ServiceError`. */
export function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && 'tell' in thrown;
}

/** No class: one that extends Error is no longer recognised as an Error once it is turned into ES5. */
function serviceError(code: string, detail: string, status: number, body?: unknown): ServiceError {
  const errors = listOf(memberOf(body, 'errors'), having<FieldProblem>('message'));
  return assign(new Error(`${code}: ${detail}`), { code, tell: tellOf(code), status, errors });
}

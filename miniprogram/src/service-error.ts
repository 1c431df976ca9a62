import { type Advice, tellOf } from './advice.ts';
import type { ApiAnswer } from './transport.ts';
import { having, listOf, memberOf, textOf } from './values.ts';

/** A field of the data and the rule that it breaks. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** Why the service did not do what it was asked. */
export interface ServiceError extends Error {
  /** `offline` without an answer, `login-failed` when `wx.login` fails, else the code of the service's own problem. */
  readonly code: string;
  readonly tell: Advice;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** With `invalid-data`: every field that breaks a rule. */
  readonly errors: readonly FieldProblem[];
}

const isFieldProblem = having<FieldProblem>('message');

/** The error of an answer that is no success. */
export function refusal({ status, body }: ApiAnswer): ServiceError {
  const code = textOf(body, 'code') || `http-${status}`;
  return serviceError(code, textOf(body, 'detail'), status, listOf(memberOf(body, 'errors'), isFieldProblem));
}

/** An error without an answer of the service. */
export function noAnswer(code: 'offline' | 'login-failed', cause: unknown): ServiceError {
  return serviceError(code, textOf(cause, 'errMsg') || textOf(cause, 'message'), 0, []);
}

/** Whether what was thrown is a `ServiceError`. */
export function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && 'tell' in thrown;
}

type Members = { -readonly [M in Exclude<keyof ServiceError, keyof Error>]?: ServiceError[M] };

/** No class: one that extends Error is no longer recognised as an Error once it is turned into ES5. */
function serviceError(
  code: string,
  detail: string,
  status: number,
  errors: readonly FieldProblem[],
): ServiceError {
  const error: Error & Members = new Error(`${code}: ${detail}`);
  error.code = code;
  error.tell = tellOf(status ? code : 'offline');
  error.status = status;
  error.errors = errors;
  if (isServiceError(error)) return error;
  throw error;
}

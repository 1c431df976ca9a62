import { type Advice } from './advice.js';
import type { ApiAnswer } from './transport.js';
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
export declare function refusal({ status, body }: ApiAnswer): ServiceError;
/** An error without an answer of the service. */
export declare function noAnswer(code: 'offline' | 'login-failed', cause: unknown): ServiceError;
/** Whether what was thrown is a `ServiceError`. */
export declare function isServiceError(thrown: unknown): thrown is ServiceError;

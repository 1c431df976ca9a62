import type { FieldProblem } from '../templates/field-problem.ts';
import { type InputError, inputError, ProblemError } from './problem.ts';

/** Bad data as callers are told of it: everything that is wrong, in both languages, with its rule and what to do. */
export function dataErrors(problems: readonly FieldProblem[]): readonly InputError[] {
  return problems.map(({ path, message, ...more }) => ({ ...inputError(path, message), ...more }));
}

/** A refusal that names every error by its path. */
export function invalidInput(
  code: 'invalid-data' | 'invalid-body',
  errors: readonly InputError[],
): ProblemError {
  return new ProblemError(code, `Correct ${errors.map(({ path }) => path).join(', ')}.`, { errors });
}

import * as v from 'valibot';
import { brokenRule } from '../broken-rule.ts';
import { type InputError, ProblemError } from './problem.ts';

/** A body of thousands of wrong fields does not earn an answer of thousands of lines. */
const MOST_ERRORS = 50;

/**
 * Parses input by its schema.
 *
 * @throws ProblemError with `code`, naming each field and the rule it breaks
 */
export function parseInput<S extends v.GenericSchema>(
  code: 'invalid-body' | 'invalid-query' | 'invalid-header',
  schema: S,
  input: unknown,
): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const errors = inputErrors(result.issues);
  throw new ProblemError(code, `Correct ${errors.map(({ path }) => path || 'the whole').join(', ')}.`, {
    errors,
  });
}

/** Each field and the rule it breaks; never the value that was sent. */
function inputErrors(issues: readonly v.BaseIssue<unknown>[]): InputError[] {
  return issues
    .slice(0, MOST_ERRORS)
    .map((issue) => ({ path: v.getDotPath(issue) ?? '', message: brokenRule(issue) }));
}

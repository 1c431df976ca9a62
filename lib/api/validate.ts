import * as v from 'valibot';
import { inputRule, unknownField } from './input-rules.ts';
import { type InputError, inputError, ProblemError } from './problem.ts';
import { unknownFields } from './unknown-fields.ts';

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
  // One rule for each field: a check behind a broken form would only fail on what is no such form.
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  if (result.success) return result.output;
  const errors = result.issues.flatMap((issue) => inputErrors(schema, issue)).slice(0, MOST_ERRORS);
  throw new ProblemError(code, `Correct ${errors.map(({ path }) => path || 'the whole').join(', ')}.`, {
    errors,
  });
}

/** The place of an issue and the rule that is broken there; never the value that was sent. */
function inputErrors(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): readonly InputError[] {
  const path = v.getDotPath(issue) ?? '';
  const unknown = unknownFields(schema, issue);
  if (!unknown) return [inputError(path, inputRule(issue))];
  const parent = path.slice(0, Math.max(0, path.length - String(issue.path?.at(-1)?.key).length));
  return unknown.names
    .slice(0, MOST_ERRORS)
    .map((name) => inputError(parent + name, unknownField(name, unknown.known)));
}

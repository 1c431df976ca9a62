import type { InputRefusal, ValidationError } from '../campaigns/campaign-input.ts';
import { TemplateLookupError } from '../templates/template-lookup-error.ts';
import { dataErrors, invalidInput } from './data-errors.ts';
import { lookupProblem, type RemedyFor } from './lookup-problem.ts';
import { inputError, type ProblemCode, ProblemError } from './problem.ts';
import { unknownTemplate } from './unknown-template.ts';

/** What a caller is told of an order that is refused. */
export function inputProblem(refusal: InputRefusal): ProblemError {
  switch (refusal.type) {
    case 'unknown-template':
      return unknownTemplate();
    case 'invalid-data':
      return invalidInput('invalid-data', dataErrors(refusal.problems));
    case 'invalid-order':
      return validationProblem('invalid-body', refusal.errors);
    case 'invalid-schedule':
    case 'invalid-variables':
      return validationProblem(refusal.type, refusal.errors);
  }
}

/** A refusal that names every fault by its place. */
export function validationProblem(
  code: 'invalid-body' | 'invalid-schedule' | 'invalid-variables' | 'invalid-csv',
  errors: readonly ValidationError[],
): ProblemError {
  const places = [...new Set(errors.map(({ path }) => path || 'the whole'))];
  return new ProblemError(code, `Correct ${places.join(', ')}. Nothing was stored.`, {
    errors: errors.map(({ path, message }) => inputError(path, message)),
  });
}

/** There is no such campaign, or no such run of it. */
export function notFound(what: 'campaign' | 'run' | 'recipient'): ProblemError {
  return new ProblemError('not-found', `There is no such ${what}.`);
}

/** @throws ProblemError where WeChat was to be asked for a template and could not be */
export async function lookingUp<T>(remedyFor: RemedyFor, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TemplateLookupError)) throw error;
    const detail =
      'The template is not known yet and could not be looked up at WeChat. Nothing was stored; try again.';
    throw lookupProblem(error, remedyFor, detail);
  }
}

/** Problems of what an order may be refused for. */
export const INPUT_PROBLEMS = [
  'invalid-data',
  'invalid-schedule',
  'invalid-variables',
  'unknown-template',
  'wechat-refused',
  'wechat-unavailable',
] as const satisfies readonly ProblemCode[];

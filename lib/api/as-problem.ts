import { ContentionError } from '../contention.ts';
import { ProblemError } from './problem.ts';

/** What was thrown, as the problem that a caller is told; undefined for a fault that was not foreseen. */
export function asProblem(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (error instanceof ContentionError) return new ProblemError('busy', error.message);
  return undefined;
}

/** What a caller is told of a fault that was not foreseen: nothing of it. */
export function internalError(): ProblemError {
  return new ProblemError(
    'internal-error',
    'Try again. If it stays, tell the owner the x-request-id of this answer.',
  );
}

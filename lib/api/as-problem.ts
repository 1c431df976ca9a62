import * as v from 'valibot';
import { ContentionError } from '../retry.ts';
import { ProblemError } from './problem.ts';

/** How the AWS SDK marks a call that it made as often as it may: the service was slow, throttled it or could not be reached. */
const triedInVain = v.object({ $metadata: v.object({ attempts: v.pipe(v.number(), v.minValue(3)) }) });

/** What was thrown, as the problem that a caller is told; undefined for a fault that was not foreseen. */
export function asProblem(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (error instanceof ContentionError) return new ProblemError('busy', error.message);
  if (!v.is(triedInVain, error)) return undefined;
  return new ProblemError(
    'timed-out',
    'What the service keeps its records in did not answer in time, however often it was asked.',
    {},
    error,
  );
}

/** What a caller is told of a fault that was not foreseen: nothing of it. */
export function internalError(): ProblemError {
  return new ProblemError(
    'internal-error',
    'Try again. If it stays, tell the owner the x-request-id of this answer.',
  );
}

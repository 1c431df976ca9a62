import { ContentionError } from '../../contention.ts';
import type { Logger } from '../../logger.ts';
import { problemAnswer } from '../answers.ts';
import type { HttpEvent, HttpMiddleware } from '../http-event.ts';
import { ProblemError } from '../problem.ts';

/** Turns what was thrown into an answer. What is not a problem of ours stays inside: logged, answered as a plain 500. */
export function problemAnswers(logger: Logger): HttpMiddleware {
  return {
    onError: (request) => {
      const { event } = request;
      const error = asProblem(request.error);
      const facts = { requestId: event.requestContext.requestId, request: requestLine(event) };
      if (error instanceof ProblemError) {
        if (error.statusCode >= 500) {
          logger.warn(error.message, { ...facts, problem: error.toProblem(), error: error.cause });
        }
        request.response = problemAnswer(error);
        return;
      }
      logger.error('A request failed for a reason that was not foreseen.', { ...facts, error });
      request.response = problemAnswer(
        new ProblemError(
          'internal-error',
          'Try again. If it stays, tell the owner the x-request-id of this answer.',
        ),
      );
    },
  };
}

/** What is known to pass by itself is told as such; everything else stays as it is. */
function asProblem(error: unknown): unknown {
  if (!(error instanceof ContentionError)) return error;
  return new ProblemError('busy', error.message, { headers: { 'retry-after': '2' } });
}

/** Without the query, which may name a user. */
function requestLine({ rawPath, requestContext: { http } }: HttpEvent): string {
  return `${http.method} ${rawPath}`;
}

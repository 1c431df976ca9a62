import type { Logger } from '../../logger.ts';
import { problemAnswer } from '../answers.ts';
import { asProblem, internalError } from '../as-problem.ts';
import type { HttpEvent, HttpMiddleware } from '../http-event.ts';

/** Turns what was thrown into an answer. What is not a problem of ours stays inside: logged, answered as a plain 500. */
export function problemAnswers(logger: Logger): HttpMiddleware {
  return {
    onError: (request) => {
      const { event } = request;
      const problem = asProblem(request.error);
      const facts = { requestId: event.requestContext.requestId, request: requestLine(event) };
      if (!problem) {
        logger.error('A request failed for a reason that was not foreseen.', {
          ...facts,
          error: request.error,
        });
      } else if (problem.statusCode >= 500) {
        logger.warn(problem.message, { ...facts, problem: problem.toProblem(), error: problem.cause });
      }
      request.response = problemAnswer(problem ?? internalError());
    },
  };
}

/** Without the query, which may name a user. */
function requestLine({ rawPath, requestContext: { http } }: HttpEvent): string {
  return `${http.method} ${rawPath}`;
}

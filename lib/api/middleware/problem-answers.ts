import type { Logger } from '../../logger.ts';
import { problemAnswer } from '../answers.ts';
import { asProblem, internalError } from '../as-problem.ts';
import type { Authorized, HttpContext, HttpEvent, HttpMiddleware } from '../http-event.ts';
import { ProblemError } from '../problem.ts';

/**
 * Turns what was thrown into an answer. What is not a problem of ours stays inside: logged, answered as a plain 500.
 * Only operators get WeChat's whole answer, others its errcode: the errmsg may name the address of this service (40164).
 */
export function problemAnswers(logger: Logger): HttpMiddleware {
  return {
    onError: (request) => {
      const { event, context } = request;
      const problem = asProblem(request.error);
      const fields = { requestId: event.requestContext.requestId, request: requestLine(event, context) };
      if (!problem) {
        logger.error('A request failed for a reason that was not foreseen.', {
          ...fields,
          error: request.error,
        });
      } else if (problem.statusCode >= 500) {
        logger.warn(problem.message, { ...fields, problem: problem.toProblem(), error: problem.cause });
      }
      const isOperator = context.authorized?.caller.type === 'operator';
      const answered = problem && !isOperator ? withErrcodeOnly(problem) : problem;
      request.response = problemAnswer(answered ?? internalError());
    },
  };
}

/** Without the remedy too that follows from WeChat's answer, since it may repeat parts of it. */
function withErrcodeOnly(problem: ProblemError): ProblemError {
  const { wechat, remedy, ...extras } = problem.extras;
  if (!wechat) return problem;
  return new ProblemError(problem.code, problem.message, { ...extras, wechat: { errcode: wechat.errcode } });
}

/** Without the query and without the user whom a path names: a log outlives an erased user. */
function requestLine({ rawPath, requestContext: { http } }: HttpEvent, { authorized }: HttpContext): string {
  return `${http.method} ${authorized ? pathOf(authorized) : rawPath.replace(/\/(users|recipients)\/[^/]+/, '/$1/{openid}')}`;
}

function pathOf({ route, params }: Authorized): string {
  return route.spec.path.replaceAll(/\{(\w+)\}/g, (all, name) =>
    name === 'openid' ? all : (params[name] ?? all),
  );
}

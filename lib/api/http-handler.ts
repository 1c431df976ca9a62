import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Logger } from '../logger.ts';
import { replyAnswer } from './answers.ts';
import type { Credentials } from './authenticate.ts';
import { createRouteFinder } from './find-route.ts';
import { authorizedOf, type HttpContext, type HttpEvent, type HttpResult } from './http-event.ts';
import { auditLog } from './middleware/audit-log.ts';
import { authorization } from './middleware/authorization.ts';
import { commonHeaders } from './middleware/common-headers.ts';
import { jsonBody } from './middleware/json-body.ts';
import { problemAnswers } from './middleware/problem-answers.ts';
import { ProblemError } from './problem.ts';
import { readQuery } from './read-query.ts';
import type { Route, RouteSpec } from './route.ts';
import { timeLimitOf } from './time-limit.ts';

/** What every HTTP function needs, whatever its routes. */
export interface HttpServices extends Credentials {
  readonly logger: Logger;
}

/** A function behind API Gateway. */
export type HttpHandler = (event: HttpEvent, context: Context) => Promise<HttpResult>;

/**
 * Serves `routes`: every request is let in, read and checked by its route's data; every failure becomes a problem.
 * `elsewhere` names routes of other functions, for the one that answers for addresses that nobody has.
 */
export function createHttpHandler(
  routes: readonly Route[],
  services: HttpServices,
  elsewhere: readonly RouteSpec[] = [],
): HttpHandler {
  const handle = middy<HttpEvent, HttpResult>({
    timeoutEarlyInMillis: ANSWER_MS,
    timeoutEarlyResponse: timedOut,
  })
    .use(commonHeaders())
    .use(problemAnswers(services.logger))
    .use(authorization(createRouteFinder(routes, elsewhere), services))
    .use(jsonBody())
    .use(auditLog(services.logger))
    .handler(serve);
  return (event, context) => handle(event, context);
}

/** Whatever is still under way this long before Lambda ends the function is answered without it. */
const ANSWER_MS = 500;

function timedOut(): never {
  throw new ProblemError(
    'timed-out',
    'The service did not finish in time. It may go on with the request, or not.',
  );
}

async function serve(event: HttpEvent, context: HttpContext): Promise<HttpResult> {
  const { route, params, caller } = authorizedOf(context);
  const reply = await route.run({
    caller,
    params,
    query: readQuery(event.rawQueryString),
    headers: event.headers,
    body: event.body,
    csv: context.csv,
    text: context.text,
    requestId: event.requestContext.requestId,
    limit: timeLimitOf(context),
  });
  return replyAnswer(reply, route.spec.answers[reply.status]);
}

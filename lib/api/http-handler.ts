import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { createSessionTokens } from '../sessions/session-tokens.ts';
import type { Settings } from '../settings/settings.ts';
import type { Credentials } from './access.ts';
import {
  authorizedOf,
  createRouteFinder,
  type HttpContext,
  type HttpEvent,
  type HttpResult,
  readQuery,
  timeLimitOf,
} from './http-request.ts';
import { auditLog, authorization, commonHeaders, problemAnswers } from './middleware.ts';
import { ProblemError } from './problem.ts';
import { requestBody } from './request-body.ts';
import type { Route, RouteSpec } from './route.ts';

/** What every HTTP function needs, whatever its routes. */
export interface HttpServices extends Credentials {
  readonly logger: Logger;
  /** Keeps what operators change; a function without one changes nothing by the scope `manage`. */
  readonly audit?: Pick<AuditTrail, 'append'>;
}

/** The services of a function whose callers show API keys and session tokens. */
export function httpServices(
  { app, sessions, apiKeys }: Pick<Settings, 'app' | 'sessions' | 'apiKeys'>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): HttpServices & Required<Credentials> {
  return { logger, apiKeys, sessions: createSessionTokens({ ...sessions, appId: app.appId, clock }) };
}

/** A function behind API Gateway. */
export type HttpHandler = (event: HttpEvent, context: Context) => Promise<HttpResult>;

/** Whatever is still under way this long before Lambda ends the function is answered without it. */
const ANSWER_MS = 500;

/**
 * Serves `routes`: every request is let in, read and checked by its route's data; every failure becomes a
 * problem. `elsewhere` names routes of other functions, for the one that answers for addresses that nobody
 * has.
 */
export function createHttpHandler(
  routes: readonly Route[],
  services: HttpServices,
  otherRoutes: readonly RouteSpec[] = [],
): HttpHandler {
  const handle = middy<HttpEvent, HttpResult>({
    timeoutEarlyInMillis: ANSWER_MS,
    timeoutEarlyResponse: timedOut,
  })
    .use(commonHeaders())
    .use(problemAnswers(services.logger))
    .use(authorization(createRouteFinder(routes, otherRoutes), services))
    .use(requestBody())
    .use(auditLog(services))
    .handler(serve);
  return (event, context) => handle(event, context);
}

function timedOut(): never {
  throw new ProblemError(
    'timed-out',
    'The service did not finish in time. It may go on with the request, or not.',
  );
}

async function serve(event: HttpEvent, context: HttpContext): Promise<HttpResult> {
  const { route, params, caller } = authorizedOf(context);
  const { status, headers, body } = await route.run({
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
  context.reply = body;
  if (body === undefined) return { statusCode: status, headers: { ...headers } };
  const mediaType = route.spec.answers[status]?.mediaType ?? 'application/json';
  return {
    statusCode: status,
    headers: { 'content-type': `${mediaType}; charset=utf-8`, ...headers },
    body: mediaType === 'text/plain' ? String(body) : JSON.stringify(body),
  };
}

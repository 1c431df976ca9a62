import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { type Clock, TIMEOUT_RESERVE_MS } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { createSessionTokens } from '../sessions/session-tokens.ts';
import type { Settings } from '../settings/settings.ts';
import type { CallerCredentials } from './access.ts';
import {
  authorizedOf,
  createRouteFinder,
  type FindRoute,
  type HttpContext,
  type HttpEvent,
  type HttpResult,
  readQuery,
  timeLimitOf,
} from './http-request.ts';
import { type AuditOf, auditLog, authorization, commonHeaders, problemAnswers } from './middleware.ts';
import { ProblemError } from './problem.ts';
import { requestBody } from './request-body.ts';
import type { Route, RouteSpec } from './route.ts';
import type { FindApp } from './which-app.ts';

/** What every HTTP function needs, whatever its routes. */
export interface HttpServices<S extends object> {
  readonly logger: Logger;
  /** What tokens are checked against now; a function whose routes are open to anyone needs none. */
  readonly credentials?: () => Promise<CallerCredentials>;
  readonly apps: { readonly of: FindApp<S> };
  /** Keeps what operators change in an app; a function without one changes nothing by the scope `manage`. */
  readonly auditOf?: AuditOf | undefined;
}

/** What an HTTP function that knows its callers is served by: `parts`, and what tells who calls. */
export function httpServices<Parts extends object>(
  stage: Parameters<typeof credentialsOf>[0],
  runtime: { readonly logger: Logger; readonly clock: Clock },
  parts: Parts,
) {
  return { logger: runtime.logger, credentials: credentialsOf(stage, runtime), ...parts };
}

/** Checks API keys and session tokens against the stage's settings as they are now. */
function credentialsOf(
  stage: { readonly current: () => Promise<Pick<Settings, 'sessions' | 'apiKeys'>> },
  { clock }: { readonly clock: Clock },
): () => Promise<CallerCredentials> {
  const made = new WeakMap<object, CallerCredentials>();
  return async () => {
    const settings = await stage.current();
    const { apiKeys, sessions } = settings;
    const known = made.get(settings) ?? { apiKeys, sessions: createSessionTokens({ ...sessions, clock }) };
    made.set(settings, known);
    return known;
  };
}

/** A function behind API Gateway. */
export type HttpHandler = (event: HttpEvent, context: Context) => Promise<HttpResult>;

/**
 * Serves the routes that `routesFor` makes of an app's services: every request is let in, read and checked by
 * its route's data; every failure becomes a problem. `otherRoutes` are those of other functions, for the one
 * that answers for addresses that nobody has.
 */
export function createHttpHandler<S extends object>(
  routesFor: (services: S) => readonly Route[],
  { apps, logger, credentials = async () => ({}), auditOf }: HttpServices<S>,
  otherRoutes: readonly RouteSpec[] = [],
): HttpHandler {
  const finders = new WeakMap<S, FindRoute>();
  const finderOf = (services: S) => {
    const known = finders.get(services) ?? createRouteFinder(routesFor(services), otherRoutes);
    finders.set(services, known);
    return known;
  };
  const handle = middy<HttpEvent, HttpResult>({
    timeoutEarlyInMillis: TIMEOUT_RESERVE_MS,
    timeoutEarlyResponse: timedOut,
  })
    .use(commonHeaders())
    .use(problemAnswers(logger))
    .use(authorization({ credentials, findApp: apps.of, finderOf }))
    .use(requestBody())
    .use(auditLog(logger, auditOf))
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

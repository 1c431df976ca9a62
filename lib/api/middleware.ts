import type { Request } from '@middy/core';
import * as v from 'valibot';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Logger } from '../logger.ts';
import { authenticate, type CallerCredentials } from './access.ts';
import { auditedChange, isKept, openidDigest } from './audit-change.ts';
import {
  type Authorized,
  authorizedOf,
  type FindRoute,
  type HttpContext,
  type HttpEvent,
  type HttpMiddleware,
  type HttpResult,
} from './http-request.ts';
import { asProblem, internalError, type ProblemCode, ProblemError } from './problem.ts';
import { APP_HEADER, appOfCall, type FindApp } from './which-app.ts';

/** Where an app keeps what operators change in it. */
export type AuditOf = (appId: string) => Pick<AuditTrail, 'append'>;

/** What decides who is let in, and where to. */
interface Entrance<S extends object> {
  /** What tokens are checked against now. */
  readonly credentials: () => Promise<CallerCredentials>;
  readonly findApp: FindApp<S>;
  /** Finds a route as it is for one app; in each app there are the same. */
  readonly finderOf: (services: S) => FindRoute;
}

/** Finds the route, lets the caller in and chooses the app, before anything of the body is looked at. */
export function authorization<S extends object>(entrance: Entrance<S>): HttpMiddleware {
  const { credentials, findApp, finderOf } = entrance;
  return {
    before: async ({ event, context }) => {
      // Those of the first app tell what there is, before it is known which app the call is for.
      const { route, params } = finderOf((await findApp()).services)(event);
      const caller = route.spec.access.anyone
        ? ({ type: 'anyone' } as const)
        : await authenticate(await credentials(), event.headers['authorization']);
      route.authorize(caller);
      const asked = params['appid'] ?? (event.headers[APP_HEADER] || undefined);
      const { app, services } = await appOfCall(findApp, { caller, asked, spec: route.spec });
      context.authorized = { ...finderOf(services)(event), caller, appId: app.appId };
    },
  };
}

/**
 * Logs what operators change, and by which key: what takes the scope `manage`, or names a thing in its path.
 * What takes `manage` is kept in the audit trail too. The change is made by then, so that a record that cannot
 * be written is told to the log and to nobody else.
 */
export function auditLog(logger: Logger, auditOf: AuditOf | undefined): HttpMiddleware {
  return {
    after: async ({ event, context, response }) => {
      const { route, params, caller, appId } = authorizedOf(context);
      if (caller.type !== 'operator' || !isAudited(route.spec, params)) return;
      const { requestId } = event.requestContext;
      logger.info('operator request done', {
        requestId,
        appid: appId,
        operation: route.spec.operationId,
        // Not `key…`: fields of such names are redacted.
        operator: caller.keyName,
        ...withoutUser(params),
        status: response?.statusCode,
      });
      const change = isKept(route.spec) ? auditedChange(event, context) : undefined;
      if (change)
        await auditOf?.(appId)
          .append(change)
          .catch((error) => {
            logger.error('The audit trail lacks this change: its record could not be written.', {
              requestId,
              error,
            });
          });
    },
  };
}

function withoutUser({ openid, ...params }: Authorized['params']): Readonly<Record<string, string>> {
  return openid === undefined ? params : { ...params, openidSha256: openidDigest(openid) };
}

function isAudited({ method, access }: Authorized['route']['spec'], params: Authorized['params']): boolean {
  if (method === 'GET') return false;
  return access.operator === 'manage' || Object.keys(params).length > 0;
}

/** Adds the headers of every answer, problems included. */
export function commonHeaders(): HttpMiddleware {
  return { after: addHeaders, onError: addHeaders };
}

function addHeaders({ event, response }: Request<HttpEvent, HttpResult, Error, HttpContext>): void {
  if (!response) return;
  response.headers = {
    ...response.headers,
    'x-request-id': event.requestContext.requestId,
    // Answers hold tokens and what users did.
    'cache-control': 'no-store',
  };
}

/**
 * Turns what was thrown into an answer. What is no problem of ours is logged and answered as a plain 500.
 * Only operators get WeChat's whole answer, others its errcode: the errmsg may name the address of this
 * service (40164).
 */
export function problemAnswers(logger: Logger): HttpMiddleware {
  return {
    onError: (request) => {
      const { event, context } = request;
      const problem = asProblem(request.error);
      const fields = {
        requestId: event.requestContext.requestId,
        appid: context.authorized?.appId,
        request: requestLine(event, context),
      };
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
  const path = authorized
    ? pathOf(authorized)
    : rawPath.replace(/\/(users|recipients)\/[^/]+/, '/$1/{openid}');
  return `${http.method} ${path}`;
}

function pathOf({ route, params }: Authorized): string {
  return route.spec.path.replaceAll(/\{(\w+)\}/g, (all, name) =>
    name === 'openid' ? all : (params[name] ?? all),
  );
}

/** What cures itself of that which keeps a function from starting, in words for the caller. */
const PASSING_STARTS = {
  'secrets-throttled': 'Too many functions start at once. Nothing was done.',
  'start-slow': 'The service is still starting. Nothing was done.',
} as const;

const passingStart = v.object({ code: v.picklist(['secrets-throttled', 'start-slow']) });

/** What a caller gets when a function cannot start for now; undefined for what only the owner can mend. */
export function answerFailedStart(error: unknown): HttpResult | undefined {
  if (!v.is(passingStart, error)) return undefined;
  return problemAnswer(new ProblemError('timed-out', PASSING_STARTS[error.code], {}, error));
}

/** When to come back, where a route does not say it. */
const RETRY_AFTER_SECONDS: Readonly<Partial<Record<ProblemCode, number>>> = {
  busy: 2,
  'timed-out': 5,
  'table-unreachable': 10,
};

function problemAnswer(error: ProblemError): HttpResult {
  const seconds = RETRY_AFTER_SECONDS[error.code];
  return {
    statusCode: error.statusCode,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(seconds !== undefined && { 'retry-after': String(seconds) }),
      ...error.extras.headers,
    },
    body: JSON.stringify(error.toProblem()),
  };
}

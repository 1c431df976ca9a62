import { setTimeout as sleepFor } from 'node:timers/promises';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { BilingualText } from '../bilingual-text.ts';
import type { Caller } from './access.ts';
import { inputError, ProblemError } from './problem.ts';
import type { Route, RouteSpec, TimeLimit } from './route.ts';

/** A request as API Gateway's HTTP API hands it over (payload format 2.0). */
export type HttpEvent = APIGatewayProxyEventV2;

/** An answer as API Gateway takes it. */
export type HttpResult = APIGatewayProxyStructuredResultV2;

/** The route that a request goes to, with the parameters of its path. */
interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** A request that was let in. */
export interface Authorized extends RouteMatch {
  readonly caller: Caller;
  /** The mini program that it is for. */
  readonly appId: string;
}

/** The invocation's context, in which middlewares leave what they found out. */
export type HttpContext = Context & {
  authorized?: Authorized;
  /** The body, where it came as CSV. */
  csv?: string;
  /** The body, where the route takes it as it came. */
  text?: string;
  /** The body that the route answered. */
  reply?: unknown;
};

/** Who was let in. @throws Error when asked before that was decided */
export function authorizedOf({ authorized }: HttpContext): Authorized {
  if (!authorized) throw new Error('Put the authorization middleware before whatever asks who was let in.');
  return authorized;
}

/** A middleware of our HTTP functions. */
export type HttpMiddleware = MiddlewareObj<HttpEvent, HttpResult, Error, HttpContext>;

/** The limit of the invocation that Lambda's context is about. */
export function timeLimitOf(context: Pick<Context, 'getRemainingTimeInMillis'>): TimeLimit {
  const remainingMs = () => context.getRemainingTimeInMillis();
  return {
    remainingMs,
    async near(reserveMs, signal) {
      await sleepFor(Math.max(0, remainingMs() - reserveMs), undefined, { signal }).catch(() => undefined);
    },
  };
}

/** The route of a request. @throws ProblemError `not-found` or, with `allow`, `method-not-allowed` */
export type FindRoute = (event: HttpEvent) => RouteMatch;

/** Finds the route among `routes`. Of `otherRoutes`, other functions', it can say only the methods. */
export function createRouteFinder(
  routes: readonly Route[],
  otherRoutes: readonly RouteSpec[] = [],
): FindRoute {
  const candidates = [...routes, ...otherRoutes.map((spec) => ({ spec }))].map((route) => ({
    route,
    pattern: pathPattern(route.spec.path),
  }));
  return (event) => {
    const path = pathOf(event);
    const { method } = event.requestContext.http;
    // What API Gateway could not decode has a % left.
    if (isMisencoded(path) || path.includes('%')) {
      throw new ProblemError('not-found', 'The address is not percent-encoded UTF-8.', {
        remedy: ENCODE_UTF8,
      });
    }
    const methods = new Set<string>();
    for (const { route, pattern } of candidates) {
      const found = pattern.exec(path);
      if (!found) continue;
      if (route.spec.method === method && 'run' in route) return { route, params: { ...found.groups } };
      methods.add(route.spec.method);
    }
    if (methods.size === 0) throw new ProblemError('not-found', 'There is nothing at this address.');
    const allow = [...methods].join(', ');
    throw new ProblemError('method-not-allowed', `Use ${allow} here.`, { headers: { allow } });
  };
}

/** Ids hold no character that a path must encode, so that a part can be taken as it stands. */
function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

/** A stage that is not `$default` stands before the path. */
function pathOf({ rawPath, requestContext: { stage } }: HttpEvent): string {
  const prefix = `/${stage}/`;
  return rawPath.startsWith(prefix) ? rawPath.slice(prefix.length - 1) : rawPath;
}

/**
 * The query by name. API Gateway's own reading joins repeated names with commas, which an id could hold as
 * well.
 *
 * @throws ProblemError `invalid-query` when a name comes twice, or something is not the percent-encoding of
 * UTF-8
 */
export function readQuery(rawQueryString: string): Readonly<Record<string, string>> {
  const query = new URLSearchParams(rawQueryString);
  const unreadable = [...query].filter(([name, value]) => isMisencoded(name) || isMisencoded(value));
  // A `%` without the two digits of its byte.
  if (unreadable.length > 0 || /%(?![0-9a-f]{2})/i.test(rawQueryString)) {
    const rule = { en: 'Not percent-encoded UTF-8', zh: '不是 UTF-8 的百分号编码' };
    throw new ProblemError('invalid-query', 'The query is not percent-encoded UTF-8.', {
      errors: unreadable.map(([path]) => inputError(path, rule)),
      remedy: ENCODE_UTF8,
    });
  }
  const names = [...query.keys()];
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  if (repeated.size === 0) return Object.fromEntries(query);
  const rule = { en: 'Given more than once', zh: '重复出现' };
  const errors = [...repeated].map((path) => inputError(path, rule));
  throw new ProblemError('invalid-query', 'Give each name once.', { errors });
}

/** Whether text was made from bytes that are not UTF-8, as GBK's are: they are decoded to U+FFFD. */
function isMisencoded(decoded: string): boolean {
  return decoded.includes('\uFFFD');
}

const ENCODE_UTF8: BilingualText = {
  en: 'Percent-encode the UTF-8 bytes of what is not ASCII, as encodeURIComponent of JavaScript, quote of Python and rawurlencode of PHP do; convert GBK to UTF-8 first.',
  zh: '非 ASCII 字符请按 UTF-8 字节做百分号编码，例如 JavaScript 的 encodeURIComponent、Python 的 quote、PHP 的 rawurlencode；GBK 文本请先转成 UTF-8。',
};

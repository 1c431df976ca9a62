import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Caller } from './access.ts';
import type { Route } from './route.ts';

/** A request as API Gateway's HTTP API hands it over (payload format 2.0). */
export type HttpEvent = APIGatewayProxyEventV2;

/** An answer as API Gateway takes it. */
export type HttpResult = APIGatewayProxyStructuredResultV2;

/** Which route a request goes to, with the parts of its path. */
export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** A request that was let in. */
export interface Authorized extends RouteMatch {
  readonly caller: Caller;
}

/** The invocation's context; who was let in stands there once that is known. */
export type HttpContext = Context & {
  authorized?: Authorized;
  /** The body, where it came as CSV. */
  csv?: string;
  /** The body, where the route takes it as it came. */
  text?: string;
};

/** Who was let in. @throws Error when asked before that was decided */
export function authorizedOf({ authorized }: HttpContext): Authorized {
  if (!authorized) throw new Error('Put the admission middleware before whatever asks who was let in.');
  return authorized;
}

/** A middleware of our HTTP functions. */
export type HttpMiddleware = MiddlewareObj<HttpEvent, HttpResult, Error, HttpContext>;

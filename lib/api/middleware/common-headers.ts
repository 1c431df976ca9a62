import type { Request } from '@middy/core';
import type { HttpContext, HttpEvent, HttpMiddleware, HttpResult } from '../http-event.ts';

/** Headers of every answer, problems included. */
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

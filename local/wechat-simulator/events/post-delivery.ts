import { Agent, request } from 'undici';
import type { DeliveryRequest } from './build-delivery.ts';

/** What came back: an answer, or why there was none. */
export type CallbackAnswer =
  | { readonly type: 'answered'; readonly status: number; readonly body: string }
  | { readonly type: 'no-answer'; readonly reason: string };

/** The way to the callback. */
export interface CallbackClient {
  /** Cut off when `deadline` fires. Never rejects. */
  call(delivery: DeliveryRequest, deadline: AbortSignal): Promise<CallbackAnswer>;
  close(): Promise<void>;
}

/** Shorter than servers keep a connection open, so that no delivery meets one that is just being closed. */
const KEEP_ALIVE_MS = 500;

/** Opens connections as they are needed. */
export function openCallbackClient(): CallbackClient {
  const dispatcher = new Agent({
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
  });
  return {
    call: async ({ method, url, contentType, body }, deadline) => {
      try {
        const { statusCode, body: answer } = await request(url, {
          dispatcher,
          method,
          signal: deadline,
          headers: contentType === undefined ? {} : { 'content-type': contentType },
          body: body ?? null,
        });
        return { type: 'answered', status: statusCode, body: await answer.text() };
      } catch (error) {
        return { type: 'no-answer', reason: deadline.aborted ? 'deadline' : reasonOf(error) };
      }
    },
    close: () => dispatcher.destroy(),
  };
}

/** A code such as ECONNREFUSED; a library's message could name the address with its signature. */
function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'connection failed';
}

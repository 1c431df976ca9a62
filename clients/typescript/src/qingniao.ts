import createClient from 'openapi-fetch';
import { type Calls, type List, throwingCalls } from './calls.ts';
import { listOf } from './list.ts';
import { checkedBaseUrl, checkedIdempotencyKey, checkedSecret, type QingniaoOptions } from './options.ts';
import { patientFetch } from './patient-fetch.ts';
import type { paths } from './schema.ts';
import type { BatchItem, Schemas } from './schemas.ts';
import { sendAll } from './send-all.ts';
import { realTiming } from './timing.ts';

/** How a call is made. */
export interface CallOptions {
  /** Ends the call and its repeats; the call then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** How a message is sent. */
export interface SendOptions extends CallOptions {
  /** Names what the message is about, such as `order-18-shipped`: seven days long, one message is taken under a name. */
  readonly idempotencyKey?: string | undefined;
}

/** The service, by its routes and by what is done most. Every call throws QingniaoProblem for what was not done. */
export interface Qingniao extends Calls {
  /**
   * Sends one message, now or at its `sendAt`. Without a key of the caller's, one is made for this call, so that it can repeat an attempt
   * without an answer. Only a key of the caller's makes a second call safe, too.
   */
  send(message: Schemas['NewMessage'], options?: SendOptions): Promise<Schemas['Message']>;
  /**
   * Sends any number of messages, up to 500 in a request, and tells of each in order. An entry without an `idempotencyKey` gets one.
   * What the service had no time for is sent again.
   */
  sendAll(
    messages: Iterable<Schemas['BatchEntry']> | AsyncIterable<Schemas['BatchEntry']>,
    options?: CallOptions,
  ): AsyncGenerator<BatchItem, void, undefined>;
  /** Every item of a list, page by page as the loop goes on. */
  list: List;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRY_FOR_MS = 30_000;

/** A client of the service. @throws TypeError for options that cannot work */
export function createQingniao(options: QingniaoOptions): Qingniao {
  const { retryForMs = DEFAULT_RETRY_FOR_MS, timeoutMs = DEFAULT_TIMEOUT_MS, timing = realTiming } = options;
  const { fetch = (request: Request) => globalThis.fetch(request) } = options;
  const apiKey = given(options.apiKey, checkedSecret);
  const appId = given(options.appId);
  const api = createClient<paths>({
    baseUrl: checkedBaseUrl(options.baseUrl),
    // A redirected POST would go on as a GET.
    redirect: 'manual',
    fetch: patientFetch({ fetch, timeoutMs, retryForMs, timing }),
  });
  api.use({
    onRequest({ request }) {
      setUnlessSet(request.headers, 'authorization', apiKey(), 'Bearer ');
      setUnlessSet(request.headers, 'x-wechat-appid', appId());
    },
  });
  const { calls, getPage } = throwingCalls(api);
  return {
    ...calls,
    list: listOf(getPage),
    async send(message, { idempotencyKey = crypto.randomUUID(), signal } = {}) {
      const { data } = await calls.POST('/v1/messages', {
        params: { header: { 'idempotency-key': checkedIdempotencyKey(idempotencyKey) } },
        body: message,
        ...(signal && { signal }),
      });
      return data;
    },
    sendAll: (messages, { signal } = {}) =>
      sendAll({ post: calls.POST, timing, retryForMs, signal }, messages),
  };
}

/** The current value of an option that is a text or gives one. A text is checked at once. */
function given(
  option: string | (() => string | undefined) | undefined,
  check = (text: string) => text,
): () => string | undefined {
  if (typeof option === 'function') {
    return () => {
      const text = option();
      return text === undefined ? undefined : check(text);
    };
  }
  const text = option === undefined ? undefined : check(option);
  return () => text;
}

function setUnlessSet(headers: Headers, name: string, value: string | undefined, prefix = ''): void {
  if (value !== undefined && !headers.has(name)) headers.set(name, prefix + value);
}

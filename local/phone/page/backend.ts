import * as v from 'valibot';
import { APP_HEADER } from '../../stack/observation.ts';
import { addresses, KEY } from './addresses.ts';
import { curlOf } from './curl.ts';
import type { Begin } from './rows.ts';

/** What the service answered. */
export interface BackendAnswer {
  readonly ok: boolean;
  readonly body: unknown;
}

const problem = v.object({ remedy: v.object({ en: v.string(), zh: v.string() }) });

/** What to do about a problem, as the service says it. */
export function remedyIn({ body }: BackendAnswer): { readonly en: string; readonly zh: string } {
  const parsed = v.safeParse(problem, body);
  return parsed.success ? parsed.output.remedy : { en: 'The service did not answer.', zh: '服务没有应答。' };
}

/** The server of the mini program's owner, which calls the service with an API key. */
export function backendOf(appid: string, begin: Begin) {
  const headers = { authorization: `Bearer ${KEY}`, [APP_HEADER]: appid };

  return async (method: string, path: string, body?: object): Promise<BackendAnswer> => {
    const ended = begin({
      way: 'fromBackend',
      name: `${method} ${path}`,
      request: body,
      curl: curlOf({ method, url: addresses.api + path, headers, body }),
    });
    try {
      const response = await fetch(`/api${path}`, {
        method,
        headers: { ...headers, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      const answer: unknown = await response.json().catch(() => undefined);
      ended({ ok: response.ok, end: String(response.status), answer });
      return { ok: response.ok, body: answer };
    } catch {
      ended({ ok: false, end: '' });
      return { ok: false, body: undefined };
    }
  };
}

/** Calls the service. */
export type Backend = ReturnType<typeof backendOf>;

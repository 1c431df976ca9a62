import createClient from 'openapi-fetch';
import type { components, paths } from '../../generated/api.ts';
import { storedAppid, storedKey } from '../session/credentials.ts';
import { apiErrorOf } from './api-error.ts';

/** What the service's answers look like, by the names of its own document. */
export type Schemas = components['schemas'];

/** The service, typed by its own document. It has the page's origin; every call carries this tab's key. */
export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'omit' });

api.use({
  onRequest({ request }) {
    const key = storedKey();
    const appid = storedAppid();
    if (key !== undefined) request.headers.set('authorization', `Bearer ${key}`);
    if (appid !== undefined) request.headers.set('x-wechat-appid', appid);
    return request;
  },
});

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of an answer. @throws ApiError when the service refused the request */
export async function answered<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok || data === undefined) throw apiErrorOf(error, response);
  return data;
}

/** That a request whose answer has no body was done. @throws ApiError */
export async function done(call: Promise<Answer<unknown>>): Promise<void> {
  const { error, response } = await call;
  if (!response.ok) throw apiErrorOf(error, response);
}

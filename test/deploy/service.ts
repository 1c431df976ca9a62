import { randomUUID } from 'node:crypto';
import type { SimulatedApp } from '../../local/wechat-simulator/index.ts';
import { eventually } from './steps.ts';

/** A sample template of the simulated WeChat with data that fits it. */
export const MESSAGE = {
  templateId: 'price-drop_qa1fMe1hKcNCRrrmT50jd3HJgQyC8R4s',
  data: { thing1: '无线降噪耳机', amount2: '￥399.00', amount3: '￥599.00', thing4: '库存有限' },
};

/** A user with a session. */
export interface User {
  readonly openid: string;
  readonly token: string;
}

/** What the deployed service is, seen from outside. */
export type Service = ReturnType<typeof openService>;

/** The deployed service over HTTP, and the phones of its users; every call names the appid where one is given. */
export function openService(apiUrl: string, key: string, wechat: SimulatedApp, appId?: string) {
  // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the test expects of it
  async function call(method: string, path: string, body?: unknown, token = key): Promise<any> {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(appId !== undefined && { 'x-wechat-appid': appId }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  return {
    apiUrl,
    wechat,
    call,
    async logIn(): Promise<User> {
      const openid = wechat.createUser();
      return call('POST', '/v1/sessions', { code: wechat.login(openid) });
    },
    /** The user taps "allow", and the phone reports it unless its report gets lost. */
    async allow({ openid, token }: User, { isReported = true } = {}): Promise<void> {
      const { errMsg: _, ...results } = wechat.subscribe({
        openid,
        results: { [MESSAGE.templateId]: 'accept' },
      });
      if (isReported) await call('POST', '/v1/grants', { requestId: randomUUID(), results }, token);
    },
    async grantsOf({ openid, token }: User) {
      const { items } = await call('GET', `/v1/grants?openid=${openid}`, undefined, token);
      return items[0] as { available: number; held: number; spent: number } | undefined;
    },
    send: ({ openid }: User, more: object = {}) =>
      call('POST', '/v1/messages', { to: openid, ...MESSAGE, ...more }) as Promise<{
        id: string;
        status: string;
      }>,
    /** Waits until a message has one of these statuses. */
    until: (id: string, statuses: readonly string[], withinMs?: number) =>
      eventually(
        `Message ${id} is ${statuses.join(' or ')}`,
        () => call('GET', `/v1/messages/${id}`),
        ({ status }) => statuses.includes(status),
        withinMs,
      ),
  };
}

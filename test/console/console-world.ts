import { createHash, randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { buildConsole } from '../../local/console/build-console.ts';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { type StackOptions, startStack } from '../../local/stack/stack.ts';
import { type OpenOptions, openBrowser, type View } from './browser.ts';

const QUIET = { info() {}, warn() {}, error() {} };

/** What a call may say besides its body. */
interface CallOptions {
  readonly key?: string;
  readonly appid?: string;
}

/** A key as `API_KEYS` has it. */
export function apiKey(key: string, scopes: readonly string[], appids?: readonly string[]) {
  const sha256 = createHash('sha256').update(key).digest('hex');
  return { name: key, sha256, scopes, ...(appids && { appids }) };
}

/** The whole local stack with the console, and a browser to look at it with. */
export async function startWorld(options: StackOptions = {}) {
  await buildConsole();
  const [stack, openAddress] = await Promise.all([
    startStack({ logger: QUIET, followChanges: true, ...options }),
    openBrowser(),
  ]);
  afterAll(() => stack.close());
  const { wechat } = stack;
  if (!wechat) throw new Error('These tests need the simulated WeChat.');

  async function call(
    method: string,
    path: string,
    body?: unknown,
    { key = DEV_API_KEY, appid }: CallOptions = {},
  ) {
    const response = await fetch(stack.apiUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(appid !== undefined && { 'x-wechat-appid': appid }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  return {
    stack,
    wechat,
    call,
    /** Opens a page of the console, signed in. */
    open: (path: string, view: View, open: OpenOptions = {}): Promise<Page> =>
      openAddress(`${stack.apiUrl}/console${path}#key=${open.key ?? DEV_API_KEY}`, view, open),
    /** A user who allows the template so many times. */
    async userWith(templateId: string, times: number): Promise<string> {
      const openid = wechat.createUser();
      for (let tap = 0; tap < times; tap++) {
        const { errMsg: _, ...results } = wechat.subscribe({ openid, results: { [templateId]: 'accept' } });
        await call('POST', '/v1/grants', { openid, requestId: randomUUID(), results });
      }
      return openid;
    },
  };
}

/** See {@link startWorld}. */
export type World = Awaited<ReturnType<typeof startWorld>>;

/** A page's words in the language of a view. */
export function speaking({ language }: View) {
  return <T>(en: T, zh: T): T => (language === 'zh' ? zh : en);
}

import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import type { Logger } from '../../lib/logger.ts';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import type { StackApp } from '../../local/stack/more-apps.ts';
import { type Stack, type StackOptions, startStack } from '../../local/stack/stack.ts';
import type { SimulatedApp, WeChatSimulator } from '../../local/wechat-simulator/index.ts';

/** An answer as a test looks at it. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the test expects of it
  readonly body: any;
}

/** What a call may carry. */
export interface CallOptions {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** For tests that break things on purpose. */
export const QUIET: Logger = { info() {}, warn() {}, error() {} };

/** Quiet hours that have just begun and last. */
export function quietNow() {
  const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16);
  return { from: clock(Date.now() - 60_000), to: clock(Date.now() + 6 * 3_600_000), timezone: 'UTC' };
}

/** Which mini program a call is for. */
const APP_HEADER = 'x-wechat-appid';

/**
 * One stack for a test file, called over HTTP like any deployment, with WeChat's side at hand. `simulator` is the
 * WeChat behind `wechatBaseUrl` where the test has started one itself. What it answers is about the first mini program;
 * with `moreApps`, `apps` has the same for each of them.
 */
export async function startService(options: StackOptions = {}, simulator?: WeChatSimulator) {
  const stack: Stack = await startStack({ logger: QUIET, ...options });
  afterAll(() => stack.close());
  const wechat = stack.wechat ?? simulator;
  if (!wechat) throw new Error('These tests need the simulated WeChat.');
  const appOf = (account: SimulatedApp) => ({
    appId: account.appId,
    wechat: account,
    ...callsFor(stack, account, { [APP_HEADER]: account.appId }),
  });
  return {
    stack,
    wechat,
    ...callsFor(stack, wechat, {}),
    /** One for each mini program, the first one first; every call names its appid. */
    apps: wechat.apps().map(appOf),
    /** One more mini program, which the service finds within five minutes. */
    addApp: (app?: StackApp) => appOf(stack.addApp(app)),
  };
}

function callsFor(stack: Stack, wechat: SimulatedApp, always: Readonly<Record<string, string>>) {
  async function call(
    method: string,
    path: string,
    { token, body, headers }: CallOptions = {},
  ): Promise<Reply> {
    const response = await fetch(stack.apiUrl + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...always,
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  /** A call with the operator's key, which has all scopes. */
  const operator = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    call(method, path, {
      token: DEV_API_KEY,
      ...(body !== undefined && { body }),
      ...(headers && { headers }),
    });

  return { call, operator, ...phones(wechat, call), ...ledgers(operator), ...messages(operator) };
}

type Call = (method: string, path: string, options?: CallOptions) => Promise<Reply>;
type Operator = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Reply>;

function phones(wechat: SimulatedApp, call: Call) {
  return {
    /** A user who has logged in, a new one unless the openid is given: their openid and session token. */
    async logIn(known?: string): Promise<{ openid: string; session: string }> {
      const openid = wechat.createUser(known === undefined ? {} : { openid: known });
      const { body } = await call('POST', '/v1/sessions', { body: { code: wechat.login(openid) } });
      return { openid, session: body.token };
    },
  };
}

function ledgers(operator: Operator) {
  return {
    /** The user allows the template `times` times in WeChat's panel, and each answer is reported. */
    async allow(wechat: SimulatedApp, openid: string, templateId: string, times = 1): Promise<void> {
      for (let tap = 0; tap < times; tap++) {
        const { errMsg: _, ...results } = wechat.subscribe({ openid, results: { [templateId]: 'accept' } });
        await operator('POST', '/v1/grants', { openid, requestId: randomUUID(), results });
      }
    },
    /** What the ledger says of one user and template. */
    async grantOf(openid: string, templateId: string) {
      const { body } = await operator('GET', `/v1/grants?openid=${openid}&templateId=${templateId}`);
      return body.items[0];
    },
  };
}

const UNDER_WAY = new Set(['scheduled', 'queued', 'sending']);

function messages(operator: Operator) {
  return {
    async read(id: string) {
      return (await operator('GET', `/v1/messages/${id}`)).body;
    },
    /** Waits until a message has ended. */
    async ended(id: string, withinMs = 10_000) {
      const deadlineMs = Date.now() + withinMs;
      for (;;) {
        const { body } = await operator('GET', `/v1/messages/${id}`);
        if (!UNDER_WAY.has(body.status)) return body;
        if (Date.now() > deadlineMs) throw new Error(`Message ${id} is ${body.status} after ${withinMs} ms.`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

/** The sample template of a price drop, and data that fits it. */
export const PRICE_DROP = {
  templateId: 'price-drop_qa1fMe1hKcNCRrrmT50jd3HJgQyC8R4s',
  data: { thing1: '无线降噪耳机', amount2: '￥399.00', amount3: '￥599.00', thing4: '库存有限' },
};

/** The sample template of a shipped order, and data that fits it. */
export const SHIPPED = {
  templateId: 'order-shipped_ZzNI5R4cVTloxofXcqjqVzRLg1X6M',
  data: {
    character_string1: 'DD202611230018',
    thing2: '云南高山普洱茶饼',
    thing3: '顺丰速运',
    character_string4: 'SF1390026457812',
    time5: '2026年11月23日 15:01',
  },
};

/** The sample of a long-term template, and data that fits it. */
export const LONG_TERM = {
  templateId: 'follow-up-visit_tE9CDYBcyTOwDwpqLykpxlMjeMa',
  data: {
    name1: '王小明',
    thing2: '心血管内科',
    date3: '2026年12月1日 09:30',
    phrase4: '复诊',
    thing5: '请携带报告',
  },
};

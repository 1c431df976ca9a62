import { afterEach } from 'vitest';
import {
  type SimulatorOptions,
  startWeChatSimulator,
  type Template,
  type WeChatSimulator,
} from '../../../local/wechat-simulator/index.ts';

export const NOON = Date.parse('2026-12-01T04:00:00.000Z');
export const USER = 'oUser1';
export const OTHER = 'oUser2';

export const ONE_TIME: Template = {
  templateId: 'one-time',
  title: '预约提醒',
  kind: 'one-time',
  keywords: [
    { key: 'thing3', label: '项目', example: '口腔洁治' },
    { key: 'time1', label: '时间', example: '15:01' },
    { key: 'character_string13', label: '编号', example: 'A-1' },
    { key: 'enum_string2', label: '状态', example: '待缴费', values: ['待缴费', '已缴费'] },
  ],
};
export const LONG_TERM: Template = {
  templateId: 'long-term',
  title: '复诊提醒',
  kind: 'long-term',
  keywords: [{ key: 'thing1', label: '科室', example: '内科' }],
};

export const GOOD_DATA = {
  thing3: { value: '口腔洁治' },
  time1: { value: '15:01' },
  character_string13: { value: 'A-1' },
  enum_string2: { value: '已缴费' },
};

/** WeChat's answer, whatever the call. */
interface Reply {
  status: number;
  type: string | null;
  text: string;
  errcode: number | undefined;
  errmsg: string;
  body: Record<string, unknown>;
}

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()));
});

/** A simulated WeChat with a hand-set clock, and the calls a test makes to it. */
export async function start(options: SimulatorOptions = {}) {
  const time = { now: NOON };
  const wechat = await startWeChatSimulator({
    clock: () => time.now,
    openids: [USER, OTHER],
    templates: [ONE_TIME, LONG_TERM],
    ...options,
  });
  running.push(wechat);
  const passMs = (ms: number) => {
    time.now += ms;
  };
  return { wechat, passMs, ...callsTo(wechat) };
}

function callsTo(wechat: WeChatSimulator) {
  const { url, appId, appSecret } = wechat;
  const get = async (path: string, query: Record<string, string> = {}) =>
    read(await fetch(`${url}${path}?${new URLSearchParams(query)}`));
  const post = async (path: string, body: unknown, query: Record<string, string> = {}) =>
    read(await fetch(`${url}${path}?${new URLSearchParams(query)}`, { method: 'POST', body: asText(body) }));
  const credentials = { appid: appId, secret: appSecret, grant_type: 'client_credential' };

  return {
    get,
    post,
    credentials,
    login: (js_code: string, changes: Record<string, string> = {}) =>
      get('/sns/jscode2session', {
        appid: appId,
        secret: appSecret,
        js_code,
        grant_type: 'authorization_code',
        ...changes,
      }),
    plainToken: (changes: Record<string, string> = {}) =>
      get('/cgi-bin/token', { ...credentials, ...changes }),
    stableToken: (changes: Record<string, unknown> = {}) =>
      post('/cgi-bin/stable_token', { ...credentials, ...changes }),
    token: async () => {
      const reply = await post('/cgi-bin/stable_token', credentials);
      return String(reply.body['access_token']);
    },
    send: (access_token: string, changes: Record<string, unknown> = {}) =>
      post(
        '/cgi-bin/message/subscribe/send',
        { touser: USER, template_id: ONE_TIME.templateId, data: GOOD_DATA, ...changes },
        { access_token },
      ),
    control: async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${url}/_control${path}`, {
        method,
        ...(body !== undefined && { body: asText(body) }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
  };
}

function asText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

async function read(response: Response): Promise<Reply> {
  const text = await response.text();
  const body = JSON.parse(text) as Record<string, unknown>;
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text,
    errcode: body['errcode'] as number | undefined,
    errmsg: String(body['errmsg']),
    body,
  };
}

/** Time that passes only when the test says so, for the clock and for waits alike. */
export function createTime() {
  const time = { now: NOON };
  const waits = new Set<{ dueAtMs: number; resume: () => void }>();
  return {
    clock: () => time.now,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resume) => {
        const wait = { dueAtMs: time.now + ms, resume };
        waits.add(wait);
        signal?.addEventListener('abort', () => waits.delete(wait));
      }),
    passMs: (ms: number) => {
      time.now += ms;
      for (const wait of waits) {
        if (wait.dueAtMs > time.now) continue;
        waits.delete(wait);
        wait.resume();
      }
    },
    /** Waits that have neither ended nor been given up. */
    waits: () => waits.size,
  };
}

/** A sleep that ends when the test says so. */
export function createGate() {
  const waiting: (() => void)[] = [];
  let announce = () => {};
  return {
    sleep: () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        announce();
      }),
    /** Resolves once `count` sleeps are under way. */
    reached: async (count: number) => {
      while (waiting.length < count) {
        await new Promise<void>((resolve) => {
          announce = resolve;
        });
      }
    },
    open: () => {
      for (const resume of waiting.splice(0)) resume();
    },
  };
}

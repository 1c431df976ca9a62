import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { type Stack, type StackOptions, startStack } from '../../local/stack/stack.ts';
import type { Template, WeChatSimulator } from '../../local/wechat-simulator/index.ts';
import { leapDelayed, leapInFlight, QUEUES, queueContents } from './leaping-queue.ts';
import { type ServiceProcess, startServiceProcess } from './service-process-handle.ts';

/** Longer than a claim's lease, a note's visibility timeout and the life of a note without a message. */
export const LONGER_THAN_ANY_LEASE_MS = 365_000;

/** So much time leaps over at once while all that is left comes up later. */
const A_WHILE_MS = 30_000;

/** As long as the processes' long poll, and a little more. */
const DEAD_RECEIVER_MS = 1_100;

/** One keyword, so that a request at WeChat shows by its text which message it is of. */
export const template = (templateId: string): Template => ({
  templateId,
  // WeChat filters templates of one title out of a panel.
  title: `到货通知 ${templateId}`,
  kind: 'one-time',
  keywords: [{ key: 'thing1', label: '商品', example: '普洱茶饼' }],
});

export const TEMPLATES = ['tpl-arrival', 'tpl-reminder'] as const;

/** A message as the API answers it, as far as these tests look at it. */
export interface MessageView {
  readonly id: string;
  readonly to: string;
  readonly templateId: string;
  readonly data: { readonly thing1: string };
  readonly status: string;
  readonly sendAt: string;
  readonly outcome?: { readonly reason: string };
}

/** A user's grants of one template as the API answers them. */
export interface GrantView {
  readonly openid: string;
  readonly templateId: string;
  readonly available: number;
  readonly held: number;
  readonly spent: number;
}

/** An HTTP answer, its body read. */
export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever members it expects.
  readonly body: any;
}

/** A stack whose senders are processes that can be killed, and a time that can leap. */
export interface World {
  readonly stack: Stack;
  readonly wechat: WeChatSimulator;
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Reply>;
  /** A new user, who allowed one card of each template this many times; WeChat counts as many unless told otherwise. */
  useUser(grants: number, grantsAtWeChat?: number): Promise<string>;
  /** `env` changes what the stack would tell it. */
  start(role: 'sender' | 'api', env?: Readonly<Record<string, string>>): Promise<ServiceProcess>;
  /**
   * Lets this much time pass at once, for the service, WeChat and the notes in flight. Only while no sender lives, no request is on
   * its way to WeChat and none to the API: so no lease or time-out of somebody alive is ever cut short.
   */
  leap(ms: number): Promise<void>;
  /** Lets this much time pass for an idle sender too, and for the notes that are delayed. */
  leapWith(sender: ServiceProcess, ms: number): Promise<void>;
  /** The present moment in this world. */
  nowMs(): number;
  /** Requests to send, or about a card, that WeChat has received and not yet ended. */
  sendsUnderWay(): number;
  /** Starts senders, and lets time leap between them, until the queue is empty. */
  drain(): Promise<void>;
  messages(ids: readonly string[]): Promise<MessageView[]>;
  /** The complaints of all processes so far. */
  complaints(): string;
}

/** Options of a call to the API. */
export interface CallOptions {
  /** Which mini program it is for; the first without it. */
  readonly appId?: string;
  readonly apiUrl?: string;
  readonly idempotencyKey?: string;
}

/**
 * Starts the stack with nobody at its queues, with the mini programs of `moreApps` beside the first one. It uses the engine of
 * AWS_ENDPOINT_URL_DYNAMODB, if that is set.
 */
export async function useWorld(options: Pick<StackOptions, 'moreApps' | 'pushEvents'> = {}): Promise<World> {
  let aheadMs = 0;
  const clock = () => Date.now() + aheadMs;
  const { AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint } = process.env;
  const stack = await startStack({
    clock,
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    templates: TEMPLATES.map(template),
    pollers: 0,
    dispatchEverySeconds: 0,
    ...(dynamodbEndpoint ? { dynamodbEndpoint } : {}),
    ...options,
  });
  const processes: ServiceProcess[] = [];
  onTestFinished(async () => {
    await Promise.all(processes.map((one) => one.kill()));
    await stack.close();
  });
  const { wechat } = stack;
  if (!wechat) throw new Error('The stack started no simulated WeChat.');
  for (const app of wechat.apps()) app.setLatency({ ms: 30, jitterMs: 70 });

  const world: World = {
    stack,
    wechat,
    async call(method, path, body, { apiUrl = stack.apiUrl, idempotencyKey, appId } = {}) {
      const response = await fetch(apiUrl + path, {
        method,
        headers: {
          authorization: `Bearer ${DEV_API_KEY}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
          ...(appId === undefined ? {} : { 'x-wechat-appid': appId }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    async useUser(grants, grantsAtWeChat = grants) {
      const openid = wechat.createUser();
      const results = Object.fromEntries(TEMPLATES.map((id) => [id, 'accept' as const]));
      for (let n = 0; n < grantsAtWeChat; n++) wechat.subscribe({ openid, results });
      for (let n = 0; n < grants; n++) {
        const { status } = await world.call('POST', '/v1/grants', { requestId: `tap-${n}`, openid, results });
        if (status !== 200) throw new Error(`A report of grants was answered ${status}.`);
      }
      return openid;
    },
    async start(role, env = {}) {
      const started = await startServiceProcess(role, { ...stack.env, ...env }, aheadMs);
      processes.push(started);
      return started;
    },
    async leap(ms) {
      // The local queue hands notes to a dead receiver until its long poll would have ended.
      await sleep(DEAD_RECEIVER_MS);
      do await sleep(10);
      while (world.sendsUnderWay() > 0);
      aheadMs += ms;
      await leapInFlight(stack, ms);
    },
    async leapWith(sender, ms) {
      aheadMs += ms;
      sender.setAhead(aheadMs);
      await leapDelayed(stack, ms);
    },
    nowMs: clock,
    sendsUnderWay: () => requestsOf(wechat).filter((request) => request.endedAtMs === undefined).length,
    async drain() {
      for (let round = 0; round < 4; round++) {
        await world.leap(LONGER_THAN_ANY_LEASE_MS);
        const sender = await world.start('sender');
        while (!(await isQuiet(world))) {
          if (await isWaiting(world)) await world.leapWith(sender, A_WHILE_MS);
          else await sleep(20);
        }
        await sender.stop();
        if (await isEmpty(stack)) return;
      }
      throw new Error('The queue is not empty after four senders.');
    },
    async messages(ids) {
      const replies = await inLanes(ids, 8, (id) => world.call('GET', `/v1/messages/${id}`));
      return replies.map(({ body }) => body);
    },
    complaints: () => processes.map((one) => one.complaints()).join(''),
  };
  return world;
}

/** Nothing to receive now or in a moment. What a dead sender received may still be in flight, with nobody at it. */
async function isQuiet(world: World): Promise<boolean> {
  const before = requestsOf(world.wechat).length;
  for (let look = 0; look < 10; look++) {
    const { ready, delayed, inflight } = await inAllQueues(world.stack);
    if (ready + delayed > 0 || world.sendsUnderWay() > 0) return false;
    if (inflight === 0) return true;
    await sleep(50);
  }
  return requestsOf(world.wechat).length === before;
}

/** Nobody is at anything, and what there is comes up later. */
async function isWaiting({ stack, sendsUnderWay }: World): Promise<boolean> {
  const { ready, delayed, inflight } = await inAllQueues(stack);
  return delayed > 0 && ready + inflight === 0 && sendsUnderWay() === 0;
}

async function isEmpty(stack: Stack): Promise<boolean> {
  const { ready, delayed, inflight } = await inAllQueues(stack);
  return ready + delayed + inflight === 0;
}

async function inAllQueues(stack: Stack) {
  const all = await Promise.all(QUEUES.map((name) => queueContents(stack, name)));
  const sum = (part: 'ready' | 'delayed' | 'inflight') =>
    all.reduce((total, contents) => total + contents[part].length, 0);
  return { ready: sum('ready'), delayed: sum('delayed'), inflight: sum('inflight') };
}

const SENDING: readonly string[] = ['send', 'set-card', 'get-card'];

/** What each mini program's WeChat was asked to send, or to tell of a card. */
function requestsOf(wechat: WeChatSimulator) {
  return wechat.apps().flatMap((app) => app.received().items.filter(({ call }) => SENDING.includes(call)));
}

/** Does `work` for each item, so many at a time; the results keep the order. */
export async function inLanes<T, R>(
  items: readonly T[],
  lanes: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const lane = async () => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

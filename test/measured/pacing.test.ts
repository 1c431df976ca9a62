import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildServices, createHandler } from '../../handlers/send-messages.ts';
import { createDueIndexReader, createDueIndexWriter } from '../../lib/dynamodb/dynamodb-due-index.ts';
import { createIdempotencyKeys } from '../../lib/dynamodb/dynamodb-idempotency-keys.ts';
import { createMessageStore } from '../../lib/dynamodb/dynamodb-message-store.ts';
import { emptyLedger, grantsOf, spentOf } from '../../lib/grants/ledger.ts';
import { recordReport } from '../../lib/grants/report-grants.ts';
import type { Logger } from '../../lib/logger.ts';
import { acceptMessage } from '../../lib/messages/accept-message.ts';
import { dispatchDue } from '../../lib/messages/dispatch-due.ts';
import { createMessageIds, type Message } from '../../lib/messages/message.ts';
import type { SendJob } from '../../lib/messages/send-job.ts';
import { stackEnvironment } from '../../local/stack/environment.ts';
import { startWeChatSimulator } from '../../local/wechat-simulator/index.ts';
import { oneApp } from '../support/api-credentials.ts';
import { useTable } from '../support/dynamodb.ts';
import { sqsRecord } from '../support/sqs-record.ts';

const MINUTE_LEFT = { getRemainingTimeInMillis: () => 60_000 };

const APP_ID = 'wx5e1fa0c0ffee1234';
const TEMPLATE = 'pacing';
const SENDERS = 4;
/** Shortly after noon in Beijing, at the beginning of a minute. */
const START_MS = Date.UTC(2026, 10, 23, 4, 30);
const HOUR_MS = 3_600_000;

/** Time that passes as fast as the test says, from a moment that it chooses. */
function useTime() {
  let base = { atMs: START_MS, realMs: performance.now(), speed: 1 };
  const clock = () => Math.round(base.atMs + (performance.now() - base.realMs) * base.speed);
  const set = (atMs: number, speed: number) => {
    base = { atMs, realMs: performance.now(), speed };
  };
  return {
    clock,
    speed: (speed: number) => set(clock(), speed),
    jumpTo: (atMs: number) => set(atMs, base.speed),
    async sleep(ms: number) {
      const untilMs = clock() + ms;
      while (clock() < untilMs) await wait(Math.min(20, Math.max(1, (untilMs - clock()) / base.speed)));
    },
  };
}

/** A queue of notes, as SQS would hold them: delayed in whole seconds, and back after a failure. */
function createNotes(clock: () => number) {
  let waiting: { readonly job: SendJob; readonly visibleAtMs: number }[] = [];
  return {
    failures: 0,
    /** Whether nobody gets anything. */
    held: false,
    enqueue: async (job: SendJob, delayMs: number) => {
      const delay = Math.floor(Math.min(Math.max(delayMs, 0), 900_000) / 1000) * 1000;
      waiting.push({ job, visibleAtMs: clock() + delay });
    },
    take(): SendJob[] {
      if (this.held) return [];
      const ready = waiting.filter(({ visibleAtMs }) => visibleAtMs <= clock()).slice(0, 10);
      waiting = waiting.filter((note) => !ready.includes(note));
      return ready.map(({ job }) => job);
    },
    get length() {
      return waiting.length;
    },
  };
}

/** Four senders, each wired by itself as a container of its own, on one table, one queue and one WeChat. */
async function useService(settings: Record<string, string> = {}) {
  const table = await useTable(APP_ID);
  const time = useTime();
  const lines: string[] = [];
  const note = (message: string) => void lines.push(message);
  const logger: Logger = { info: note, warn: note, error: note };
  const wechat = await startWeChatSimulator({
    clock: time.clock,
    appId: APP_ID,
    templates: [
      {
        templateId: TEMPLATE,
        title: '提醒',
        kind: 'one-time',
        keywords: [{ key: 'thing1', label: '事', example: '事' }],
      },
    ],
  });
  onTestFinished(() => wechat.close());
  const env = stackEnvironment({
    appId: APP_ID,
    appSecret: wechat.appSecret,
    wechatBaseUrl: wechat.url,
    resources: { TABLE_NAME: table.name, SEND_QUEUE_URL: 'http://127.0.0.1:9/queue' },
    dynamodbEndpoint: table.endpoint,
    sqsEndpoint: 'http://127.0.0.1:9',
    settings,
  });
  const notes = createNotes(time.clock);
  const store = createMessageStore(table, { newVersion: randomUUID, clock: time.clock, logger });
  const base = {
    store,
    clock: time.clock,
    sleep: time.sleep,
    random: Math.random,
    logger,
    enqueue: notes.enqueue,
  };
  const ids = new Set<string>();
  let running = true;
  onTestFinished(() => {
    running = false;
  });

  async function sender(): Promise<void> {
    const services = await buildServices(env, { clock: time.clock, sleep: time.sleep, logger });
    onTestFinished(() => services.close());
    const { deliver, deliverCard } = (await services.apps.of()).services;
    const handle = createHandler({
      ...services,
      apps: oneApp({ deliver, deliverCard, enqueue: notes.enqueue }),
    });
    const poll = async () => {
      while (running) {
        const jobs = notes.take();
        if (jobs.length === 0) await wait(5);
        else notes.failures += (await handle(sqsEvent(jobs), MINUTE_LEFT)).batchItemFailures.length;
      }
    };
    void poll();
  }

  return {
    time,
    wechat,
    notes,
    lines,
    env,

    /** Users who allowed one message each, and a message accepted for each of them. */
    async accept(count: number): Promise<void> {
      const newMessageId = createMessageIds(randomUUID);
      const keys = createIdempotencyKeys(table, { clock: time.clock, newVersion: randomUUID });
      await Promise.all(
        wechat.createUsers(count).map(async (openid) => {
          const results = { [TEMPLATE]: 'accept' } as const;
          wechat.subscribe({ openid, results });
          const value = recordReport(
            emptyLedger(openid),
            { results, silent: [] },
            { authority: 'client', kindOf: () => 'one-time', nowMs: time.clock() },
          );
          await store.commit({ ledger: { value, version: undefined } });
          const result = await acceptMessage(
            { ...base, newMessageId, keys, dueEntries: createDueIndexWriter(table) },
            {
              openid,
              templateId: TEMPLATE,
              templateKind: 'one-time',
              data: { thing1: 'text' },
              fitted: [],
              miniprogramState: 'formal',
              lang: 'zh_CN',
              hold: true,
            },
          );
          if (!('message' in result)) throw new Error(result.type);
          ids.add(result.message.id);
        }),
      );
    },

    startSenders: () => Promise.all(Array.from({ length: SENDERS }, sender)),

    dispatch: () =>
      dispatchDue({ ...base, dueIndex: createDueIndexReader(table, logger) }, time.clock() + HOUR_MS),

    messages: async (): Promise<Message[]> =>
      Promise.all([...ids].map(async (id) => (await store.load(id)).message!.value)),

    async grants() {
      const all = await Promise.all(
        [...ids].map(async (id) => grantsOf((await store.load(id)).ledger.value, TEMPLATE)!),
      );
      const sum = (count: (grants: (typeof all)[number]) => number) => all.reduce((s, g) => s + count(g), 0);
      return {
        available: sum(({ available }) => available),
        held: sum(({ held }) => held),
        spent: sum(spentOf),
      };
    },

    sends: () => wechat.received({ call: 'send', limit: 20_000 }).items,
    logged: (start: string) => lines.filter((line) => line.startsWith(start)).length,
  };
}

function sqsEvent(jobs: readonly SendJob[]) {
  return { Records: jobs.map((job) => sqsRecord(randomUUID(), job)) };
}

async function until(what: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await what())) {
    if (performance.now() > deadline) throw new Error('It did not come about in time.');
    await wait(20);
  }
}

function states(messages: readonly Message[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of messages) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

test('four senders keep to MAX_SENDS_PER_SECOND together in each second', async () => {
  const service = await useService({ MAX_SENDS_PER_SECOND: '50' });
  const accepted = () => service.wechat.received().stats.acceptedSends;
  // First requests are slow, so that their moments and those of the next ones come together.
  await service.accept(50);
  await service.startSenders();
  await until(() => accepted() === 50);
  service.notes.held = true;
  await service.accept(400);
  service.notes.held = false;
  await until(() => accepted() === 450);

  const startsMs = service
    .sends()
    .slice(50)
    .map(({ startedAtMs }) => startedAtMs);
  const [first, last] = [Math.min(...startsMs), Math.max(...startsMs)];
  const perSecond: number[] = [];
  for (let from = first; from + 1_000 <= last; from += 20) {
    perSecond.push(startsMs.filter((atMs) => atMs >= from && atMs < from + 1_000).length);
  }
  const within = (share: number) =>
    perSecond.filter((rate) => Math.abs(rate - 50) <= 50 * share).length / perSecond.length;
  const overall = (399 / (last - first)) * 1000;
  console.info('sends in each second', {
    overall,
    least: Math.min(...perSecond),
    most: Math.max(...perSecond),
    'within 5 %': within(0.05),
  });
  expect(Math.abs(overall - 50)).toBeLessThan(2.5);
  // A machine that stands still for a moment bunches a few requests, but never more than a second's worth.
  expect(within(0.1)).toBeGreaterThan(0.85);
  expect(Math.max(...perSecond)).toBeLessThanOrEqual(75);
  expect(states(await service.messages())).toEqual({ sent: 450 });
  expect(service.notes.failures).toBe(0);
}, 60_000);

describe("the minute's quota", () => {
  test('once refused stops all senders within two seconds, and they go on by themselves', async () => {
    const service = await useService();
    service.wechat.setSwitches({ sendsPerMinute: 40, latencyMs: 40 });
    await service.accept(200);
    await service.startSenders();
    await until(() => service.sends().some(({ errcode }) => errcode === 45011));
    await wait(4_000);

    const sends = service.sends();
    const refusedAtMs = sends.find(({ errcode }) => errcode === 45011)!.startedAtMs;
    const latestMs = Math.max(...sends.map(({ startedAtMs }) => startedAtMs));
    console.info(`the last request left ${latestMs - refusedAtMs} ms after the first that was refused`);
    expect(latestMs - refusedAtMs).toBeLessThan(2_000);
    const held = (await service.messages()).filter(
      ({ state, attempts }) => state === 'pending' && attempts === 0,
    );
    expect(held.length).toBeGreaterThan(0);
    expect(held.every((message) => message.hold !== undefined && message.outcome === undefined)).toBe(true);
    expect(service.logged('All sending is stopped')).toBe(1);

    service.wechat.setSwitches({ sendsPerMinute: null });
    service.time.speed(60);
    await until(() => service.wechat.received().stats.acceptedSends === 200);
    await until(async () => states(await service.messages())['sent'] === 200);
    expect(await service.grants()).toEqual({ available: 0, held: 0, spent: 200 });
    expect(service.notes.failures).toBe(0);
    expect(service.logged('All sending is stopped')).toBe(1);
    expect(service.logged('All sending is taken up again')).toBe(1);
  }, 60_000);
});

describe("the day's quota", () => {
  test('defers what cannot be sent, with its grants, until the next day', async () => {
    const service = await useService();
    service.wechat.setSwitches({ sendsPerDay: 30, latencyMs: 20 });
    await service.accept(90);
    await service.startSenders();
    await until(() => service.sends().some(({ errcode }) => errcode === 45009));
    await until(async () =>
      (await service.messages()).every(({ state, dueEntries }) => state === 'sent' || dueEntries),
    );

    const deferred = (await service.messages()).filter(({ state }) => state === 'pending');
    expect(deferred).toHaveLength(60);
    expect(service.notes.length).toBe(0);
    const untouched = deferred.filter(({ attempts }) => attempts === 0);
    expect(untouched.length).toBeGreaterThan(0);
    expect(untouched.every(({ retries, outcome }) => retries === undefined && outcome === undefined)).toBe(
      true,
    );
    const midnightMs = Date.UTC(2026, 10, 23, 16);
    for (const { dueAtMs } of deferred) {
      expect(dueAtMs).toBeGreaterThanOrEqual(START_MS + HOUR_MS / 2);
      expect(dueAtMs).toBeLessThanOrEqual(midnightMs + 10 * 60_000);
    }
    expect(await service.grants()).toMatchObject({ available: 0, held: 60, spent: 30 });

    service.wechat.setSwitches({ sendsPerDay: 10_000 });
    service.time.jumpTo(midnightMs + 11 * 60_000);
    service.time.speed(30);
    await service.dispatch();
    await until(async () => states(await service.messages())['sent'] === 90);
    expect(await service.grants()).toEqual({ available: 0, held: 0, spent: 90 });
    expect(service.notes.failures).toBe(0);
  }, 60_000);

  test('raised before the day is over lets sending go on after the next probe', async () => {
    const service = await useService();
    service.wechat.setSwitches({ sendsPerDay: 5, latencyMs: 20 });
    await service.accept(10);
    await service.startSenders();
    await until(async () =>
      (await service.messages()).every(({ state, dueEntries }) => state === 'sent' || dueEntries),
    );

    service.wechat.setSwitches({ sendsPerDay: 10_000 });
    await service.accept(3);
    await until(() => service.notes.length === 0);
    service.time.jumpTo(START_MS + HOUR_MS);
    const sentBefore = service.wechat.received().stats.acceptedSends;
    expect(sentBefore).toBe(5);
    await service.accept(3);
    await until(() => service.wechat.received().stats.acceptedSends >= 8);
  }, 60_000);
});

test('without an access token messages stay queued with their grants, and are sent once there is one', async () => {
  const service = await useService();
  service.wechat.addFault({ call: 'token', kind: 'errcode', errcode: -1, times: 10_000 });
  await service.accept(30);
  await service.startSenders();
  await wait(2_000);
  expect(service.sends()).toEqual([]);
  expect(service.notes.length).toBeGreaterThan(0);
  expect(
    (await service.messages()).every(({ state, attempts }) => state === 'pending' && attempts === 0),
  ).toBe(true);
  expect(await service.grants()).toEqual({ available: 0, held: 30, spent: 0 });

  service.wechat.clearFaults();
  service.time.speed(30);
  await until(async () => states(await service.messages())['sent'] === 30);
  expect(await service.grants()).toEqual({ available: 0, held: 0, spent: 30 });
  expect(service.notes.failures).toBe(0);
}, 60_000);

import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createQingniao, type QingniaoOptions, QingniaoProblem } from '../../clients/typescript/src/index.ts';
import { DEFAULT_MAX_BODY_BYTES } from '../../lib/api/route.ts';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { startService } from '../contract/running-service.ts';
import { faultyWay, passingTime, type Trouble, toldService } from './faulty-way.ts';

const { stack, wechat, allow } = await startService();
const templateId = SAMPLE_TEMPLATES.find((one) => one.templateId.startsWith('price-drop'))!.templateId;
const data = { thing1: '青鸟保温杯', amount2: '￥399.00', amount3: '￥599.00', thing4: '库存有限' };

/** A user who allowed so many messages. */
async function grantee(times: number): Promise<string> {
  const openid = wechat.createUser();
  await allow(wechat, openid, templateId, times);
  return openid;
}

/** A client on a way with troubles, whose waits take no time. */
async function clientOn(troubles: readonly (Trouble | 'pass')[], options: Partial<QingniaoOptions> = {}) {
  const way = await faultyWay(stack.apiUrl, troubles);
  const timing = passingTime();
  const client = createQingniao({ baseUrl: way.url, apiKey: DEV_API_KEY, timing, ...options });
  return { ...way, client, waits: timing.waits };
}

async function problemOf(call: Promise<unknown>): Promise<QingniaoProblem> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(QingniaoProblem);
  return error as QingniaoProblem;
}

const page = (status: number) => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<html></html>',
});
const PASSING: Readonly<Record<string, Trouble>> = {
  'a 429': page(429),
  'a 502': page(502),
  'a 503': page(503),
  'a 504': page(504),
  'a connection cut before the service was reached': 'cut-before',
  'a connection cut after the service had done it': 'cut-after',
  'half an answer': 'half-an-answer',
};

test.each(Object.entries(PASSING))('send gets over %s, and the message is sent once', async (_, trouble) => {
  const to = await grantee(3);
  const { client, seen } = await clientOn([trouble, trouble]);
  const { id } = await client.send({ to, templateId, data });
  expect(seen).toHaveLength(3);
  expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  const listed: string[] = [];
  for await (const message of client.list('/v1/messages', { params: { query: { openid: to } } }))
    listed.push(message.id);
  expect(listed).toEqual([id]);
  await expect.poll(() => wechat.received({ call: 'send', openid: to }).items.length).toBe(1);
  await stack.idle();
  expect(wechat.received({ call: 'send', openid: to }).items).toHaveLength(1);
});

test.each(Object.entries(PASSING))('without a key, %s is told and nothing repeated', async (_, trouble) => {
  const to = await grantee(1);
  const { client, seen, waits } = await clientOn([trouble]);
  const problem = await problemOf(client.POST('/v1/messages', { body: { to, templateId, data } }));
  const isAnswer = typeof trouble === 'object';
  expect(problem).toMatchObject(
    isAnswer ? { code: 'foreign-answer', status: trouble.status } : { code: 'no-answer', status: 0 },
  );
  expect([seen.length, waits]).toEqual([1, []]);
});

test('sendAll gets over troubles, and each message is sent once', async () => {
  const to = await grantee(3);
  const { client, seen } = await clientOn(['cut-after', page(503), 'half-an-answer']);
  const ids: string[] = [];
  for await (const item of client.sendAll(
    [1, 2].map((n) => ({ to, templateId, data: { ...data, thing1: `${n}` } })),
  ))
    if ('message' in item) ids.push(item.message.id);
  expect([seen.length, new Set(ids).size]).toEqual([4, 2]);
  await stack.idle();
  await expect.poll(() => wechat.received({ call: 'send', openid: to }).items.length).toBe(2);
});

test('a report of grants is repeated and counts once', async () => {
  const openid = wechat.createUser();
  const { client, seen } = await clientOn(['cut-after', 'cut-after']);
  const body = { openid, requestId: randomUUID(), results: { [templateId]: 'accept' as const } };
  const { data: recorded } = await client.POST('/v1/grants', { body });
  expect([seen.length, recorded.grants[0]?.available]).toEqual([3, 1]);
});

const campaign = { params: { path: { id: 'c' } } };
const message = { to: 'o', templateId: 't', data };

test.each<[string, number, (client: ReturnType<typeof createQingniao>) => Promise<unknown>]>([
  ['GET', 2, (client) => client.GET('/v1/templates')],
  ['PUT', 2, (client) => client.PUT('/v1/templates/{id}/kind', { ...campaign, body: { kind: 'limited' } })],
  ['DELETE', 2, (client) => client.DELETE('/v1/messages/{id}', campaign)],
  ['PATCH', 1, (client) => client.PATCH('/v1/campaigns/{id}', { ...campaign, body: { status: 'paused' } })],
  ['a log-in', 1, (client) => client.POST('/v1/sessions', { body: { code: 'code' } })],
  ['a run now', 1, (client) => client.POST('/v1/campaigns/{id}/runs', { ...campaign, body: {} })],
  [
    'a run of a moment',
    2,
    (client) =>
      client.POST('/v1/campaigns/{id}/runs', { ...campaign, body: { scheduledAt: '2026-12-01T00:00:00Z' } }),
  ],
  [
    'stopping a run',
    1,
    (client) =>
      client.POST('/v1/campaigns/{id}/runs/{runId}/stop', { params: { path: { id: 'c', runId: 'r' } } }),
  ],
  [
    'a batch with a key in each',
    2,
    (client) =>
      client.POST('/v1/messages/batch', { body: { messages: [{ ...message, idempotencyKey: 'k' }] } }),
  ],
  [
    'a batch with an entry without a key',
    1,
    (client) =>
      client.POST('/v1/messages/batch', {
        body: { messages: [{ ...message, idempotencyKey: 'k' }, message] },
      }),
  ],
  [
    'recipients',
    2,
    (client) =>
      client.POST('/v1/campaigns/{id}/recipients', { ...campaign, body: { recipients: [{ openid: 'o' }] } }),
  ],
  ['a sync of templates', 2, (client) => client.POST('/v1/templates/sync')],
])('%s: asked for %i times when the first answer is lost', async (_, times, call) => {
  const { client, seen } = await clientOn(['cut-after']);
  await call(client).catch(() => undefined);
  expect(seen).toHaveLength(times);
});

test('what the answer asks to wait is waited', async () => {
  const busy = { status: 503, headers: { 'retry-after': '7' } };
  const { client, waits } = await clientOn([busy, busy]);
  await client.GET('/v1/health');
  expect(waits).toEqual([7_100, 7_100]);
});

test('a wait that goes beyond the time is not begun, and told', async () => {
  const { client, seen } = await clientOn([{ status: 429, headers: { 'retry-after': '3600' } }]);
  expect(await problemOf(client.GET('/v1/health'))).toMatchObject({ status: 429, retryAfterSeconds: 3600 });
  expect(seen).toHaveLength(1);
});

test('waits grow, vary, and end in time', async () => {
  const always = Array.from({ length: 50 }, () => page(503));
  const ends = await Promise.all(
    [0, 0.999].map(async (random) => {
      const timing = passingTime(random);
      const { client, seen } = await clientOn(always, { timing });
      expect(await problemOf(client.GET('/v1/health'))).toMatchObject({ status: 503 });
      expect(seen).toHaveLength(timing.waits.length + 1);
      return timing.waits.map(Math.round);
    }),
  );
  expect(ends[0]?.slice(0, 7)).toEqual([100, 200, 400, 800, 1600, 2500, 2500]);
  expect(ends[1]?.slice(0, 7)).toEqual([200, 400, 800, 1599, 3198, 4998, 4998]);
  for (const waits of ends) expect(waits.reduce((sum, ms) => sum + ms)).toBeLessThanOrEqual(30_000);
});

test('retryForMs: 0 tries once', async () => {
  const { client, seen } = await clientOn([page(503)], { retryForMs: 0 });
  await problemOf(client.GET('/v1/health'));
  expect(seen).toHaveLength(1);
});

test('a problem that no waiting cures is told at once', async () => {
  const problem = {
    code: 'app-not-ready',
    title: 'No',
    status: 503,
    detail: 'No.',
    remedy: { en: 'Mend it.', zh: '请修正。' },
  };
  const { url, seen } = await toldService(() => ({ status: 503, body: problem }));
  const client = createQingniao({ baseUrl: url, timing: passingTime() });
  expect(await problemOf(client.GET('/v1/templates'))).toMatchObject({ code: 'app-not-ready' });
  expect(seen).toHaveLength(1);
});

test('an attempt that takes too long is given up', async () => {
  const baseUrl = stack.apiUrl;
  const fetch = (request: Request) =>
    new Promise<Response>((_, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason));
    });
  const client = createQingniao({ baseUrl, fetch, timeoutMs: 5, retryForMs: 0 });
  const problem = await problemOf(client.GET('/v1/health'));
  expect(problem).toMatchObject({ code: 'no-answer', detail: expect.stringContaining('5 ms passed') });
});

test('an aborted call ends with the reason of its signal, and is not repeated', async () => {
  const abort = new AbortController();
  const timing = passingTime();
  const { client, seen } = await clientOn([page(503), page(503)], {
    timing: {
      ...timing,
      async sleep(ms, signal) {
        abort.abort(new Error('enough'));
        await timing.sleep(ms, signal);
      },
    },
  });
  const to = await grantee(1);
  await expect(client.send({ to, templateId, data }, { signal: abort.signal })).rejects.toThrow('enough');
  expect(seen).toHaveLength(1);
  const ended = client.GET('/v1/health', { signal: AbortSignal.abort(new Error('before')) });
  await expect(ended).rejects.toThrow('before');
});

interface Batch {
  readonly messages: readonly {
    readonly data: { readonly thing1: string };
    readonly idempotencyKey: string;
  }[];
}

/** A service that has no time for every other message when it is first asked for it. */
async function slowService() {
  const met = new Set<string>();
  return toldService(({ body }) => {
    const { messages } = JSON.parse(body) as Batch;
    const items = messages.map(({ data: { thing1 }, idempotencyKey }, index) => {
      if (Number(thing1) % 2 === 0 || met.has(idempotencyKey)) return { index, message: { id: thing1 } };
      met.add(idempotencyKey);
      return { index, problem: { code: 'not-started' } };
    });
    return { status: 202, body: { items } };
  });
}

test('sendAll sends again what there was no time for, under the same key, and tells of all in order', async () => {
  const { url, seen } = await slowService();
  const client = createQingniao({ baseUrl: url, timing: passingTime() });
  const texts = Array.from({ length: 1001 }, (_, n) => `${n}`);
  const told: string[] = [];
  for await (const item of client.sendAll(
    texts.map((thing1) => ({ to: 'o', templateId: 't', data: { thing1 } })),
  ))
    told.push('message' in item ? `${item.index} ${item.message.id}` : item.problem.code);
  expect(told).toEqual(texts.map((n) => `${n} ${n}`));
  expect(seen.map(({ body }) => (JSON.parse(body) as Batch).messages.length)).toEqual([
    500, 250, 500, 250, 1,
  ]);
});

test('sendAll tells what the service had no time for to the end', async () => {
  const { url } = await toldService(({ body }) => ({
    status: 202,
    body: {
      items: (JSON.parse(body) as Batch).messages.map((_, index) => ({ index, problem: { code: 'busy' } })),
    },
  }));
  const client = createQingniao({ baseUrl: url, timing: passingTime() });
  const { value } = await client.sendAll([{ to: 'o', templateId: 't', data: { thing1: '1' } }]).next();
  expect(value).toMatchObject({ index: 0, problem: { code: 'busy' } });
});

test('sendAll makes no body that the service calls too large', async () => {
  const { url, seen } = await toldService(({ body }) => ({
    status: 202,
    body: {
      items: (JSON.parse(body) as Batch).messages.map((_, index) => ({ index, message: { id: 'm' } })),
    },
  }));
  const client = createQingniao({ baseUrl: url });
  const long = { to: 'o', templateId: 't', data: { thing1: '长'.repeat(300) } };
  let told = 0;
  for await (const item of client.sendAll(Array.from({ length: 600 }, () => long)))
    told += Number('message' in item);
  expect([told, seen.length]).toEqual([600, 3]);
  for (const { body } of seen) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(DEFAULT_MAX_BODY_BYTES);
});

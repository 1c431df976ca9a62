import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { SimulatedApp } from '../../local/wechat-simulator/index.ts';
import { createChance } from '../simulation/chance.ts';
import {
  type GrantView,
  inLanes,
  LONGER_THAN_ANY_LEASE_MS,
  type MessageView,
  TEMPLATES,
  template,
  useWorld,
  type World,
} from './world.ts';

/*
 * Three mini programs in one stack, with the same openids, template ids, idempotency keys, campaign names and aliases in each.
 * Operations of all kinds go to them in a random order while senders of their messages and campaigns are killed. Every text
 * names the app that it was sent for, so that one that reaches another app's WeChat, or another app's lists, shows.
 */
const OPERATIONS = Number(process.env['OPERATIONS'] ?? 1_000);
/** Ten times what an operation takes where nothing else runs. */
const TIMEOUT_MS = 120_000 + OPERATIONS * 200;
const WAVES = 4;
const USERS = Array.from({ length: 24 }, (_, n) => `o-user-${n}`);
/** They are erased now and then, which takes their books along. */
const ERASED = new Set(USERS.slice(0, 3));
const LANES = 12;

/** One mini program as this test drives and judges it. */
interface Driven {
  readonly appId: string;
  readonly wechat: SimulatedApp;
  readonly messageIds: string[];
  readonly campaignIds: string[];
  /** Answers of the API that spoke of another app. */
  readonly crossings: string[];
  operations: number;
}

test(
  'operations of all kinds on three mini programs of one stack: their books agree app by app, with zero crossings',
  async ({ annotate }) => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000));
    await annotate(`seed ${seed}`);
    const chance = createChance(seed);
    const templates = TEMPLATES.map(template);
    const world = await useWorld({ moreApps: [{ templates }, { templates }], pushEvents: { delayMs: 5 } });
    const apps = world.wechat.apps().map(
      (wechat): Driven => ({
        appId: wechat.appId,
        wechat,
        messageIds: [],
        campaignIds: [],
        crossings: [],
        operations: 0,
      }),
    );
    for (const { wechat } of apps) {
      wechat.setLatency({ ms: 2, jitterMs: 10 });
      for (const openid of USERS) wechat.createUser({ openid });
    }
    let underWayAtKills = 0;
    for (let wave = 0; wave < WAVES; wave++) {
      const sender = await world.start('sender');
      const done = inLanes(Array.from({ length: OPERATIONS / WAVES }), LANES, () =>
        operate(world, chance.pick(apps), apps, chance),
      );
      await Promise.race([done, sleep(chance.between(3_000, 6_000))]);
      underWayAtKills += world.sendsUnderWay();
      await sender.kill();
      const next = await world.start('sender');
      await done;
      await next.kill();
      await world.leap(LONGER_THAN_ANY_LEASE_MS);
    }
    await world.drain();

    for (const app of apps) await judge(world, app);
    const sum = (of: (app: Driven) => number) => apps.reduce((total, app) => total + of(app), 0);
    await annotate(
      `${sum((app) => app.operations)} operations, ${sum((app) => app.wechat.received({ call: 'send' }).items.length)} sends, ${underWayAtKills} under way at kills`,
    );
    expect(sum((app) => app.operations)).toBe(OPERATIONS);
    expect(underWayAtKills).toBeGreaterThan(0);
    expect(world.complaints()).toBe('');
  },
  TIMEOUT_MS,
);

type Chance = ReturnType<typeof createChance>;

/** One operation of any kind on one of the apps. */
async function operate(world: World, app: Driven, apps: readonly Driven[], chance: Chance): Promise<void> {
  app.operations += 1;
  const { appId, wechat } = app;
  const call = (method: string, path: string, body?: unknown, idempotencyKey?: string) =>
    world.call(method, path, body, { appId, ...(idempotencyKey && { idempotencyKey }) });
  const openid = chance.pick(USERS);
  const templateId = chance.pick(TEMPLATES);
  const order = { to: openid, templateId, data: { thing1: appId } };
  const elsewhere = chance.pick(apps.filter((other) => other !== app));

  const kinds: Readonly<Record<string, () => Promise<void>>> = {
    async grant() {
      const results = { [templateId]: 'accept' as const };
      wechat.subscribe({ openid, results });
      const requestId = `tap-${chance.between(0, 1_000_000)}`;
      expect((await call('POST', '/v1/grants', { openid, requestId, results })).status).toBe(200);
    },
    async send() {
      keep(app, await call('POST', '/v1/messages', { ...order, ...(chance.happens(0.1) && soon(world)) }));
    },
    async sendByKey() {
      keep(
        app,
        await call('POST', '/v1/messages', order, `key-${openid}-${templateId}-${chance.between(0, 20)}`),
      );
    },
    async sendMany() {
      const messages = [order, { ...order, to: chance.pick(USERS) }];
      const { body } = await call('POST', '/v1/messages/batch', { messages });
      for (const { message } of body.items) if (message) keep(app, { status: 202, body: message });
    },
    async cancel() {
      const id = app.messageIds.length > 0 ? chance.pick(app.messageIds) : 'none';
      await call('DELETE', `/v1/messages/${id}`);
    },
    async reachAcross() {
      const id = elsewhere.messageIds.length > 0 ? chance.pick(elsewhere.messageIds) : 'none';
      const replies = [await call('GET', `/v1/messages/${id}`), await call('DELETE', `/v1/messages/${id}`)];
      if (elsewhere.campaignIds.length > 0)
        replies.push(await call('GET', `/v1/campaigns/${chance.pick(elsewhere.campaignIds)}`));
      for (const { status, body } of replies) if (status !== 404) app.crossings.push(JSON.stringify(body));
    },
    async list() {
      const { body } = await call('GET', `/v1/messages?openid=${openid}&limit=200`);
      lookAt(app, body.items);
    },
    async campaign() {
      const audience = {
        type: 'recipients',
        recipients: USERS.slice(6, 12).map((each) => ({ openid: each })),
      };
      const { templateId: id, data } = order;
      const made = await call('POST', '/v1/campaigns', {
        name: 'new arrivals',
        templateId: id,
        data,
        audience,
      });
      expect(made.status).toBe(201);
      app.campaignIds.push(made.body.id);
      expect((await call('POST', `/v1/campaigns/${made.body.id}/runs`, {})).status).toBe(202);
    },
    async alias() {
      await call('PUT', `/v1/templates/${TEMPLATES[0]}/alias`, { alias: 'arrival' });
    },
    async erase() {
      await call('DELETE', `/v1/users/${chance.pick([...ERASED])}`);
    },
  };
  const shares: Readonly<Record<string, number>> = {
    grant: 34,
    send: 18,
    sendByKey: 12,
    sendMany: 6,
    cancel: 6,
    reachAcross: 9,
    list: 9,
    campaign: 1,
    alias: 2,
    erase: 3,
  };
  const drawn = Object.entries(shares).flatMap(([kind, share]) => Array.from({ length: share }, () => kind));
  await kinds[chance.pick(drawn)]?.();
}

const soon = (world: World) => ({ sendAt: new Date(world.nowMs() + 1_500).toISOString() });

function keep(
  app: Driven,
  { status, body }: { status: number; body: MessageView & { code?: string } },
): void {
  if (status !== 202 && status !== 200)
    return void expect(['no-grant', 'busy', 'too-many-waiting']).toContain(body.code);
  app.messageIds.push(body.id);
  lookAt(app, [body]);
}

/** Each text names the app that it was made in. */
function lookAt(app: Driven, messages: readonly MessageView[]): void {
  for (const message of messages)
    if (message.data.thing1 !== app.appId) app.crossings.push(JSON.stringify(message));
}

/** Holds an app's WeChat against its ledgers and its statuses. */
async function judge(world: World, app: Driven): Promise<void> {
  const { appId, wechat } = app;
  expect(app.crossings, appId).toEqual([]);
  const requests = wechat.received({ call: 'send' }).items;
  const foreign = requests.filter(
    ({ data }) => (data as { thing1: { value: string } }).thing1.value !== appId,
  );
  expect(foreign, appId).toEqual([]);
  expect(wechat.received({ call: 'send' }).stats.maxConcurrentSendsPerOpenid).toBeLessThanOrEqual(1);
  const accepted = requests.filter((request) => request.accepted);
  for (const openid of USERS.filter((each) => !ERASED.has(each))) {
    const { body } = await world.call('GET', `/v1/grants?openid=${openid}`, undefined, { appId });
    for (const grant of body.items as GrantView[]) {
      const about = `${appId} ${JSON.stringify(grant)}`;
      const sends = accepted.filter((one) => one.openid === openid && one.templateId === grant.templateId);
      const atWeChat = wechat.ledger({ openid, templateId: grant.templateId })[0];
      expect(grant.held, about).toBe(0);
      expect(grant.available + grant.spent, about).toBe(atWeChat?.granted);
      // A request of a sender that was killed may not have arrived: the service takes it for sent, WeChat knows nothing of it.
      expect(grant.spent, about).toBeGreaterThanOrEqual(sends.length);
      expect(grant.available, about).toBeLessThanOrEqual(atWeChat?.left ?? 0);
    }
  }
}

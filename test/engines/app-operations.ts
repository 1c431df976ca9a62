import { expect } from 'vitest';
import type { SimulatedApp } from '../../local/wechat-simulator/index.ts';
import type { createChance } from '../simulation/chance.ts';
import { type MessageView, type Reply, TEMPLATES, type World } from './world.ts';

export type Chance = ReturnType<typeof createChance>;

/** They are users of every mini program. */
export const USERS: readonly string[] = Array.from({ length: 24 }, (_, n) => `o-user-${n}`);

/** They are erased now and then, which takes their books along. */
const ERASED = USERS.slice(0, 3);

/** One mini program as a test drives and judges it. */
export interface Driven {
  readonly appId: string;
  readonly wechat: SimulatedApp;
  /** Turns the templates off in this mini program only, which takes the grants that are left. */
  readonly turnsOff: string;
  readonly messageIds: string[];
  readonly campaignIds: string[];
  readonly runs: string[];
  readonly cardIds: string[];
  /** Answers of the API that spoke of another app. */
  readonly crossings: string[];
  operations: number;
  /** Those that the audit trail keeps. */
  changes: number;
}

/** The mini programs of a world, with nothing done in them yet. */
export function drivenApps(world: World): readonly Driven[] {
  return world.wechat.apps().map((wechat, index) => ({
    appId: wechat.appId,
    wechat,
    turnsOff: USERS[ERASED.length + index] ?? '',
    messageIds: [],
    campaignIds: [],
    runs: [],
    cardIds: [],
    crossings: [],
    operations: 0,
    changes: 0,
  }));
}

/** Whether WeChat's books and ours of this user can be compared. */
export const isJudged = (app: Driven, openid: string): boolean =>
  !ERASED.includes(openid) && openid !== app.turnsOff;

/** What the audit trail keeps. */
const KEPT = /^\/v1\/(campaigns|users|templates)\b/;

/** Calls the API for one of the mini programs, and counts what its audit trail shall hold. */
export function callsOf(world: World, app: Driven) {
  return async (method: string, path: string, body?: unknown, idempotencyKey?: string): Promise<Reply> => {
    const options = { appId: app.appId, ...(idempotencyKey && { idempotencyKey }) };
    const reply = await world.call(method, path, body, options);
    if (method !== 'GET' && KEPT.test(path) && reply.status < 300) app.changes += 1;
    return reply;
  };
}

/** So often of a hundred. */
const SHARES = {
  grant: 26,
  send: 14,
  sendByKey: 12,
  sendMany: 6,
  cancel: 5,
  card: 7,
  reachAcross: 9,
  list: 9,
  campaign: 2,
  steerRun: 2,
  alias: 1,
  sync: 1,
  turnOff: 3,
  erase: 3,
} as const;
const DRAWN = Object.entries(SHARES).flatMap(([kind, share]) => Array.from({ length: share }, () => kind));

/** One operation of any kind on one of the apps. */
export async function operate(
  world: World,
  app: Driven,
  apps: readonly Driven[],
  chance: Chance,
): Promise<void> {
  app.operations += 1;
  const { appId, wechat } = app;
  const call = callsOf(world, app);
  const openid = chance.pick(USERS);
  const templateId = chance.pick(TEMPLATES);
  const order = { to: openid, templateId, data: { thing1: appId } };
  const elsewhere = chance.pick(apps.filter((other) => other !== app));
  const idOf = (ids: readonly string[]) => (ids.length > 0 ? chance.pick(ids) : 'none');

  const kinds: Readonly<Record<keyof typeof SHARES, () => Promise<unknown>>> = {
    grant: () => allow(world, app, openid, [templateId], `tap-${chance.between(0, 1_000_000)}`),
    async send() {
      const later = { sendAt: new Date(world.nowMs() + 1_500).toISOString() };
      const collapsing = { ...later, collapseKey: `same-in-each-${chance.between(0, 3)}` };
      const more = chance.pick([{}, {}, {}, {}, {}, later, collapsing, { hold: false }]);
      keep(app, await call('POST', '/v1/messages', { ...order, ...more }));
    },
    async sendByKey() {
      // Few, so that each comes again, here and in the others.
      const to = chance.pick(USERS.slice(12, 16));
      const key = `key-${to}-${templateId}-${chance.between(0, 2)}`;
      keep(app, await call('POST', '/v1/messages', { ...order, to }, key));
    },
    async sendMany() {
      const messages = [order, { ...order, to: chance.pick(USERS) }];
      const { body } = await call('POST', '/v1/messages/batch', { messages });
      for (const { message } of body.items) if (message) keep(app, { status: 202, body: message });
    },
    cancel: () => call('DELETE', `/v1/messages/${idOf(app.messageIds)}`),
    async card() {
      const content = {
        cur_status: 2,
        queue_number: 'A1',
        current_number: 'A1',
        wxa_path_query: `p?${appId}`,
      };
      if (app.cardIds.length > 5 && chance.happens(0.6))
        return void (await call('PATCH', `/v1/cards/${idOf(app.cardIds)}`, { content }));
      const code = wechat.cardCode({ openid, notifyType: 1005 });
      const made = await call('POST', '/v1/cards', { to: openid, notifyType: 1005, code, content });
      if (made.status === 202) app.cardIds.push(made.body.id);
    },
    async reachAcross() {
      const paths = [
        ['GET', `/v1/messages/${idOf(elsewhere.messageIds)}`],
        ['DELETE', `/v1/messages/${idOf(elsewhere.messageIds)}`],
        ['POST', `/v1/messages/${idOf(elsewhere.messageIds)}/settle`, { status: 'failed' }],
        ['GET', `/v1/campaigns/${idOf(elsewhere.campaignIds)}`],
        ['PATCH', `/v1/campaigns/${idOf(elsewhere.campaignIds)}`, { status: 'ended' }],
        ['POST', `${idOf(elsewhere.runs)}/stop`],
        ['GET', `/v1/cards/${idOf(elsewhere.cardIds)}`],
      ] as const;
      for (const [method, path, body] of paths) {
        if (path.startsWith('none')) continue;
        const reply = await call(method, path, body);
        if (reply.status !== 404) app.crossings.push(`${method} ${path}: ${JSON.stringify(reply.body)}`);
      }
    },
    async list() {
      lookAt(app, (await call('GET', `/v1/messages?openid=${openid}&limit=200`)).body.items);
      lookAt(app, (await call('GET', '/v1/messages?status=refused&limit=200')).body.items);
      lookAt(app, (await call('GET', '/v1/campaigns?limit=200')).body.items);
    },
    async campaign() {
      const recipients = USERS.slice(6, 12).map((each) => ({ openid: each }));
      const { templateId: id, data } = order;
      const audience = { type: 'recipients', recipients };
      const made = await call('POST', '/v1/campaigns', { name: 'new', templateId: id, data, audience });
      expect(made.status).toBe(201);
      app.campaignIds.push(made.body.id);
      const run = await call('POST', `/v1/campaigns/${made.body.id}/runs`, {});
      expect(run.status).toBe(202);
      app.runs.push(`/v1/campaigns/${made.body.id}/runs/${run.body.id}`);
    },
    async steerRun() {
      const run = idOf(app.runs);
      if (run === 'none') return;
      await call('POST', `${run}/pause`);
      await call('POST', `${run}/${chance.pick(['resume', 'resume', 'stop'])}`);
    },
    alias: () => call('PUT', `/v1/templates/${TEMPLATES[0]}/alias`, { alias: 'arrival' }),
    sync: () => call('POST', '/v1/templates/sync'),
    async turnOff() {
      wechat.changeSettings({ openid: app.turnsOff, templateOff: [templateId] });
    },
    erase: () => call('DELETE', `/v1/users/${chance.pick(ERASED)}`),
  };
  await kinds[chance.pick(DRAWN) as keyof typeof SHARES]();
}

/** A user allows templates, at WeChat and here. */
export async function allow(
  world: World,
  app: Driven,
  openid: string,
  templateIds: readonly string[],
  requestId: string,
): Promise<void> {
  const results = Object.fromEntries(templateIds.map((id) => [id, 'accept' as const]));
  app.wechat.subscribe({ openid, results });
  const reply = await callsOf(world, app)('POST', '/v1/grants', { openid, requestId, results });
  expect(reply.status).toBe(200);
}

function keep(app: Driven, { status, body }: { status: number; body: MessageView & { code?: string } }) {
  if (status !== 202 && status !== 200)
    return void expect(['no-grant', 'busy', 'too-many-waiting'], JSON.stringify(body)).toContain(body.code);
  app.messageIds.push(body.id);
  lookAt(app, [body]);
}

/** Each text names the app that it was made in. */
function lookAt(app: Driven, items: readonly Pick<MessageView, 'data'>[]): void {
  for (const item of items) if (item.data.thing1 !== app.appId) app.crossings.push(JSON.stringify(item));
}

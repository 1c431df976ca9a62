import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createChance } from '../simulation/chance.ts';
import { allow, callsOf, type Driven, drivenApps, isJudged, operate, USERS } from './app-operations.ts';
import {
  type GrantView,
  inLanes,
  LONGER_THAN_ANY_LEASE_MS,
  TEMPLATES,
  template,
  useWorld,
  type World,
} from './world.ts';

/*
 * Three mini programs in one stack, with the same openids, template ids, idempotency keys, campaign names and aliases in each.
 * Operations of all kinds go to them in a random order while senders of their messages, campaigns and cards are killed. Every
 * text names the app that it was sent for, so that one that reaches another app's WeChat, or another app's lists, shows.
 */
const OPERATIONS = Number(process.env['OPERATIONS'] ?? 1_000);
/** Ten times what an operation takes where nothing else runs. */
const TIMEOUT_MS = 400_000 + OPERATIONS * 200;
const WAVES = OPERATIONS < 1_000 ? 2 : 4;
const LANES = 12;

test(
  'operations of all kinds on three mini programs of one stage: their books agree app by app, with zero crossings',
  async ({ annotate }) => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000));
    await annotate(`seed ${seed}`);
    const chance = createChance(seed);
    const templates = TEMPLATES.map(template);
    const world = await useWorld({ moreApps: [{ templates }, { templates }], pushEvents: { delayMs: 5 } });
    const apps = drivenApps(world);
    for (const { wechat } of apps) for (const openid of USERS) wechat.createUser({ openid });
    for (const app of apps) {
      // Or a sender that is killed while it fetches the app's first access token keeps the API from its templates, which is a 503.
      const synced = await callsOf(world, app)('POST', '/v1/templates/sync');
      expect(synced.status).toBe(200);
      await inLanes(USERS, LANES, (openid) => allow(world, app, openid, TEMPLATES, 'first-tap'));
    }
    let underWayAtKills = 0;
    for (let wave = 0; wave < WAVES; wave++) {
      const sender = await world.start('sender');
      let isDone = false;
      const done = inLanes(Array.from({ length: OPERATIONS / WAVES }), LANES, () =>
        operate(world, chance.pick(apps), apps, chance),
      ).finally(() => {
        isDone = true;
      });
      await Promise.race([done, sleep(chance.between(500, 2_000 + 2 * OPERATIONS))]);
      // It dies in the middle of a send, unless all were faster.
      while (!isDone && world.sendsUnderWay() === 0) await sleep(1);
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
    const received = (app: Driven, call: 'send' | 'set-card') => app.wechat.received({ call }).items.length;
    await annotate(
      `${sum((app) => app.operations)} operations, ${sum((app) => received(app, 'send'))} sends, ${sum((app) => received(app, 'set-card'))} changes of cards, ${underWayAtKills} under way at kills`,
    );
    expect(sum((app) => app.operations)).toBe(OPERATIONS);
    for (const app of apps) expect(received(app, 'send')).toBeGreaterThan(0);
    expect(world.complaints()).toBe('');
  },
  TIMEOUT_MS,
);

/** Holds an app's WeChat against its ledgers, its cards and its audit trail. */
async function judge(world: World, app: Driven): Promise<void> {
  const { appId, wechat } = app;
  expect(app.crossings, appId).toEqual([]);
  const requests = wechat.received({ call: 'send' }).items;
  const textOf = ({ data }: (typeof requests)[number]) =>
    (data as { thing1: { value: string } }).thing1.value;
  expect(new Set(requests.map(textOf)), appId).toEqual(new Set([appId]));
  const { stats } = wechat.received({ call: 'send' });
  expect(stats.maxConcurrentSendsPerOpenid).toBeLessThanOrEqual(1);
  const cards = USERS.flatMap((openid) => wechat.cards(openid));
  for (const { content } of cards) expect(content ?? `p?${appId}`).toContain(`p?${appId}`);
  expect(await changesKept(world, app), appId).toBe(app.changes);
  const accepted = requests.filter((request) => request.accepted);
  for (const openid of USERS.filter((each) => isJudged(app, each))) {
    const { body } = await callsOf(world, app)('GET', `/v1/grants?openid=${openid}`);
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

async function changesKept(world: World, app: Driven): Promise<number> {
  let [kept, cursor] = [0, ''];
  do {
    const { body } = await callsOf(world, app)('GET', `/v1/audit?limit=200${cursor}`);
    kept += body.items.length;
    cursor = body.nextCursor === undefined ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  return kept;
}

import { expect, test } from 'vitest';
import { expectPromisesKept } from './promises.ts';
import { inLanes, TEMPLATES, useWorld, type World } from './world.ts';

/*
 * Many callers at one user's ledger at the same moment, over HTTP, while a real sender is at work on it too.
 */
const [templateId] = TEMPLATES;
const GRANTS = 20;

/** Books fifty cards for one user, all at once. */
async function bookFifty(world: World, to: string, hold: boolean): Promise<string[]> {
  const replies = await inLanes(Array.from({ length: 50 }), 50, (_, n) =>
    world.call('POST', '/v1/messages', { to, templateId, data: { thing1: `第${n}件` }, hold }),
  );
  const refused = replies.filter(({ status }) => status !== 202);
  expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(hold ? ['no-grant'] : []));
  return replies.filter(({ status }) => status === 202).map(({ body }) => body.id);
}

test.for([
  { hold: true, booked: GRANTS, ended: { sent: GRANTS } },
  { hold: false, booked: 50, ended: { sent: GRANTS, failed: 30 } },
])(
  'fifty sends race for twenty grants (hold: $hold): twenty go out',
  { timeout: 60_000 },
  async ({ hold, booked, ended }) => {
    const world = await useWorld();
    const openid = await world.useUser(GRANTS);
    const sender = await world.start('sender');
    const accepted = await bookFifty(world, openid, hold);
    expect(accepted).toHaveLength(booked);
    await sender.stop();
    await world.drain();
    const grantsOf = () => GRANTS;
    expect(await expectPromisesKept(world, { accepted, users: [openid], grantsOf, killedAtMs: [] })).toEqual(
      ended,
    );
    expect(world.complaints()).toBe('');
  },
);

test('reports that arrive at the same moment each count once, however often they are repeated', async () => {
  const world = await useWorld();
  const openid = await world.useUser(0);
  const report = (n: number) =>
    world.call('POST', '/v1/grants', {
      requestId: `tap-${n % GRANTS}`,
      openid,
      results: { [templateId]: 'accept' },
    });
  const replies = await inLanes(Array.from({ length: 3 * GRANTS }), 3 * GRANTS, (_, n) => report(n));
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
  const { body } = await world.call('GET', `/v1/grants?openid=${openid}`);
  expect(body.items).toMatchObject([{ templateId, available: GRANTS, held: 0, spent: 0 }]);
}, 60_000);

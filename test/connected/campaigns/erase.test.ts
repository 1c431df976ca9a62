import { describe, expect, test, vi } from 'vitest';
import { eraseRecipient } from '../../../lib/campaigns/erase-recipient.ts';
import { pauseRun, resumeRun, stopRun } from '../../../lib/campaigns/runs/control-run.ts';
import { type PlanServices, planShard } from '../../../lib/campaigns/runs/plan-shard.ts';
import { listRecipients, readRecipient } from '../../../lib/campaigns/runs/read-run.ts';
import type { RunRecord } from '../../../lib/campaigns/runs/run.ts';
import { findInRun } from '../../../lib/campaigns/runs/run-store.ts';
import { planJobs } from '../../../lib/campaigns/runs/start-run.ts';
import { createTemplateUsers } from '../../../lib/dynamodb/dynamodb-grant-store.ts';
import { createRecipientEraser } from '../../../lib/dynamodb/dynamodb-recipient-eraser.ts';
import { createUserEraser } from '../../../lib/dynamodb/dynamodb-user-eraser.ts';
import { eraseUser } from '../../../lib/users/erase-user.ts';
import { updated } from '../../../lib/versioned.ts';
import { endRun } from '../../../operate/restore/end-runs.ts';
import { scanPages } from '../../../operate/scan-pages.ts';
import { useCampaigns } from './campaign-world.ts';

vi.setConfig({ testTimeout: 60_000 });

type World = Awaited<ReturnType<typeof useCampaigns>>;

const isFinished = ({ status }: { status: string }) => status === 'finished';
const always = () => true;

function erasing({ table, services }: World) {
  const eraser = createUserEraser(table, { newVersion: services.newUuid });
  const recipients = createRecipientEraser(table, { ...services, newVersion: services.newUuid });
  return { ...services, store: services.messages, eraser, recipients };
}

/** The keys of all items in which a text occurs, whether in the key or in what stands there. */
async function itemsWith({ table: { client, name } }: World, text: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { Items = [] } of scanPages({ client }, { TableName: name })) {
    for (const item of Items) {
      if (JSON.stringify(item).includes(text)) found.push(`${item['pk']?.S} ${item['sk']?.S}`);
    }
  }
  return found;
}

/** How often a user was sent to. */
const sentTo = ({ wechat }: World, openid: string) => wechat.received({ call: 'send', openid }).items.length;

test('who is erased is gone from lists and runs; a run that goes on skips them, and counts stay as they are', async () => {
  const world = await useCampaigns();
  const openids = await world.grantees(60, { grants: 3 });
  const named = openids.slice(0, 40).map((openid) => ({ openid, variables: { name: '茶' } }));
  const listed = await world.campaign({ audience: { type: 'recipients', count: 0, pages: 0 } });
  await world.upload(listed, [...named, ...openids.slice(40).map((openid) => ({ openid }))]);
  await world.until(listed, await world.start(listed), isFinished);

  const campaign = await world.campaign({ maxPerSecond: 10 });
  const runId = await world.start(campaign);
  await world.until(campaign, runId, ({ counts }) => counts.sent > 3);
  await pauseRun(world.services, campaign.id, runId);
  await world.stack.idle();
  const before = await world.read(campaign, runId);
  expect(before.counts.pending).toBeGreaterThan(10);
  const states = await Promise.all(openids.map((openid) => readRecipient(world.services, runId, openid)));
  const reached = openids.find((_, index) => states[index]?.state === 'sent') ?? '';
  const waiting = openids.find((_, index) => states[index]?.state === 'pending') ?? '';
  const sentBefore = sentTo(world, waiting);

  for (const openid of [reached, waiting]) {
    const result = await eraseUser(erasing(world), openid);
    expect(result).toMatchObject({ type: 'erased', templates: 1, erasedRecipients: 3 });
    expect(result).not.toHaveProperty('next');
    expect(await itemsWith(world, openid)).toEqual([]);
  }
  expect((await world.campaigns.load(listed.id))?.value.audience).toMatchObject({ count: 58 });
  expect(await world.read(campaign, runId)).toEqual(before);

  await resumeRun(world.services, campaign.id, runId);
  const after = await world.until(campaign, runId, isFinished);
  expect(after).toMatchObject({ recipients: 60, counts: { sent: 59, skipped: 1, pending: 0 } });
  expect(sentTo(world, waiting)).toBe(sentBefore);
  const told = await listRecipients(world.services.runs, after.id, Infinity);
  expect(told.items.map(({ openid }) => openid).toSorted()).toEqual(
    openids.filter((one) => one !== reached && one !== waiting).toSorted(),
  );
});

test('goes over long lists and many runs a part at a time, and again does no harm', async () => {
  const world = await useCampaigns();
  const [openid = '', ...others] = world.wechat.createUsers(31);
  for (let n = 0; n < 3; n++) {
    const campaign = await world.campaign({ audience: { type: 'recipients', count: 0, pages: 0 } });
    await world.upload(campaign, [{ openid }, ...others.map((other) => ({ openid: other }))]);
    for (let run = 0; run < 2; run++) {
      await world.until(campaign, await world.start(campaign, { dryRun: true }), isFinished);
    }
  }
  let [erased, calls] = [0, 0];
  for (let from: Parameters<typeof eraseRecipient>[2]; calls === 0 || from; calls++) {
    const result = await eraseRecipient(erasing(world), openid, from, () => false);
    erased += result.erased;
    from = result.next;
  }
  // Of each campaign its list, its runs, and these once more.
  expect(calls).toBe(9);
  expect(erased).toBe(9);
  expect(await itemsWith(world, openid)).toEqual([]);
  expect(await eraseRecipient(erasing(world), openid, undefined, always)).toEqual({ erased: 0 });
});

/** What plans the shards of a run, by itself. */
function planning({ table, services }: World): PlanServices {
  return { ...services, audience: createTemplateUsers(table), pageSize: 2 };
}

async function planAll(services: PlanServices, run: RunRecord): Promise<void> {
  const isHalted = async () => false;
  for (const job of planJobs(run, services.runs.shards, services.clock())) {
    if (job.type === 'plan') await planShard(services, run, job, { isHalted, deadlineMs: Infinity });
  }
}

/** A planner that is held up before it writes a batch that names this user. */
function heldUp(services: PlanServices, openid: string) {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const createBatch: PlanServices['runs']['createBatch'] = async (key, batch) => {
    if (batch.recipients.some((recipient) => recipient.openid === openid)) {
      reach();
      await released;
    }
    return services.runs.createBatch(key, batch);
  };
  return { reached, release, services: { ...services, runs: { ...services.runs, createBatch } } };
}

const halts: Readonly<Record<string, (world: World, ...run: [string, string]) => Promise<unknown>>> = {
  'goes on': async () => undefined,
  pauses: ({ services }, ...run) => pauseRun(services, ...run),
  'is stopped': ({ services }, ...run) => stopRun(services, ...run),
};

describe.each(Object.entries(halts))('a run that %s', (_, halt) => {
  test.each(['grantees', 'recipients'] as const)(
    'names none of its %s who was erased while its planner was held up',
    async (type) => {
      const world = await useCampaigns({ pollers: 0 });
      const openids = await world.grantees(60);
      const campaign = await world.campaign(
        type === 'grantees' ? {} : { audience: { type, count: 0, pages: 0 } },
      );
      if (type === 'recipients')
        await world.upload(
          campaign,
          openids.map((openid) => ({ openid })),
        );
      const runId = await world.start(campaign);
      const { value: run } = (await world.services.runs.load(campaign.id, runId))!;
      // Behind the first of their shard, and with others behind them: of the fullest shard, since openids are drawn.
      const byShard = [...Map.groupBy(openids, (openid) => world.services.runs.shardOf(openid)).values()];
      const inShard = byShard.toSorted((one, other) => other.length - one.length)[0]?.toSorted() ?? [];
      const openid = inShard[3] ?? '';
      expect(inShard.length).toBeGreaterThan(4);

      const planner = heldUp(planning(world), openid);
      const planned = planAll(planner.services, run);
      await planner.reached;
      await halt(world, campaign.id, runId);
      for (let time = 0; time < 2; time++) {
        const result = await eraseUser(erasing(world), openid);
        expect(result).toMatchObject({ type: 'erased' });
        expect(result).not.toHaveProperty('next');
      }
      planner.release();
      await planned;
      expect(await itemsWith(world, openid)).toEqual([]);

      if (halt === halts['is stopped']) return;
      // The planner went on, and nobody else is missing.
      const named = await listRecipients(world.services.runs, run.id, Infinity);
      expect(named.items.map((one) => one.openid).toSorted()).toEqual(
        openids.filter((one) => one !== openid).toSorted(),
      );
      expect(await world.read(campaign, runId)).toMatchObject({ recipients: 59, counts: { pending: 59 } });
    },
  );
});

test.each([
  ['nobody', { skipped: 1, unknown: 1 }],
  ['a worker', { skipped: 0, unknown: 2 }],
] as const)(
  'a restore ends one who was erased from a batch that %s had as it may have been',
  async (who, counts) => {
    const world = await useCampaigns({ pollers: 0 });
    const [erased = '', other = ''] = await world.grantees(2);
    const campaign = await world.campaign({ audience: { type: 'recipients', count: 0, pages: 0 } });
    await world.upload(campaign, [{ openid: erased }, { openid: other }]);
    const { value: run } = (await world.runs.load(campaign.id, await world.start(campaign)))!;
    await planAll(planning(world), run);
    const { key } = (await findInRun(world.runs, run.id, erased))!;
    const read = await world.runs.loadResults(key);
    const lease =
      who === 'nobody' ? {} : { lease: { workerId: 'worker-1', untilMs: world.services.clock() } };
    await world.runs.putResults(key, updated(read, { ...read.value, ...lease }));
    await eraseRecipient(erasing(world), erased, undefined, always);

    const services = { ...erasing(world), store: world.messages, newId: world.services.newUuid };
    expect(await endRun(services, run)).toBe(counts.unknown);
    expect((await world.read(campaign, run.id)).counts).toMatchObject({ ...counts, pending: 0 });
  },
);

test('a run for those who failed that begins meanwhile names nobody who was erased', async () => {
  const world = await useCampaigns();
  const openids = await world.grantees(4);
  world.wechat.addFault({ call: 'send', kind: 'errcode', errcode: 47003, times: 100 });
  const campaign = await world.campaign();
  const first = await world.start(campaign);
  const over = await world.until(campaign, first, isFinished);
  expect(over.counts.failed).toBe(4);
  world.wechat.clearFaults();

  const services = erasing(world);
  let again: string | undefined;
  const list: typeof services.runs.list = async (...asked) => {
    const page = await services.runs.list(...asked);
    again ??= await world.start(campaign, { trigger: 'resend-failed', ofRunId: first });
    await world.until(campaign, again, isFinished);
    return page;
  };
  const [openid = ''] = openids;
  const result = await eraseRecipient(
    { ...services, runs: { ...services.runs, list } },
    openid,
    undefined,
    always,
  );
  expect(result).toEqual({ erased: 2 });
  for (const runId of [first, again ?? '']) {
    expect(await readRecipient(world.services, runId, openid)).toBeUndefined();
  }
});

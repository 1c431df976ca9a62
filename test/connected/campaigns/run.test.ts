import { expect, test } from 'vitest';
import { TEMPLATE, useCampaigns } from './campaign-world.ts';

const isFinished = ({ status }: { status: string }) => status === 'finished';

test('a run reaches each of a few thousand grantees once, though its trigger and its plans come twice', async () => {
  const world = await useCampaigns();
  const openids = await world.grantees(3_000, { grants: 2 });
  const campaign = await world.campaign();
  const runId = await world.start(campaign);
  expect(await world.start(campaign, { runId })).toBe(runId);

  const t0 = Date.now();
  const run = await world.until(campaign, runId, isFinished);
  console.log(Date.now() - t0, JSON.stringify(run));
  expect(run.recipients).toBe(3_000);
  expect(run.counts).toMatchObject({ sent: 3_000, pending: 0 });
  const taken = world.wechat.ledger({ templateId: TEMPLATE.templateId });
  console.log(taken[0], world.wechat.received({ limit: 1 }).stats);
}, 60_000);

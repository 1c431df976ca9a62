import { expect, test, vi } from 'vitest';
import { pauseRun, resumeRun, stopRun } from '../../../lib/campaigns/runs/control-run.ts';
import { listRecipients, readRecipient } from '../../../lib/campaigns/runs/read-run.ts';
import { TEMPLATE, useCampaigns } from './campaign-world.ts';

// Seconds where nothing else runs; more where the machine is busy.
vi.setConfig({ testTimeout: 60_000 });

type World = Awaited<ReturnType<typeof useCampaigns>>;

const isFinished = ({ status }: { status: string }) => status === 'finished';

/** How many messages WeChat accepted for each of these users. */
function acceptedBy({ wechat }: World, openids: readonly string[]): number[] {
  const spent = new Map(
    wechat.ledger({ templateId: TEMPLATE.templateId }).map((entry) => [entry.openid, entry.spent]),
  );
  return openids.map((openid) => spent.get(openid) ?? 0);
}

test('a run reaches each of two hundred grantees once, though its trigger comes twice', async () => {
  const world = await useCampaigns();
  const openids = await world.grantees(200, { grants: 2 });
  const campaign = await world.campaign();
  const runId = await world.start(campaign);
  expect(await world.start(campaign, { runId })).toBe(runId);

  const run = await world.until(campaign, runId, isFinished);
  expect(run).toMatchObject({ recipients: 200, counts: { sent: 200, pending: 0 }, byErrcode: {} });
  expect(new Set(acceptedBy(world, openids))).toEqual(new Set([1]));
  const told = await listRecipients(world.services.runs, run.id, Infinity);
  expect(told.items.map(({ openid }) => openid).toSorted()).toEqual([...openids].sort());
});

test('a pause holds back what is queued, resuming goes on with the rest, a stop is final', async () => {
  const world = await useCampaigns();
  const openids = await world.grantees(200, { grants: 2 });
  world.wechat.setLatency({ ms: 40 });
  const campaign = await world.campaign({ maxPerSecond: 20 });
  const accepted = () => acceptedBy(world, openids).reduce((sum, one) => sum + one, 0);
  const runId = await world.start(campaign);
  await world.until(campaign, runId, () => accepted() > 5);

  expect(await pauseRun(world.services, campaign.id, runId)).toMatchObject({ run: { status: 'paused' } });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const atPause = accepted();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(accepted()).toBe(atPause);
  expect(atPause).toBeLessThan(200);

  await resumeRun(world.services, campaign.id, runId);
  await world.until(campaign, runId, () => accepted() > atPause + 5);
  const stopped = await stopRun(world.services, campaign.id, runId);
  expect(stopped).toMatchObject({ type: 'done', run: { status: 'stopped' } });
  expect(await resumeRun(world.services, campaign.id, runId)).toMatchObject({ type: 'run-over' });
  await world.stack.idle();
  const run = await world.read(campaign, runId);
  expect(run.counts.sent + run.counts.pending).toBe(200);
  expect(run.counts.sent).toBe(accepted());
  expect(Math.max(...acceptedBy(world, openids))).toBe(1);
});

test('who spent their grant is skipped, who failed is sent to again by a new run, who granted later is in neither', async () => {
  const world = await useCampaigns();
  const [failing = '', refusing = '', spent = ''] = await world.grantees(3);
  const [late = ''] = await world.grantees(1, { grantedAtMs: Date.now() + 3_600_000 });
  world.wechat.addFault({ call: 'send', kind: 'errcode', errcode: 45168, openid: failing, times: 1 });
  world.wechat.addFault({ call: 'send', kind: 'errcode', errcode: 43101, openid: refusing, times: 1 });
  const recipients = [failing, refusing, spent, spent].map((openid) => ({ openid }));
  const campaign = await world.campaign({ audience: { type: 'recipients', count: 4, pages: 1 } });
  await world.campaigns.putRecipients(campaign.id, 0, { id: 'upload', recipients });
  await world.take(spent);

  const runId = await world.start(campaign);
  const run = await world.until(campaign, runId, isFinished);
  expect(run).toMatchObject({
    recipients: 3,
    counts: { failed: 1, refused: 1, skipped: 1, sent: 0 },
    byErrcode: { 43101: 1, 45168: 1 },
  });
  expect(await readRecipient(world.services, runId, failing)).toMatchObject({
    state: 'failed',
    outcome: { errcode: 45168 },
    attempts: 1,
  });
  expect(await readRecipient(world.services, runId, late)).toBeUndefined();

  const again = await world.start(campaign, { trigger: 'resend-failed', ofRunId: runId });
  expect(await world.until(campaign, again, isFinished)).toMatchObject({
    recipients: 1,
    ofRunId: runId,
    counts: { sent: 1 },
  });
  expect(acceptedBy(world, [failing, refusing, spent])).toEqual([1, 0, 0]);

  const toAll = await world.campaign();
  const all = await world.until(toAll, await world.start(toAll), isFinished);
  expect(all.recipients).toBe(0);
});

test('a dry run counts and checks, and sends nothing', async () => {
  const world = await useCampaigns();
  const [fine = '', bad = ''] = await world.grantees(2);
  const campaign = await world.campaign({
    data: { thing1: '{{name}}' },
    audience: { type: 'recipients', count: 3, pages: 1 },
  });
  await world.campaigns.putRecipients(campaign.id, 0, {
    id: 'upload',
    recipients: [
      { openid: fine, variables: { name: '普洱' } },
      { openid: bad, variables: { other: '普洱' } },
      { openid: 'oNobodyWhoEverGranted', variables: { name: '普洱' } },
    ],
  });
  const runId = await world.start(campaign, { dryRun: true });
  const run = await world.until(campaign, runId, isFinished);
  expect(run).toMatchObject({
    dryRun: true,
    recipients: 3,
    counts: { pending: 1, failed: 1, skipped: 1, sent: 0 },
  });
  expect(await readRecipient(world.services, runId, bad)).toMatchObject({
    outcome: { reason: 'invalid-data' },
    problems: ['missing-variable name'],
  });
  expect(world.wechat.received({ call: 'send' }).items).toEqual([]);
});

import { expect, test } from 'vitest';
import type { Campaign, CampaignSchedule } from '../../../../lib/campaigns/campaign.ts';
import type { RunRecord } from '../../../../lib/campaigns/runs/run.ts';
import type { RunJob } from '../../../../lib/campaigns/runs/run-job.ts';
import { startScheduledRun } from '../../../../lib/campaigns/runs/start-run.ts';

const CAMPAIGN_ID = `cmp_${'1'.repeat(32)}`;
const NINE = Date.parse('2026-03-02T09:00Z');
const DAILY: CampaignSchedule = { expression: 'cron(0 9 * * ? *)', timezone: 'UTC' };

function useCampaign(given: Partial<Campaign>, nowMs = NINE) {
  const campaign: Campaign = {
    id: CAMPAIGN_ID,
    name: 'breakfast',
    templateId: 't',
    data: {},
    miniprogramState: 'formal',
    lang: 'zh_CN',
    fit: false,
    audience: { type: 'grantees' },
    status: 'active',
    createdAtMs: 0,
    updatedAtMs: 0,
    ...given,
  };
  const runs = new Map<string, RunRecord>();
  const jobs: RunJob[] = [];
  const services = {
    clock: () => nowMs,
    campaigns: { load: async () => ({ value: campaign, version: '1' }) },
    runs: {
      shards: [0],
      load: async (_campaignId: string, id: string) => {
        const value = runs.get(id);
        return value && { value, version: '1' };
      },
      create: async (run: RunRecord) => {
        if (runs.has(run.id)) return 'exists' as const;
        runs.set(run.id, run);
        return 'created' as const;
      },
    },
    enqueueJobs: async (more: readonly RunJob[]) => void jobs.push(...more),
    newRunId: () => 'run_by_hand',
  };
  return { runs, jobs, start: (atMs: number) => startScheduledRun(services, CAMPAIGN_ID, atMs) };
}

test('the run of a schedule is started once, however often it is asked for', async () => {
  const { start, runs } = useCampaign({ schedule: DAILY });
  expect(await start(NINE)).toMatchObject({ type: 'started', run: { trigger: 'schedule' } });
  expect(await start(NINE)).toMatchObject({ type: 'exists' });
  expect(runs.size).toBe(1);
});

test.each([1_000, 59_000, -20_000])('a trigger that comes %i ms off is the same run', async (offMs) => {
  const { start, runs } = useCampaign({ schedule: DAILY });
  const first = await start(NINE);
  expect(await start(NINE + offMs)).toMatchObject({
    type: 'exists',
    run: 'run' in first ? { id: first.run.id } : {},
  });
  expect(runs.size).toBe(1);
});

test('a trigger that comes over an hour late starts nothing; one within the hour does', async () => {
  const late = useCampaign({ schedule: DAILY }, NINE + 60 * 60_000 + 1);
  expect(await late.start(NINE)).toEqual({ type: 'too-late' });
  expect([late.runs.size, late.jobs.length]).toEqual([0, 0]);
  const inTime = useCampaign({ schedule: DAILY }, NINE + 60 * 60_000);
  expect(await inTime.start(NINE)).toMatchObject({ type: 'started' });
});

test.each([
  ['the campaign has no schedule any more', {}, NINE],
  ['its schedule runs at another time', { schedule: DAILY }, NINE + 60 * 60_000],
])('%s: nothing is started', async (_, campaign, atMs) => {
  const { start, runs, jobs } = useCampaign(campaign);
  expect(await start(atMs)).toEqual({ type: 'not-scheduled' });
  expect([runs.size, jobs.length]).toEqual([0, 0]);
});

test('a campaign that is paused starts no run of its schedule', async () => {
  const { start } = useCampaign({ schedule: DAILY, status: 'paused' });
  expect(await start(NINE)).toEqual({ type: 'not-active' });
});

import { createRunIds, scheduledRunId } from '../campaigns/runs/run-id.ts';
import { startRun } from '../campaigns/runs/start-run.ts';
import { runsAt } from '../campaigns/schedule/run-times.ts';
import { createEnqueueJobs } from '../queue/sqs-campaign-queue.ts';
import { readSettings } from '../settings.ts';
import { createCampaignStore } from '../table/dynamodb-campaign-store.ts';
import { createRunStore } from '../table/dynamodb-run-store.ts';
import { openQueue, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';

/** What the function that a campaign's schedule calls needs. It holds no secret. */
export async function wireCampaignStart(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'campaignQueue']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const versions = { ...base, newVersion: base.newUuid };
  const services = {
    ...base,
    campaigns: createCampaignStore(table, versions),
    runs: createRunStore(table, versions),
    enqueueJobs: createEnqueueJobs(sqs, settings.campaignQueue.url),
    newRunId: createRunIds(base.newTimeOrderedUuid),
  };
  return {
    logger: base.logger,
    async startScheduled(campaignId: string, scheduledAtMs: number) {
      const schedule = (await services.campaigns.load(campaignId))?.value.schedule;
      // A trigger of a schedule that the campaign has no more comes too late to count.
      if (!schedule || !runsAt(schedule, scheduledAtMs)) return { type: 'not-scheduled' as const };
      const runId = scheduledRunId(campaignId, scheduledAtMs);
      return startRun(services, { campaignId, runId, trigger: 'schedule' });
    },
    async close() {
      table.client.destroy();
      sqs.destroy();
    },
  };
}

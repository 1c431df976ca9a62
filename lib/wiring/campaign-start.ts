import { createRunIds, scheduledRunId } from '../campaigns/runs/run-id.ts';
import { startRun } from '../campaigns/runs/start-run.ts';
import { createEnqueueJobs } from '../queue/campaign-queue.ts';
import { readSettings } from '../settings.ts';
import { createCampaignStore } from '../table/campaign-store.ts';
import { createRunStore } from '../table/run-store.ts';
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
    startScheduled: (campaignId: string, scheduledAtMs: number) =>
      startRun(services, {
        campaignId,
        runId: scheduledRunId(campaignId, scheduledAtMs),
        trigger: 'schedule',
      }),
    async close() {
      table.client.destroy();
      sqs.destroy();
    },
  };
}

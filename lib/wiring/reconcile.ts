import { createRunIds, scheduledRunId } from '../campaigns/runs/run-id.ts';
import { startRun } from '../campaigns/runs/start-run.ts';
import { reconcileSchedules } from '../campaigns/schedule/reconcile.ts';
import { createEnqueueJobs } from '../queue/sqs-campaign-queue.ts';
import { createScheduleBook } from '../scheduler/eventbridge-schedule-book.ts';
import { readSettings } from '../settings.ts';
import { createCampaignStore } from '../table/dynamodb-campaign-store.ts';
import { createRunStore } from '../table/dynamodb-run-store.ts';
import { openQueue, openScheduler, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';

/** What the function that compares campaigns with their schedules needs. It holds no secret. */
export async function wireReconcile(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'campaignQueue', 'schedules']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const scheduler = openScheduler(env);
  const versions = { ...base, newVersion: base.newUuid };
  const runs = createRunStore(table, versions);
  const store = createCampaignStore(table, versions);
  const starting = {
    ...base,
    campaigns: store,
    runs,
    enqueueJobs: createEnqueueJobs(sqs, settings.campaignQueue.url),
    newRunId: createRunIds(base.newTimeOrderedUuid),
  };
  const services = {
    ...base,
    store,
    schedules: createScheduleBook(scheduler, settings.schedules),
    hasRun: async (id: string, atMs: number) => (await runs.load(id, scheduledRunId(id, atMs))) !== undefined,
    startScheduled: (campaignId: string, atMs: number) =>
      startRun(starting, { campaignId, runId: scheduledRunId(campaignId, atMs), trigger: 'schedule' }),
  };
  return {
    clock: base.clock,
    logger: base.logger,
    reconcile: (deadlineMs: number) => reconcileSchedules(services, deadlineMs),
    async close() {
      table.client.destroy();
      sqs.destroy();
      scheduler.destroy();
    },
  };
}

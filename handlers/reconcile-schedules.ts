import type { Context } from 'aws-lambda';
import { createRunIds, scheduledRunId } from '../lib/campaigns/runs/run.ts';
import { startScheduledRun } from '../lib/campaigns/runs/start-run.ts';
import { type Reconciliation, reconcileSchedules } from '../lib/campaigns/schedule/reconcile-schedules.ts';
import type { Clock } from '../lib/clock.ts';
import { createCampaignStore } from '../lib/dynamodb/dynamodb-campaign-store.ts';
import { createRunStore } from '../lib/dynamodb/dynamodb-run-store.ts';
import type { Logger } from '../lib/logger.ts';
import { openQueue, openScheduler, openTable } from '../lib/runtime/aws.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { createScheduleGateway } from '../lib/scheduler/eventbridge-schedule-gateway.ts';
import { type Environment, readSettings } from '../lib/settings/settings.ts';
import { createEnqueueJobs } from '../lib/sqs/sqs-queues.ts';

/** Time left to finish the campaign that was begun. */
const MARGIN_MS = 5_000;

export const handler = onColdStart(buildServices, createHandler);

/** It holds no secret. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'campaignQueue', 'schedules']);
  const base = createRuntime(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const scheduler = openScheduler(env);
  const versions = { ...base, newVersion: base.newUuid };
  const runs = createRunStore(table, versions);
  const campaigns = createCampaignStore(table, versions);
  const starting = {
    ...base,
    campaigns,
    runs,
    enqueueJobs: createEnqueueJobs(sqs, settings.campaignQueue.url),
    newRunId: createRunIds(base.newTimeOrderedUuid),
  };
  const services = {
    ...base,
    store: campaigns,
    schedules: createScheduleGateway(scheduler, settings.schedules),
    hasRun: async (id: string, atMs: number) => (await runs.load(id, scheduledRunId(id, atMs))) !== undefined,
    startScheduled: (id: string, atMs: number) => startScheduledRun(starting, id, atMs),
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

interface Services {
  readonly reconcile: (deadlineMs: number) => Promise<Reconciliation>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Makes EventBridge Scheduler hold what the table says of campaigns, and starts runs that were missed. What
 * it does not get done, the next run finds again.
 */
export function createHandler({ reconcile, clock, logger }: Services) {
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const done = await reconcile(clock() + context.getRemainingTimeInMillis() - MARGIN_MS);
    if (done.repaired > 0)
      logger.warn('Schedules of campaigns differed from the table and were repaired.', { ...done });
  };
}

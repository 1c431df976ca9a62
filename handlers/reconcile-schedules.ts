import type { Context } from 'aws-lambda';
import { reconcileCampaigns } from '../lib/campaigns/reconcile-campaigns.ts';
import { createRunIds, scheduledRunId } from '../lib/campaigns/runs/run.ts';
import { startScheduledRun } from '../lib/campaigns/runs/start-run.ts';
import { removeSchedules } from '../lib/campaigns/schedule/sync-schedule.ts';
import type { Clock } from '../lib/clock.ts';
import { createCampaignStore } from '../lib/dynamodb/dynamodb-campaign-store.ts';
import { createRunStore } from '../lib/dynamodb/dynamodb-run-store.ts';
import type { Logger } from '../lib/logger.ts';
import { type Apps, forEachApp } from '../lib/runtime/apps.ts';
import { openDynamoDb, openQueue, openScheduler } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import { createScheduleGateway } from '../lib/scheduler/eventbridge-schedule-gateway.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { createEnqueueJobs } from '../lib/sqs/sqs-queues.ts';

/** Time left to finish the campaign that was begun. */
const MARGIN_MS = 5_000;

export const handler = onColdStart(buildServices, createHandler);

/** It holds no secret. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(env, ['app', 'table', 'campaignQueue', 'schedules'], runtime);
  const client = openDynamoDb(env);
  const sqs = openQueue(env);
  const scheduler = openScheduler(env);
  const apps = await stage.apps((settings, base, app) => {
    const table = { client, name: settings.table.name, appId: app.appId };
    const runs = createRunStore(table, base);
    const campaigns = createCampaignStore(table, base);
    const schedules = createScheduleGateway(scheduler, { ...settings.schedules, app });
    const starting = {
      ...base,
      campaigns,
      runs,
      enqueueJobs: createEnqueueJobs(sqs, settings.campaignQueue.url, app.appId),
      newRunId: createRunIds(base.newTimeOrderedUuid),
    };
    const services = {
      ...base,
      store: campaigns,
      schedules,
      hasRun: async (id: string, atMs: number) =>
        (await runs.load(id, scheduledRunId(id, atMs))) !== undefined,
      startScheduled: (id: string, atMs: number) => startScheduledRun(starting, id, atMs),
    };
    return {
      logger: base.logger,
      /** Answers how many schedules were repaired. */
      async reconcile(deadlineMs: number): Promise<number> {
        if (app.isStopped) return removeSchedules(schedules);
        return (await reconcileCampaigns(services, deadlineMs)).repaired;
      },
    };
  });
  return {
    clock: runtime.clock,
    logger: runtime.logger,
    apps,
    close: closing(client, sqs, scheduler),
  };
}

interface Services {
  readonly apps: Apps<{
    readonly reconcile: (deadlineMs: number) => Promise<number>;
    readonly logger: Logger;
  }>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Makes EventBridge Scheduler hold what the table says of campaigns, and starts runs that were missed. What
 * it does not get done, the next run finds again.
 */
export function createHandler({ apps, clock, logger }: Services) {
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const deadlineMs = clock() + context.getRemainingTimeInMillis() - MARGIN_MS;
    await forEachApp(apps, logger, async (app) => {
      const repaired = await app.reconcile(deadlineMs);
      if (repaired > 0)
        app.logger.warn('Schedules of campaigns differed from the table and were repaired.', { repaired });
    });
  };
}

import * as v from 'valibot';
import { isCampaignId } from '../lib/campaigns/campaign.ts';
import { createRunIds } from '../lib/campaigns/runs/run.ts';
import { type ScheduledStart, startScheduledRun } from '../lib/campaigns/runs/start-run.ts';
import { createCampaignStore } from '../lib/dynamodb/dynamodb-campaign-store.ts';
import { createRunStore } from '../lib/dynamodb/dynamodb-run-store.ts';
import type { Logger } from '../lib/logger.ts';
import { perApp } from '../lib/runtime/apps.ts';
import { openDynamoDb, openQueue } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { type Environment, readSettings } from '../lib/settings/settings.ts';
import { createEnqueueJobs } from '../lib/sqs/sqs-queues.ts';

/**
 * What a campaign's schedule sends; `scheduledTime` is the moment it was to come, the same in each delivery.
 */
const triggerSchema = v.object({
  /** Absent from schedules that were made while a stage had one mini program. */
  appid: v.exactOptional(v.string()),
  campaignId: v.pipe(v.string(), v.check(isCampaignId, 'Expected the id of a campaign')),
  scheduledTime: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((text) => Date.parse(text)),
  ),
});

export const handler = onColdStart(buildServices, createHandler);

/** It holds no secret. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'campaignQueue']);
  const base = createRuntime(overrides);
  const client = openDynamoDb(env);
  const sqs = openQueue(env);
  const servicesOf = perApp((appId) => {
    const table = { client, name: settings.table.name, appId };
    return {
      ...base,
      campaigns: createCampaignStore(table, base),
      runs: createRunStore(table, base),
      enqueueJobs: createEnqueueJobs(sqs, settings.campaignQueue.url, appId),
      newRunId: createRunIds(base.newTimeOrderedUuid),
    };
  });
  return {
    logger: base.logger,
    firstAppId: settings.app.appId,
    startScheduled: (appId: string, id: string, atMs: number) =>
      startScheduledRun(servicesOf(appId), id, atMs),
    close: closing(client, sqs),
  };
}

interface Services {
  readonly startScheduled: (
    appId: string,
    campaignId: string,
    scheduledAtMs: number,
  ) => Promise<ScheduledStart>;
  readonly firstAppId: string;
  readonly logger: Logger;
}

/** Starts the run that a schedule asks for. Delivered twice, it is one; over an hour late, it is none. */
export function createHandler({ startScheduled, firstAppId, logger }: Services) {
  return async (event: unknown): Promise<void> => {
    const { appid = firstAppId, campaignId, scheduledTime } = v.parse(triggerSchema, event);
    const result = await startScheduled(appid, campaignId, scheduledTime);
    const facts = {
      appid,
      campaignId,
      result: result.type,
      runId: 'run' in result ? result.run.id : undefined,
    };
    if (result.type === 'started' || result.type === 'exists') logger.info('campaign run asked for', facts);
    else logger.warn('A schedule asked for a run of a campaign that may not run now.', facts);
  };
}

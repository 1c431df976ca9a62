import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { campaignRecipientRoutes } from '../lib/api/routes/campaign-recipients.ts';
import { campaignRunRoutes, type RunRouteServices } from '../lib/api/routes/campaign-runs.ts';
import { type CampaignRouteServices, campaignRoutes } from '../lib/api/routes/campaigns.ts';
import { createCampaignIds } from '../lib/campaigns/campaign.ts';
import { createRunIds } from '../lib/campaigns/runs/run.ts';
import { createCampaignStore } from '../lib/dynamodb/dynamodb-campaign-store.ts';
import { createRunStore } from '../lib/dynamodb/dynamodb-run-store.ts';
import { openAuditTrails } from '../lib/runtime/audit.ts';
import { openDynamoDb, openQueue, openScheduler } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import { openAliasLookup, openCatalogue } from '../lib/runtime/templates.ts';
import { openWeChat } from '../lib/runtime/wechat.ts';
import { createScheduleGateway } from '../lib/scheduler/eventbridge-schedule-gateway.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { createEnqueueJobs } from '../lib/sqs/sqs-queues.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(
    env,
    ['app', 'sessions', 'apiKeys', 'wechat', 'templates', 'table', 'campaignQueue', 'schedules'],
    runtime,
  );
  const client = openDynamoDb(env);
  const sqs = openQueue(env);
  const scheduler = openScheduler(env);
  const apps = await stage.apps((settings, base, app) => {
    const { appId } = app;
    const table = { client, name: settings.table.name, appId };
    const wechat = openWeChat(settings, table, base);
    const names = openAliasLookup(table, settings, base);
    const catalogue = openCatalogue(table, wechat, base);
    const { pages } = settings.templates;
    return {
      ...base,
      store: createCampaignStore(table, base),
      runs: createRunStore(table, base),
      schedules: createScheduleGateway(scheduler, { ...settings.schedules, app }),
      names,
      ...(pages && { pages }),
      templates: { find: async (id: string) => catalogue.find(await names.resolveTemplateId(id)) },
      enqueueJobs: createEnqueueJobs(sqs, settings.campaignQueue.url, appId),
      newCampaignId: createCampaignIds(base.newTimeOrderedUuid),
      newRunId: createRunIds(base.newTimeOrderedUuid),
      newUploadId: base.newTimeOrderedUuid,
      close: wechat.close,
    };
  });
  return httpServices(stage, runtime, {
    apps,
    close: closing(apps, client, sqs, scheduler),
    auditOf: openAuditTrails(client, stage.settings, runtime),
  });
}

type AppServices = CampaignRouteServices & RunRouteServices & Parameters<typeof campaignRecipientRoutes>[0];

/** Makes, changes and shows campaigns, takes their recipients, and starts, steers and shows their runs. */
export function createHandler(services: HttpServices<AppServices>) {
  return createHttpHandler(
    (app) => [...campaignRoutes(app), ...campaignRecipientRoutes(app), ...campaignRunRoutes(app)],
    services,
  );
}

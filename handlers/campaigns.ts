import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { campaignRecipientRoutes } from '../lib/api/routes/campaign-recipients.ts';
import { campaignRunRoutes, type RunRouteServices } from '../lib/api/routes/campaign-runs.ts';
import { type CampaignRouteServices, campaignRoutes } from '../lib/api/routes/campaigns.ts';
import { createCampaignIds } from '../lib/campaigns/campaign.ts';
import { createRunIds } from '../lib/campaigns/runs/run.ts';
import { createAuditTrail } from '../lib/dynamodb/dynamodb-audit-trail.ts';
import { createCampaignStore } from '../lib/dynamodb/dynamodb-campaign-store.ts';
import { createRunStore } from '../lib/dynamodb/dynamodb-run-store.ts';
import { fetchFromSsm, openQueue, openScheduler, openTable } from '../lib/runtime/aws.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openCatalogue, openNames } from '../lib/runtime/templates.ts';
import { openWeChat } from '../lib/runtime/wechat.ts';
import { createScheduleGateway } from '../lib/scheduler/eventbridge-schedule-gateway.ts';
import { type Environment, loadSecrets, readSettings } from '../lib/settings/settings.ts';
import { createEnqueueJobs } from '../lib/sqs/sqs-queues.ts';
import { remedyFor } from '../lib/wechat/errcodes.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(
    await loadSecrets(env, ['SESSION_SECRET', 'API_KEYS', 'WECHAT_APP_SECRET'], fetchFromSsm(env)),
    ['app', 'sessions', 'apiKeys', 'wechat', 'templates', 'table', 'campaignQueue', 'schedules'],
  );
  const base = createRuntime(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const scheduler = openScheduler(env);
  const wechat = openWeChat(settings, table, base);
  const versions = { ...base, newVersion: base.newUuid };
  const names = openNames(table, settings, base);
  const catalogue = openCatalogue(table, wechat, base);
  const campaigns: Services['campaigns'] = {
    ...base,
    store: createCampaignStore(table, versions),
    runs: createRunStore(table, versions),
    schedules: createScheduleGateway(scheduler, settings.schedules),
    names,
    ...(settings.templates.pages && { pages: settings.templates.pages }),
    templates: { find: async (id) => catalogue.find(await names.resolveTemplateId(id)) },
    enqueueJobs: createEnqueueJobs(sqs, settings.campaignQueue.url),
    newCampaignId: createCampaignIds(base.newTimeOrderedUuid),
    newRunId: createRunIds(base.newTimeOrderedUuid),
    newUploadId: base.newTimeOrderedUuid,
    remedyFor: (errcode, errmsg) => remedyFor(errcode, errmsg, 'templates'),
  };
  return {
    ...httpServices(settings, base),
    audit: createAuditTrail(table, base),
    campaigns,
    async close() {
      await wechat.close();
      table.client.destroy();
      sqs.destroy();
      scheduler.destroy();
    },
  };
}

interface Services extends HttpServices {
  readonly campaigns: CampaignRouteServices &
    RunRouteServices &
    Parameters<typeof campaignRecipientRoutes>[0];
}

/** Makes, changes and shows campaigns, takes their recipients, and starts, steers and shows their runs. */
export function createHandler(services: Services) {
  const { campaigns } = services;
  const routes = [
    ...campaignRoutes(campaigns),
    ...campaignRecipientRoutes(campaigns),
    ...campaignRunRoutes(campaigns),
  ];
  return createHttpHandler(routes, services);
}

import type { CampaignRouteServices } from '../api/campaign-services.ts';
import { createCampaignIds } from '../campaigns/campaign.ts';
import { createRunIds } from '../campaigns/runs/run-id.ts';
import { createEnqueueJobs } from '../queue/sqs-campaign-queue.ts';
import { createScheduleBook } from '../scheduler/eventbridge-schedule-book.ts';
import { loadSecrets } from '../secrets.ts';
import { readSettings } from '../settings.ts';
import { createCampaignStore } from '../table/dynamodb-campaign-store.ts';
import { createRunStore } from '../table/dynamodb-run-store.ts';
import { createTemplateStore } from '../table/dynamodb-template-store.ts';
import { createTemplateCatalogue } from '../templates/catalogue.ts';
import { remedyFor } from '../wechat/errcodes.ts';
import { httpServices } from './api.ts';
import { fetchFromSsm, openQueue, openScheduler, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';
import { openNames } from './template-names.ts';
import { fetchTemplates, openWeChat } from './wechat.ts';

/** What the function that makes and shows campaigns and their runs needs. */
export async function wireCampaigns(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(
    env,
    ['SESSION_SECRET', 'API_KEYS', 'WECHAT_APP_SECRET'],
    fetchFromSsm(env),
  );
  const settings = readSettings(secrets, [
    'app',
    'sessions',
    'apiKeys',
    'wechat',
    'templates',
    'table',
    'campaignQueue',
    'schedules',
  ]);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const scheduler = openScheduler(env);
  const wechat = openWeChat(settings, table, base);
  const versions = { ...base, newVersion: base.newUuid };
  const runs = createRunStore(table, versions);
  const names = openNames(table, settings, base);
  const catalogue = createTemplateCatalogue({
    ...base,
    store: createTemplateStore(table, base.logger),
    fetchTemplates: () => fetchTemplates(wechat),
  });
  const campaigns: CampaignRouteServices = {
    ...base,
    store: createCampaignStore(table, versions),
    runs,
    schedules: createScheduleBook(scheduler, settings.schedules),
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
    campaigns,
    async close() {
      await wechat.close();
      table.client.destroy();
      sqs.destroy();
      scheduler.destroy();
    },
  };
}

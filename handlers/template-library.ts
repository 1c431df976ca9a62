import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { type AccountTemplateServices, accountTemplateRoutes } from '../lib/api/routes/account-templates.ts';
import { type TemplateLibraryServices, templateLibraryRoutes } from '../lib/api/routes/template-library.ts';
import { campaignsInUseOfTemplate, endCampaignsOfTemplate } from '../lib/campaigns/campaigns-of-template.ts';
import { createCampaignStore } from '../lib/dynamodb/dynamodb-campaign-store.ts';
import { createMessageStore } from '../lib/dynamodb/dynamodb-message-store.ts';
import { createPendingOfTemplate, SEARCH_CURSOR } from '../lib/dynamodb/dynamodb-pending-of-template.ts';
import { createRunStore } from '../lib/dynamodb/dynamodb-run-store.ts';
import { createAliasStore, createTemplateStore } from '../lib/dynamodb/dynamodb-template-store.ts';
import { cancelForTemplate } from '../lib/messages/end-pending-messages.ts';
import { openAuditTrails } from '../lib/runtime/audit.ts';
import { openDynamoDb, openQueue } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import { openAliasLookup, openCatalogue, openLibrary, openSync } from '../lib/runtime/templates.ts';
import { openWeChat } from '../lib/runtime/wechat.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { createEnqueueJobs } from '../lib/sqs/sqs-queues.ts';
import { removeAlias } from '../lib/templates/aliases.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(
    env,
    ['app', 'sessions', 'apiKeys', 'wechat', 'templates', 'table', 'campaignQueue'],
    runtime,
  );
  const client = openDynamoDb(env);
  const sqs = openQueue(env);
  const apps = await stage.apps((settings, base): AppServices & { close(): Promise<void> } => {
    const { appId } = settings.app;
    const table = { client, name: settings.table.name, appId };
    const wechat = openWeChat(settings, table, base);
    const store = createTemplateStore(table, base.logger);
    const catalogue = openCatalogue(table, wechat, base);
    const library = openLibrary(wechat);
    const { aliases: configured } = settings.templates;
    const naming = { ...base, store: createAliasStore(table, base), configured };
    const messages = { ...base, store: createMessageStore(table, base) };
    const campaigns = {
      ...base,
      store: createCampaignStore(table, base),
      runs: createRunStore(table, base),
      enqueueJobs: createEnqueueJobs(sqs, settings.campaignQueue.url, appId),
    };
    const deleting = {
      ...base,
      library,
      catalogue,
      store,
      removeAlias: (templateId: string) => removeAlias(naming, templateId),
      dependants: {
        pendingMessages: createPendingOfTemplate(table),
        campaignsInUse: (templateId: string) => campaignsInUseOfTemplate(campaigns, templateId),
        endCampaigns: (templateId: string) => endCampaignsOfTemplate(campaigns, templateId),
        cancelMessages: async (openid: string, templateId: string) =>
          (await cancelForTemplate(messages, openid, templateId, base.clock())).length,
      },
    };
    return {
      catalogue,
      names: openAliasLookup(table, settings, base),
      library,
      adding: { library, store, sync: openSync(table, catalogue, base) },
      deleting,
      searchCursor: SEARCH_CURSOR,
      close: wechat.close,
    };
  });
  return httpServices(stage, runtime, {
    apps,
    close: closing(apps, client, sqs),
    auditOf: openAuditTrails(client, stage.settings, runtime),
  });
}

type AppServices = TemplateLibraryServices & AccountTemplateServices;

/** Shows WeChat's template library, adds templates from it to the account, and deletes them. */
export function createHandler(services: HttpServices<AppServices>) {
  return createHttpHandler((app) => [...templateLibraryRoutes(app), ...accountTemplateRoutes(app)], services);
}

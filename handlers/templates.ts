import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { type TemplateRouteServices, templateRoutes } from '../lib/api/routes/templates.ts';
import { createAliasStore, createTemplateStore } from '../lib/dynamodb/dynamodb-template-store.ts';
import { openAuditTrails } from '../lib/runtime/audit.ts';
import { openDynamoDb } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import { openAliasLookup, openCatalogue, openSync } from '../lib/runtime/templates.ts';
import { openWeChat } from '../lib/runtime/wechat.ts';
import type { Environment } from '../lib/settings/settings.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(env, ['app', 'sessions', 'apiKeys', 'wechat', 'templates', 'table'], runtime);
  const client = openDynamoDb(env);
  const apps = await stage.apps((settings, base) => {
    const table = { client, name: settings.table.name, appId: settings.app.appId };
    const wechat = openWeChat(settings, table, base);
    const catalogue = openCatalogue(table, wechat, base);
    const { aliases: configured, pages } = settings.templates;
    return {
      catalogue,
      names: openAliasLookup(table, settings, base),
      sync: openSync(table, catalogue, base),
      naming: { ...base, store: createAliasStore(table, base), configured },
      kinds: createTemplateStore(table, base.logger),
      ...(pages !== undefined && { pages }),
      close: wechat.close,
    };
  });
  return httpServices(stage, runtime, {
    apps,
    close: closing(apps, client),
    auditOf: openAuditTrails(client, stage.settings, runtime),
  });
}

/** Shows the account's templates, reads them again, tries data against them and names them. */
export function createHandler(services: HttpServices<TemplateRouteServices>) {
  return createHttpHandler(templateRoutes, services);
}

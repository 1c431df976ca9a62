import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { grantRoutes } from '../lib/api/routes/grants.ts';
import { createGrantStore } from '../lib/dynamodb/dynamodb-grant-store.ts';
import { createMessageStore } from '../lib/dynamodb/dynamodb-message-store.ts';
import { createTemplateStore } from '../lib/dynamodb/dynamodb-template-store.ts';
import { createGrantReader } from '../lib/grants/grant-store.ts';
import type { GrantReport } from '../lib/grants/report-grants.ts';
import { reportGrants } from '../lib/grants/report-grants.ts';
import { openDynamoDb } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import { openAliasLookup } from '../lib/runtime/templates.ts';
import { closeIfSettled } from '../lib/sends/resolve-claim.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { knownKinds } from '../lib/templates/catalogue.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(env, ['app', 'sessions', 'apiKeys', 'grants', 'templates', 'table'], runtime);
  const client = openDynamoDb(env);
  const apps = await stage.apps((settings, base) => {
    const table = { client, name: settings.table.name, appId: settings.app.appId };
    const store = createGrantStore(table, base);
    const messages = createMessageStore(table, base);
    const templates = createTemplateStore(table, base.logger);
    const reporting = {
      ...base,
      ...settings.grants,
      store,
      isCatalogueSynced: async () => (await templates.lastSyncedAtMs()) !== undefined,
    };
    return {
      names: openAliasLookup(table, settings, base),
      grants: createGrantReader(store, (ledger) => closeIfSettled(ledger, messages, base.clock())),
      async report(openid: string, requestId: string, report: GrantReport) {
        const kinds = await knownKinds(templates, Object.keys(report.results));
        return reportGrants(reporting, openid, requestId, report, kinds);
      },
    };
  });
  return httpServices(stage, runtime, { apps, close: closing(apps, client) });
}

/** Records what users answered in the subscribe panel, and says what may be sent. */
export function createHandler(services: HttpServices<Parameters<typeof grantRoutes>[0]>) {
  return createHttpHandler(grantRoutes, services);
}

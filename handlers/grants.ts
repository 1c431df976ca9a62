import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { grantRoutes } from '../lib/api/routes/grants.ts';
import { createGrantStore } from '../lib/dynamodb/dynamodb-grant-store.ts';
import { createMessageStore } from '../lib/dynamodb/dynamodb-message-store.ts';
import { createTemplateStore } from '../lib/dynamodb/dynamodb-template-store.ts';
import { createGrantReader } from '../lib/grants/grant-store.ts';
import type { GrantReport } from '../lib/grants/report-grants.ts';
import { reportGrants } from '../lib/grants/report-grants.ts';
import { fetchFromSsm, openTable } from '../lib/runtime/aws.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openNames } from '../lib/runtime/templates.ts';
import { settledLedger } from '../lib/sends/close-claim.ts';
import { type Environment, loadSecrets, readSettings } from '../lib/settings/settings.ts';
import { knownKinds } from '../lib/templates/catalogue.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['SESSION_SECRET', 'API_KEYS'], fetchFromSsm(env));
  const settings = readSettings(secrets, ['app', 'sessions', 'apiKeys', 'grants', 'templates', 'table']);
  const base = createRuntime(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const versions = { ...base, newVersion: base.newUuid };
  const store = createGrantStore(table, versions);
  const messages = createMessageStore(table, versions);
  const templates = createTemplateStore(table, base.logger);
  const reporting = {
    ...base,
    ...settings.grants,
    store,
    isCatalogueSynced: async () => (await templates.lastSyncedAtMs()) !== undefined,
  };
  return {
    ...httpServices(settings, base),
    names: openNames(table, settings, base),
    grants: createGrantReader(store, (ledger) => settledLedger(ledger, messages, base.clock())),
    async report(openid: string, requestId: string, report: GrantReport) {
      const kinds = await knownKinds(templates, Object.keys(report.results));
      return reportGrants(reporting, openid, requestId, report, kinds);
    },
    async close() {
      table.client.destroy();
    },
  };
}

type Services = Parameters<typeof grantRoutes>[0] & HttpServices;

/** Records what users answered in the subscribe panel, and says what may be sent. */
export function createHandler(services: Services) {
  return createHttpHandler(grantRoutes(services), services);
}

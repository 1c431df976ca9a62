import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { auditRoutes } from '../lib/api/routes/audit.ts';
import { createAuditTrail } from '../lib/dynamodb/dynamodb-audit-trail.ts';
import { fetchFromSsm, openTable } from '../lib/runtime/aws.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { type Environment, loadSecrets, readSettings } from '../lib/settings/settings.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['SESSION_SECRET', 'API_KEYS'], fetchFromSsm(env));
  const settings = readSettings(secrets, ['app', 'sessions', 'apiKeys', 'table']);
  const base = createRuntime(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  return {
    ...httpServices(settings, base),
    trail: createAuditTrail(table, base),
    async close() {
      table.client.destroy();
    },
  };
}

type Services = Parameters<typeof auditRoutes>[0] & HttpServices;

/** Shows who changed what. */
export function createHandler(services: Services) {
  return createHttpHandler(auditRoutes(services), services);
}

import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { auditRoutes } from '../lib/api/routes/audit.ts';
import { createAuditTrail } from '../lib/dynamodb/dynamodb-audit-trail.ts';
import { openDynamoDb } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import type { Environment } from '../lib/settings/settings.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(env, ['app', 'sessions', 'apiKeys', 'table'], runtime);
  const client = openDynamoDb(env);
  const apps = await stage.apps((settings, base, { appId }) => {
    const table = { client, name: settings.table.name, appId };
    return { trail: createAuditTrail(table, base) };
  });
  return httpServices(stage, runtime, { apps, close: closing(apps, client) });
}

/** Shows who changed what. */
export function createHandler(services: HttpServices<Parameters<typeof auditRoutes>[0]>) {
  return createHttpHandler(auditRoutes, services);
}

import { createHttpHandler, type HttpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { healthRoutes } from '../lib/api/routes/health.ts';
import { routeSpecs } from '../lib/api/routes/index.ts';
import { getItem } from '../lib/dynamodb/items.ts';
import { openDynamoDb } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { type Environment, readSettings } from '../lib/settings/settings.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table']);
  const { appId } = settings.app;
  const client = openDynamoDb(env);
  const { logger } = createRuntime(overrides);
  const table = { client, name: settings.table.name, appId };
  const services = { logger, readTable: () => getItem(table, { pk: `${appId}#health`, sk: 'health' }) };
  return {
    logger,
    // The table is one for all of the stage's mini programs.
    apps: { of: async () => ({ app: { appId, isStopped: false }, services }) },
    close: closing(client),
  };
}

/**
 * Says whether the service can reach its table, and answers for every address and method that no route has.
 */
export function createHandler(services: HttpServices<Parameters<typeof healthRoutes>[0]>) {
  return createHttpHandler(healthRoutes, services, routeSpecs);
}

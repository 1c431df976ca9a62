import { createHttpHandler, type HttpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { healthRoutes } from '../lib/api/routes/health.ts';
import { routeSpecs } from '../lib/api/routes/index.ts';
import { getItem } from '../lib/dynamodb/items.ts';
import { openTable } from '../lib/runtime/aws.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { type Environment, readSettings } from '../lib/settings/settings.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table']);
  const { appId } = settings.app;
  const table = openTable(env, settings.table.name, appId);
  return {
    logger: createRuntime(overrides).logger,
    readTable: () => getItem(table, { pk: `${appId}#health`, sk: 'health' }),
    async close() {
      table.client.destroy();
    },
  };
}

type Services = Parameters<typeof healthRoutes>[0] & HttpServices;

/**
 * Says whether the service can reach its table, and answers for every address and method that no route has.
 */
export function createHandler(services: Services) {
  return createHttpHandler(healthRoutes(services), services, routeSpecs);
}

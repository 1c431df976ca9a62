import { createHttpHandler, type HttpServices } from '../lib/api/http-handler.ts';
import { healthRoutes } from '../lib/api/routes/health.ts';
import { routeSpecs } from '../lib/api/routes/index.ts';
import { readSettings } from '../lib/settings.ts';
import { getItem } from '../lib/table/items.ts';
import { openTable } from '../lib/wiring/aws.ts';
import { type Environment, type Overrides, onColdStart } from '../lib/wiring/cold-start.ts';
import { foundation } from '../lib/wiring/foundation.ts';

/** The deployed function. */
export const handler = onColdStart(buildServices, createHandler);

/** What this function needs, once per cold start. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table']);
  const { appId } = settings.app;
  const table = openTable(env, settings.table.name, appId);
  return {
    logger: foundation(overrides).logger,
    readTable: () => getItem(table, { pk: `${appId}#health`, sk: 'health' }),
    async close() {
      table.client.destroy();
    },
  };
}

type Services = Parameters<typeof healthRoutes>[0] & HttpServices;

/** Says whether the service can reach its table, and answers for every address and method that no route has. */
export function createHandler(services: Services) {
  return createHttpHandler(healthRoutes(services), services, routeSpecs);
}

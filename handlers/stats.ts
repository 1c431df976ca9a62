import { createHttpHandler, type HttpServices } from '../lib/api/http-handler.ts';
import { statisticsRoutes } from '../lib/api/routes/statistics.ts';
import { loadSecrets } from '../lib/secrets.ts';
import { readSettings } from '../lib/settings.ts';
import { readStatistics, type StatisticsQuery } from '../lib/statistics/read-statistics.ts';
import { createStatisticsReader } from '../lib/table/dynamodb-statistics-reader.ts';
import { httpServices } from '../lib/wiring/api.ts';
import { fetchFromSsm, openTable } from '../lib/wiring/aws.ts';
import { type Environment, type Overrides, onColdStart } from '../lib/wiring/cold-start.ts';
import { foundation } from '../lib/wiring/foundation.ts';
import { openNames } from '../lib/wiring/template-names.ts';

/** The deployed function. */
export const handler = onColdStart(buildServices, createHandler);

/** What this function needs, once per cold start. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['SESSION_SECRET', 'API_KEYS'], fetchFromSsm(env));
  const settings = readSettings(secrets, ['app', 'sessions', 'apiKeys', 'templates', 'table']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const statistics = createStatisticsReader(table);
  return {
    ...httpServices(settings, base),
    names: openNames(table, settings, base),
    readStatistics: (query: StatisticsQuery) => readStatistics({ ...base, statistics }, query),
    async close() {
      table.client.destroy();
    },
  };
}

type Services = Parameters<typeof statisticsRoutes>[0] & HttpServices;

/** Shows what became of grants and messages, by template and day. */
export function createHandler(services: Services) {
  return createHttpHandler(statisticsRoutes(services), services);
}

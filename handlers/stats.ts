import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { statisticsRoutes } from '../lib/api/routes/statistics.ts';
import { createStatisticsReader } from '../lib/dynamodb/dynamodb-statistics.ts';
import { fetchFromSsm, openTable } from '../lib/runtime/aws.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openNames } from '../lib/runtime/templates.ts';
import { type Environment, loadSecrets, readSettings } from '../lib/settings/settings.ts';
import { readStatistics, type StatisticsQuery } from '../lib/statistics/statistics.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['SESSION_SECRET', 'API_KEYS'], fetchFromSsm(env));
  const settings = readSettings(secrets, ['app', 'sessions', 'apiKeys', 'templates', 'table']);
  const base = createRuntime(overrides);
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

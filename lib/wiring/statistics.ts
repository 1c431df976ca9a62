import { loadSecrets } from '../secrets.ts';
import { readSettings } from '../settings.ts';
import { readStatistics, type StatisticsQuery } from '../statistics/read-statistics.ts';
import { createStatisticsReader } from '../table/dynamodb-statistics-reader.ts';
import { httpServices } from './api.ts';
import { fetchFromSsm, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';
import { openNames } from './template-names.ts';

/** What the function that shows statistics needs. */
export async function wireStatistics(env: Environment, overrides?: Overrides) {
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

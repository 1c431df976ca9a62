import { readSettings } from '../settings.ts';
import { getItem } from '../table/items.ts';
import { openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';

/** What the function that answers for the service's health needs. */
export async function wireHealth(env: Environment, overrides?: Overrides) {
  const { app, table: settings } = readSettings(env, ['app', 'table']);
  const table = openTable(env, settings.name, app.appId);
  return {
    logger: foundation(overrides).logger,
    readTable: () => getItem(table, { pk: `${app.appId}#health`, sk: 'health' }),
    async close() {
      table.client.destroy();
    },
  };
}

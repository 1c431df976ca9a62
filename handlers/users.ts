import { createHttpHandler, type HttpServices } from '../lib/api/http-handler.ts';
import { userRoutes } from '../lib/api/routes/users.ts';
import type { ErasePlace } from '../lib/campaigns/erase-recipient.ts';
import { loadSecrets } from '../lib/secrets.ts';
import { readSettings } from '../lib/settings.ts';
import { createCampaignStore } from '../lib/table/dynamodb-campaign-store.ts';
import { createMessageStore } from '../lib/table/dynamodb-message-store.ts';
import { createRecipientEraser } from '../lib/table/dynamodb-recipient-eraser.ts';
import { createRunStore } from '../lib/table/dynamodb-run-store.ts';
import { createUserEraser } from '../lib/table/dynamodb-user-eraser.ts';
import { eraseUser } from '../lib/users/erase-user.ts';
import { httpServices } from '../lib/wiring/api.ts';
import { fetchFromSsm, openTable } from '../lib/wiring/aws.ts';
import { type Environment, type Overrides, onColdStart } from '../lib/wiring/cold-start.ts';
import { foundation } from '../lib/wiring/foundation.ts';

/** The deployed function. */
export const handler = onColdStart(buildServices, createHandler);

/** What this function needs, once per cold start. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['SESSION_SECRET', 'API_KEYS'], fetchFromSsm(env));
  const settings = readSettings(secrets, ['app', 'sessions', 'apiKeys', 'table']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const versions = { ...base, newVersion: base.newUuid };
  const services = {
    ...base,
    store: createMessageStore(table, versions),
    eraser: createUserEraser(table, versions),
    campaigns: createCampaignStore(table, versions),
    runs: createRunStore(table, versions),
    recipients: createRecipientEraser(table, versions),
  };
  return {
    ...httpServices(settings, base),
    erase: (openid: string, from?: ErasePlace) => eraseUser(services, openid, from),
    async close() {
      table.client.destroy();
    },
  };
}

type Services = Parameters<typeof userRoutes>[0] & HttpServices;

/** Erases users. */
export function createHandler(services: Services) {
  return createHttpHandler(userRoutes(services), services);
}

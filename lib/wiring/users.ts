import type { ErasePlace } from '../campaigns/erase-recipient.ts';
import { loadSecrets } from '../secrets.ts';
import { readSettings } from '../settings.ts';
import { createCampaignStore } from '../table/dynamodb-campaign-store.ts';
import { createMessageStore } from '../table/dynamodb-message-store.ts';
import { createRecipientEraser } from '../table/dynamodb-recipient-eraser.ts';
import { createRunStore } from '../table/dynamodb-run-store.ts';
import { createUserEraser } from '../table/dynamodb-user-eraser.ts';
import { eraseUser } from '../users/erase-user.ts';
import { httpServices } from './api.ts';
import { fetchFromSsm, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';

/** What the function that erases users needs. */
export async function wireUsers(env: Environment, overrides?: Overrides) {
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

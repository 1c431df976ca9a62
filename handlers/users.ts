import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { userRoutes } from '../lib/api/routes/users.ts';
import type { EraseCursor } from '../lib/campaigns/erase-recipient.ts';
import { createAuditTrail } from '../lib/dynamodb/dynamodb-audit-trail.ts';
import { createCampaignStore } from '../lib/dynamodb/dynamodb-campaign-store.ts';
import { createMessageStore } from '../lib/dynamodb/dynamodb-message-store.ts';
import { createRecipientEraser } from '../lib/dynamodb/dynamodb-recipient-eraser.ts';
import { createRunStore } from '../lib/dynamodb/dynamodb-run-store.ts';
import { createUserEraser } from '../lib/dynamodb/dynamodb-user-eraser.ts';
import { fetchFromSsm, openTable } from '../lib/runtime/aws.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { type Environment, loadSecrets, readSettings } from '../lib/settings/settings.ts';
import { eraseUser } from '../lib/users/erase-user.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['SESSION_SECRET', 'API_KEYS'], fetchFromSsm(env));
  const settings = readSettings(secrets, ['app', 'sessions', 'apiKeys', 'table']);
  const base = createRuntime(overrides);
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
    audit: createAuditTrail(table, base),
    erase: (openid: string, from?: EraseCursor) => eraseUser(services, openid, from),
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

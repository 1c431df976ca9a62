import { loadSecrets } from '../secrets.ts';
import { readSettings } from '../settings.ts';
import { createMessageStore } from '../table/message-store.ts';
import { createUserEraser } from '../table/user-eraser.ts';
import { eraseUser } from '../users/erase-user.ts';
import { httpServices } from './api.ts';
import { openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';

/** What the function that erases users needs. */
export async function wireUsers(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['SESSION_SECRET', 'API_KEYS']);
  const settings = readSettings(secrets, ['app', 'sessions', 'apiKeys', 'table']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const services = {
    ...base,
    store: createMessageStore(table, { ...base, newVersion: base.newUuid }),
    eraser: createUserEraser(table),
  };
  return {
    ...httpServices(settings, base),
    erase: (openid: string) => eraseUser(services, openid),
    async close() {
      table.client.destroy();
    },
  };
}

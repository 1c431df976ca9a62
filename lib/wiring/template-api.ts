import { createTemplateApi } from '../api/template-api.ts';
import { loadSecrets } from '../secrets.ts';
import { readSettings } from '../settings.ts';
import { createAliasStore } from '../table/dynamodb-alias-store.ts';
import { removeAlias, setAlias } from '../templates/set-alias.ts';
import { remedyFor } from '../wechat/errcodes.ts';
import { httpServices } from './api.ts';
import { fetchFromSsm, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';
import { openNames } from './template-names.ts';
import { openSync } from './template-sync.ts';
import { openCatalogue } from './templates.ts';
import { openWeChat } from './wechat.ts';

/** What the function that shows, reads and names templates needs. */
export async function wireTemplateApi(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(
    env,
    ['SESSION_SECRET', 'API_KEYS', 'WECHAT_APP_SECRET'],
    fetchFromSsm(env),
  );
  const settings = readSettings(secrets, ['app', 'sessions', 'apiKeys', 'wechat', 'templates', 'table']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const wechat = openWeChat(settings, table, base);
  const catalogue = openCatalogue(table, wechat, base);
  const { aliases: configured, pages } = settings.templates;
  const naming = { ...base, store: createAliasStore(table, { newVersion: base.newUuid }), configured };
  return {
    ...httpServices(settings, base),
    templates: createTemplateApi({
      catalogue,
      names: openNames(table, settings, base),
      sync: openSync(table, catalogue, base),
      setAlias: (change) => setAlias(naming, change),
      removeAlias: (templateId) => removeAlias(naming, templateId),
      remedyFor: (errcode, errmsg) => remedyFor(errcode, errmsg, 'templates'),
      ...(pages !== undefined && { pages }),
    }),
    async close() {
      await wechat.close();
      table.client.destroy();
    },
  };
}

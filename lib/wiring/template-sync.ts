import { loadSecrets } from '../secrets.ts';
import { readSettings } from '../settings.ts';
import { remedyFor } from '../wechat/errcodes.ts';
import { openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';
import { openCatalogue, openSync } from './templates.ts';
import { openWeChat } from './wechat.ts';

/** What the function that reads the templates each day needs. */
export async function wireTemplateSync(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['WECHAT_APP_SECRET']);
  const settings = readSettings(secrets, ['app', 'wechat', 'table']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const wechat = openWeChat(settings, table, base);
  return {
    logger: base.logger,
    sync: openSync(table, openCatalogue(table, wechat, base), base),
    remedyFor: (errcode: number, errmsg: string) => remedyFor(errcode, errmsg, 'templates'),
    async close() {
      await wechat.close();
      table.client.destroy();
    },
  };
}

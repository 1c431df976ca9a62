import type { RemedyFor } from '../lib/api/template-answers.ts';
import type { Logger } from '../lib/logger.ts';
import { fetchFromSsm, openTable } from '../lib/runtime/aws.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openCatalogue, openSync } from '../lib/runtime/templates.ts';
import { openWeChat } from '../lib/runtime/wechat.ts';
import { type Environment, loadSecrets, readSettings } from '../lib/settings/settings.ts';
import type { TemplateSyncResult } from '../lib/templates/sync-templates.ts';
import { TemplateLookupError } from '../lib/templates/template-lookup-error.ts';
import { remedyFor } from '../lib/wechat/errcodes.ts';

/**
 * The list's quota for the day is used up (WeChat contract §5.3): asking again within minutes is of no use.
 */
const QUOTA_USED_UP = 45009;

export const handler = onColdStart(buildServices, createHandler);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['WECHAT_APP_SECRET'], fetchFromSsm(env));
  const settings = readSettings(secrets, ['app', 'wechat', 'table']);
  const base = createRuntime(overrides);
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

interface Services {
  readonly sync: () => Promise<TemplateSyncResult>;
  readonly remedyFor: RemedyFor;
  readonly logger: Logger;
}

/**
 * Runs once a day and reads the templates from WeChat. When WeChat cannot be asked, what is known stays;
 * Lambda calls again twice within minutes, but not when the day's quota is used up.
 */
export function createHandler({ sync, remedyFor, logger }: Services) {
  return async (): Promise<void> => {
    try {
      const { added, changed, removed } = await sync();
      logger.info('The templates were read from WeChat', { added, changed, removed });
    } catch (error) {
      if (!(error instanceof TemplateLookupError) || error.wechat?.errcode !== QUOTA_USED_UP) throw error;
      const { errcode, errmsg } = error.wechat;
      logger.warn('The templates were not read from WeChat today; what is known of them stays', {
        wechat: error.wechat,
        remedy: remedyFor(errcode, errmsg),
      });
    }
  };
}

import type { Logger } from '../lib/logger.ts';
import { type Apps, forEachApp } from '../lib/runtime/apps.ts';
import { openDynamoDb } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import { openCatalogue, openSync } from '../lib/runtime/templates.ts';
import { openWeChat } from '../lib/runtime/wechat.ts';
import type { Environment } from '../lib/settings/settings.ts';
import type { TemplateSyncResult } from '../lib/templates/handle-template-changes.ts';
import { TemplateCallError } from '../lib/templates/template-call-error.ts';
import { remedyFor } from '../lib/wechat/errcodes.ts';

/**
 * The list's quota for the day is used up (WeChat contract §5.3): asking again within minutes is of no use.
 */
const QUOTA_USED_UP = 45009;

export const handler = onColdStart(buildServices, createHandler);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(env, ['app', 'wechat', 'table'], runtime);
  const client = openDynamoDb(env);
  const apps = await stage.apps((settings, base) => {
    const table = { client, name: settings.table.name, appId: settings.app.appId };
    const wechat = openWeChat(settings, table, base);
    return {
      logger: base.logger,
      sync: openSync(table, openCatalogue(table, wechat, base), base),
      close: wechat.close,
    };
  });
  return {
    logger: runtime.logger,
    apps,
    close: closing(apps, client),
  };
}

/** What is done for one mini program. */
interface AppServices {
  readonly sync: () => Promise<TemplateSyncResult>;
  readonly logger: Logger;
}

interface Services {
  readonly apps: Apps<AppServices>;
  readonly logger: Logger;
}

/**
 * Runs once a day and reads the templates from WeChat, of each mini program. When WeChat cannot be asked,
 * what is known stays; Lambda calls again twice within minutes, but not when the day's quota is used up.
 */
export function createHandler({ apps, logger }: Services) {
  return (): Promise<void> =>
    forEachApp(apps, logger, async (app, { isStopped }) => {
      if (!isStopped) await syncOne(app);
    });
}

async function syncOne({ sync, logger }: AppServices): Promise<void> {
  try {
    const { added, changed, removed } = await sync();
    logger.info('The templates were read from WeChat', { added, changed, removed });
  } catch (error) {
    if (!(error instanceof TemplateCallError) || error.wechat?.errcode !== QUOTA_USED_UP) throw error;
    const { errcode, errmsg } = error.wechat;
    logger.warn('The templates were not read from WeChat today; what is known of them stays', {
      wechat: error.wechat,
      remedy: remedyFor(errcode, errmsg, 'templates'),
    });
  }
}

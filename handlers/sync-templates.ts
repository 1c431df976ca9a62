import type { RemedyFor } from '../lib/api/lookup-problem.ts';
import type { Logger } from '../lib/logger.ts';
import type { SyncResult } from '../lib/templates/sync-templates.ts';
import { TemplateLookupError } from '../lib/templates/template-lookup-error.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireTemplateSync as wire } from '../lib/wiring/template-sync.ts';

/** What this function needs. */
export interface SyncTemplatesServices {
  readonly sync: () => Promise<SyncResult>;
  readonly remedyFor: RemedyFor;
  readonly logger: Logger;
}

/** The list's quota for the day is used up (WeChat contract §5.3): asking again within minutes is of no use. */
const QUOTA_USED_UP = 45009;

/**
 * Runs once a day and reads the templates from WeChat. When WeChat cannot be asked, what is known stays; Lambda calls again
 * twice within minutes, but not when the day's quota is used up.
 */
export function createHandler({ sync, remedyFor, logger }: SyncTemplatesServices) {
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

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);

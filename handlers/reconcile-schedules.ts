import type { Context } from 'aws-lambda';
import type { Reconciliation } from '../lib/campaigns/schedule/reconcile.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireReconcile as wire } from '../lib/wiring/reconcile.ts';

/** What this function needs. */
export interface ReconcileSchedulesServices {
  readonly reconcile: (deadlineMs: number) => Promise<Reconciliation>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Time left to finish the campaign that was begun. */
const MARGIN_MS = 5_000;

/** Makes EventBridge Scheduler hold what the table says of campaigns, and starts runs that were missed. What it does not get done, the next run finds again. */
export function createHandler({ reconcile, clock, logger }: ReconcileSchedulesServices) {
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const done = await reconcile(clock() + context.getRemainingTimeInMillis() - MARGIN_MS);
    if (done.repaired > 0)
      logger.warn('Schedules of campaigns differed from the table and were repaired.', { ...done });
  };
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);

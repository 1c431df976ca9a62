import type { Context } from 'aws-lambda';
import type { Clock } from '../lib/clock.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireDispatch as wire } from '../lib/wiring/dispatch.ts';

/** What this function needs. */
export interface DispatchDueServices {
  /** Hands over what is due, until `deadlineMs`; answers how many messages that were. */
  readonly dispatch: (deadlineMs: number) => Promise<number>;
  readonly clock: Clock;
}

/** Time left to finish a page that was begun. */
const MARGIN_MS = 5_000;

/** Runs each minute and hands to the queue what is due soon. What it does not get done, the next run finds again. */
export function createHandler({ dispatch, clock }: DispatchDueServices) {
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    await dispatch(clock() + context.getRemainingTimeInMillis() - MARGIN_MS);
  };
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);

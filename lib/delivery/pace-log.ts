import type { Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import { isProbing, type Pace, type Slowdown, type SlowdownCause } from './pace.ts';

const WHY: Record<SlowdownCause, string> = {
  rate: "The minute's quota of WeChat's API is used up (45011). Nothing need be done; if it happens often, set MAX_SENDS_PER_SECOND lower than what WeChat takes.",
  quota:
    "The day's quota of WeChat's API is used up (45009). Messages wait for the next day in Beijing. To go on sooner, have the quota raised or cleared in WeChat's console.",
  busy: 'WeChat answers that it is busy (-1), time and again. Nothing need be done; if it lasts, look for a notice of trouble at WeChat.',
};

/** Says once, and counts, from the function that wrote the change, that sending was stopped, is taken up again slowly, or is as fast as ever. */
export function logPaceChange(
  { logger, measure }: { readonly logger: Logger; readonly measure?: Measure },
  before: Pace,
  after: Pace,
): void {
  const [old, now] = [before.slowdown, after.slowdown];
  if (now && now.stoppedUntilMs !== old?.stoppedUntilMs) {
    logger.warn(`All sending is stopped for a while. ${WHY[now.cause]}`, factsOf(now));
    measure?.({ name: 'Stops', values: [1], dimensions: { Cause: now.cause } });
  } else if (now && old && isProbing(old) && !isProbing(now)) {
    logger.info('Sending is taken up again, slowly at first.', factsOf(now));
  } else if (old && !now) {
    logger.info('Sending is no longer slowed down.', { cause: old.cause });
  }
}

function factsOf({ cause, pauses, pauseMs, stoppedUntilMs, ratePerSecond }: Slowdown) {
  return { cause, pauses, pauseMs, stoppedUntil: new Date(stoppedUntilMs).toISOString(), ratePerSecond };
}

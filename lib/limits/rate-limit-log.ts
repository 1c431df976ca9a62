import type { Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import {
  type AppRateLimits,
  isProbing,
  type RateLimit,
  rateLimitOf,
  type Slowdown,
  type SlowdownCause,
} from './rate-limit.ts';

const WHY: Record<SlowdownCause, string> = {
  rate: "The minute's quota of WeChat's API is used up (45011). Nothing need be done; if it happens often, set MAX_SENDS_PER_SECOND lower than what WeChat takes.",
  quota:
    "The day's quota of WeChat's API is used up (45009). Messages wait for the next day in Beijing. To go on sooner, have the quota raised or cleared in WeChat's console.",
  busy: 'WeChat answers that it is busy (-1), time and again. Nothing need be done; if it lasts, look for a notice of trouble at WeChat.',
  refused:
    "WeChat refuses one send after the other with the same errcode. Messages wait with their grants. Read the site mail in WeChat's console and docs/errors.md; one message is tried after each pause.",
};

/** What is written down and counted. */
interface RateLimitLog {
  readonly logger: Logger;
  readonly measure?: Measure;
}

/** Says once, and counts, from the function that wrote the change, that sending was stopped, is taken up again slowly, or is as fast as ever. */
export function logRateLimitChange(log: RateLimitLog, before: AppRateLimits, after: AppRateLimits): void {
  logSlowdown(log, before, after, 'All sending');
  const templateIds = new Set([before, after].flatMap(({ templates = {} }) => Object.keys(templates)));
  for (const templateId of templateIds) {
    const [old, now] = [before, after].map((rateLimit) => rateLimitOf(rateLimit, { templateId }));
    if (old && now) logSlowdown(log, old, now, 'Sending of one template', { templateId });
  }
}

function logSlowdown(
  { logger, measure }: RateLimitLog,
  { slowdown: old }: RateLimit,
  { slowdown: now }: RateLimit,
  what: 'All sending' | 'Sending of one template',
  fields: { readonly templateId?: string } = {},
): void {
  if (now && now.stoppedUntilMs !== old?.stoppedUntilMs) {
    logger.warn(`${what} is stopped for a while. ${WHY[now.cause]}`, { ...fields, ...fieldsOf(now) });
    measure?.({ name: 'Stops', values: [1], dimensions: { Cause: now.cause } });
  } else if (now && old && isProbing(old) && !isProbing(now)) {
    logger.info(`${what} is taken up again, slowly at first.`, { ...fields, ...fieldsOf(now) });
  } else if (old && !now) {
    logger.info(`${what} is no longer slowed down.`, { ...fields, cause: old.cause });
  }
}

function fieldsOf({ cause, errcode, pauses, pauseMs, stoppedUntilMs, ratePerSecond }: Slowdown) {
  const stoppedUntil = new Date(stoppedUntilMs).toISOString();
  return {
    cause,
    ...(errcode !== undefined && { errcode }),
    pauses,
    pauseMs,
    stoppedUntil,
    ratePerSecond,
  };
}

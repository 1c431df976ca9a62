import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { updated, type Versioned } from '../versioned.ts';
import {
  type AppRateLimits,
  isProbing,
  type RateLimit,
  type RateLimitScope,
  rateLimitOf,
  type Slowdown,
  type SlowdownCause,
  withRateLimit,
} from './rate-limit.ts';

/** Where the rate limit of the appid is kept for all functions. */
export interface RateLimitStore {
  /** The rate limit as it stands after the latest write. */
  load(): Promise<Versioned<AppRateLimits>>;
  /** Writes over what was read, and answers what then stands; `conflict`: somebody else wrote first. */
  commit(rateLimit: Versioned<AppRateLimits>): Promise<Versioned<AppRateLimits> | 'conflict'>;
}

/** The rate limit that all functions share, as one container sees it. */
export interface SharedRateLimit<P extends RateLimit = RateLimit> {
  /** The rate limit, at most {@link CACHED_MS} old. */
  present(): Promise<P>;
  /** What was last read or written; undefined before that. */
  latest(): P | undefined;
  /**
   * Writes what `change` makes of the rate limit, unless it leaves it as it is. Calls it again when somebody
   * else wrote first.
   */
  change(change: (rateLimit: P) => P): Promise<void>;
}

/** The part of the shared rate limit that is about one scope. */
export function partOf(shared: SharedRateLimit<AppRateLimits>, scope: RateLimitScope): SharedRateLimit {
  return {
    present: async () => rateLimitOf(await shared.present(), scope),
    latest() {
      const latest = shared.latest();
      return latest && rateLimitOf(latest, scope);
    },
    change: (change) =>
      shared.change((rateLimit) => withRateLimit(rateLimit, scope, change(rateLimitOf(rateLimit, scope)))),
  };
}

/** After this long, a stop that another function made is known everywhere. */
const CACHED_MS = 1_000;

/** Keeps a copy of the rate limit for one container. */
export function shareRateLimit({
  store,
  clock,
  logger,
  measure,
  ...backoff
}: Backoff & {
  readonly store: RateLimitStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly measure?: Measure;
}): SharedRateLimit<AppRateLimits> {
  let copy: { readonly stored: Versioned<AppRateLimits>; readonly atMs: number } | undefined;
  let loading: Promise<Versioned<AppRateLimits>> | undefined;
  let contended = false;

  async function load(): Promise<Versioned<AppRateLimits>> {
    const atMs = clock();
    const stored = await store.load();
    contended = copy?.stored.version !== stored.version;
    copy = { stored, atMs };
    return stored;
  }

  return {
    async present() {
      if (copy && Math.abs(clock() - copy.atMs) < CACHED_MS) return copy.stored.value;
      loading ??= load().finally(() => {
        loading = undefined;
      });
      return (await loading).value;
    },

    latest: () => copy?.stored.value,

    change: (change) =>
      retryOnConflict(async () => {
        // While others write too, the copy would be out of date: a read costs less than a write that is
        // refused.
        const before = copy && !contended ? copy.stored : await load();
        const after = change(before.value);
        if (after === before.value) return undefined;
        const atMs = clock();
        const written = await store.commit(updated(before, after));
        if (written === 'conflict') {
          contended = true;
          return written;
        }
        copy = { stored: written, atMs };
        logRateLimitChange({ logger, ...(measure && { measure }) }, before.value, after);
        return undefined;
      }, backoff),
  };
}

const WHY: Record<SlowdownCause, string> = {
  rate: "The minute's quota of WeChat's API is used up (45011). Nothing need be done; if it happens often, set MAX_SENDS_PER_SECOND lower than what WeChat takes.",
  quota:
    "The day's quota of WeChat's API is used up (45009). Messages wait for the next day in Beijing. To go on sooner, have the quota raised or cleared in WeChat's console.",
  busy: 'WeChat answers that it is busy (-1), time and again. Nothing need be done; if it lasts, look for a notice of trouble at WeChat.',
  refused:
    "WeChat refuses one send after the other with the same errcode. Messages wait with their grants. Read the site mail in WeChat's console and docs/en/errors.md; one message is tried after each pause.",
};

/** What is written down and counted. */
interface RateLimitLog {
  readonly logger: Logger;
  readonly measure?: Measure;
}

/**
 * Says once, and counts, from the function that wrote the change, that sending was stopped, is taken up again
 * slowly, or is as fast as ever.
 */
function logRateLimitChange(log: RateLimitLog, before: AppRateLimits, after: AppRateLimits): void {
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

import * as v from 'valibot';
import type { Random } from '../clock.ts';
import { storedObject } from '../stored-schemas.ts';

const SLOWDOWN_CAUSES = ['rate', 'quota', 'busy', 'refused'] as const;

/**
 * Why WeChat takes less: the minute's quota (45011), the day's (45009), it is busy (-1), or it refuses every
 * send.
 */
export type SlowdownCause = (typeof SLOWDOWN_CAUSES)[number];

const slowdown = storedObject({
  cause: v.picklist(SLOWDOWN_CAUSES),
  /** WeChat's errcode, where the cause does not say it. */
  errcode: v.exactOptional(v.number()),
  /** Until then nothing is sent. */
  stoppedUntilMs: v.number(),
  pauseMs: v.number(),
  /** How many pauses of this cause have followed each other, with no other answer in between. */
  pauses: v.number(),
  /** What may be sent once the pause is over. */
  ratePerSecond: v.number(),
  /** When the rate was set. */
  steppedAtMs: v.number(),
});

/**
 * What a refusal brings upon the whole appid, or one template: a pause, then a few probes, then a rate that
 * doubles until it is no limit any more.
 */
export type Slowdown = Readonly<v.InferOutput<typeof slowdown>>;

const rateLimit = storedObject({
  /** Present from a refusal until sending is unlimited again. */
  slowdown: v.exactOptional(slowdown),
  /**
   * When the next request may leave under a rate. Requests are spread evenly, without credit for idle time.
   */
  nextFreeAtMs: v.number(),
  /** When the last job that was sent away under a rate comes back. */
  lastBackAtMs: v.number(),
});

/** How fast sends may leave, across all functions. */
export type RateLimit = Readonly<v.InferOutput<typeof rateLimit>>;

/** The rate limit of the whole appid, and of those templates that WeChat refuses by themselves. */
export const appRateLimits = storedObject({
  ...rateLimit.entries,
  templates: v.exactOptional(v.record(v.string(), rateLimit)),
});

/** The limits of {@link appRateLimits}. */
export type AppRateLimits = Readonly<v.InferOutput<typeof appRateLimits>>;

/** No refusal is remembered and nobody waits. */
export const NO_LIMIT: RateLimit = { nextFreeAtMs: 0, lastBackAtMs: 0 };

/** What a rate limit is of: the whole appid, or one of its templates. */
export type RateLimitScope = 'appid' | { readonly templateId: string };

/** The rate limit within a scope. */
export function rateLimitOf(rateLimit: AppRateLimits, scope: RateLimitScope): RateLimit {
  return scope === 'appid' ? rateLimit : (rateLimit.templates?.[scope.templateId] ?? NO_LIMIT);
}

/** The limits with another one within the scope. A template without a slowdown is not remembered. */
export function withRateLimit(
  rateLimit: AppRateLimits,
  scope: RateLimitScope,
  changed: RateLimit,
): AppRateLimits {
  if (changed === rateLimitOf(rateLimit, scope)) return rateLimit;
  if (scope === 'appid')
    return { ...changed, ...(rateLimit.templates && { templates: rateLimit.templates }) };
  const { templates: { [scope.templateId]: _before, ...others } = {}, ...ofAll } = rateLimit;
  const templates = changed.slowdown ? { ...others, [scope.templateId]: changed } : others;
  return { ...ofAll, ...(Object.keys(templates).length > 0 && { templates }) };
}

/** A refusal, and when its request left. */
export interface Refusal {
  readonly cause: SlowdownCause;
  readonly errcode?: number;
  readonly leftAtMs: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/**
 * WeChat names no lengths but "retry next minute" for 45011 and "retry later" for -1 (WeChat contract §3.3).
 * 45009 lasts until the quota day is over; a probe each half hour finds out earlier that the quota was raised
 * or cleared. What refuses every send is most often for a person to mend: a probe after five minutes at
 * first, then each hour, finds out that it was, and costs one refused message each.
 */
const PAUSES: Record<SlowdownCause, { readonly firstMs: number; readonly longestMs: number }> = {
  rate: { firstMs: 15 * SECOND_MS, longestMs: 5 * MINUTE_MS },
  busy: { firstMs: 5 * SECOND_MS, longestMs: 5 * MINUTE_MS },
  quota: { firstMs: 30 * MINUTE_MS, longestMs: 30 * MINUTE_MS },
  refused: { firstMs: 5 * MINUTE_MS, longestMs: 60 * MINUTE_MS },
};

/** What is sent after a pause, until an answer shows that WeChat takes more. */
const PROBES_PER_SECOND = 1;
/** The rate doubles this often at the most, so that a refusal has time to come before the next step. */
export const STEP_MS = 2 * SECOND_MS;
/** Faster than this needs no limit any more. */
const RAMP_ENDS_PER_SECOND = 512;

/**
 * The rate limit after a refusal. A request that left before the end of the present pause is refused for the
 * reason of that pause, so it changes nothing. Only a used-up day's quota replaces another cause.
 */
export function slowedDown(
  rateLimit: RateLimit,
  { cause, errcode, leftAtMs }: Refusal,
  nowMs: number,
  random: Random,
): RateLimit {
  const before = rateLimit.slowdown;
  const isNews = !before || leftAtMs >= before.stoppedUntilMs;
  const isWorse = cause === 'quota' && before?.cause !== 'quota';
  if (!isNews && !isWorse) return rateLimit;
  const pauses = before && before.cause === cause && isProbing(before) ? before.pauses + 1 : 1;
  const pauseMs = pauseOf(cause, pauses, nowMs, random);
  const stoppedUntilMs = nowMs + pauseMs;
  return {
    ...rateLimit,
    slowdown: {
      cause,
      ...(errcode !== undefined && { errcode }),
      pauses,
      pauseMs,
      stoppedUntilMs,
      ratePerSecond: PROBES_PER_SECOND,
      steppedAtMs: stoppedUntilMs,
    },
  };
}

function pauseOf(cause: SlowdownCause, pauses: number, nowMs: number, random: Random): number {
  const { firstMs, longestMs } = PAUSES[cause];
  const pauseMs = Math.min(longestMs, firstMs * 2 ** (pauses - 1)) * (1 + random() / 4);
  if (cause !== 'quota') return Math.round(pauseMs);
  const untilNextDayMs = quotaDayEndsAtMs(nowMs) - nowMs + random() * MINUTE_MS;
  return Math.round(Math.min(pauseMs, untilNextDayMs));
}

/** Whether no answer since the pause has shown that WeChat takes requests again. */
export function isProbing({ ratePerSecond }: Slowdown): boolean {
  return ratePerSecond <= PROBES_PER_SECOND;
}

/** Whether nothing may be sent now. */
export function isStopped({ slowdown }: RateLimit, nowMs: number): boolean {
  return slowdown !== undefined && nowMs < slowdown.stoppedUntilMs;
}

/**
 * The rate limit after an answer that slows nothing down: one step faster, if the request left after the
 * pause and a step is due.
 */
export function recovered(rateLimit: RateLimit, leftAtMs: number, nowMs: number): RateLimit {
  const { slowdown, ...free } = rateLimit;
  if (!slowdown || leftAtMs < slowdown.stoppedUntilMs || nowMs < slowdown.steppedAtMs + STEP_MS)
    return rateLimit;
  const ratePerSecond = slowdown.ratePerSecond * 2;
  if (ratePerSecond > RAMP_ENDS_PER_SECOND) return free;
  return { ...rateLimit, slowdown: { ...slowdown, ratePerSecond, steppedAtMs: nowMs } };
}

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** WeChat's quota day is taken to end at midnight in Beijing (WeChat contract §3.7, unconfirmed). */
const BEIJING_OFFSET_MS = 8 * HOUR_MS;

/** When the quota day of the given moment ends. */
export function quotaDayEndsAtMs(nowMs: number): number {
  return nowMs + DAY_MS - ((nowMs + BEIJING_OFFSET_MS) % DAY_MS);
}

import type { Random } from '../clock.ts';
import { isStopped, quotaDayEndsAtMs, type RateLimit, type Slowdown } from './rate-limit.ts';

/** The slot of one message under the rate limit, or when it asks again. */
export type Reservation =
  /** It may leave at that moment, not before. */
  | { readonly type: 'go'; readonly atMs: number }
  /** It is to ask again then. */
  | { readonly type: 'wait'; readonly untilMs: number };

interface SlotRequest {
  /** `MAX_SENDS_PER_SECOND`. */
  readonly maxPerSecond?: number;
  /** How many messages ask at once. */
  readonly count: number;
  readonly nowMs: number;
  readonly random: Random;
}

/** Slots are given out this far ahead. A message that would wait longer goes back to the queue. */
export const HORIZON_MS = 2_000;
/** Those who are deferred by a slowdown come back spread over this much time. */
const SPREAD_MS = 15_000;
/** The same after the quota day, when there may be many more of them. */
const QUOTA_SPREAD_MS = 10 * 60_000;

/** The rate to keep, per second; undefined where there is none. */
export function rateOf({ slowdown }: RateLimit, maxPerSecond: number | undefined): number | undefined {
  const rate = Math.min(
    slowdown?.ratePerSecond ?? Number.POSITIVE_INFINITY,
    maxPerSecond ?? Number.POSITIVE_INFINITY,
  );
  return Number.isFinite(rate) ? rate : undefined;
}

/**
 * Gives each of those who ask a moment to leave at, or to come back at, and the rate limit that this leaves
 * behind. The moments are evenly apart (GCRA without a burst), so that no window of time ever sees more than
 * the rate.
 */
export function reserveSlots(
  rateLimit: RateLimit,
  request: SlotRequest,
): { readonly reservations: readonly Reservation[]; readonly rateLimit: RateLimit } {
  const { count, nowMs, maxPerSecond } = request;
  if (isStopped(rateLimit, nowMs))
    return { reservations: waits(count, () => slowedUntilMs(rateLimit, request)), rateLimit };
  const rate = rateOf(rateLimit, maxPerSecond);
  if (rate === undefined)
    return { reservations: repeat(count, () => ({ type: 'go', atMs: nowMs })), rateLimit };
  const intervalMs = 1_000 / rate;
  const firstAtMs = Math.max(rateLimit.nextFreeAtMs, nowMs);
  const slotsLeft = Math.floor((nowMs + HORIZON_MS - firstAtMs) / intervalMs) + 1;
  const admitted = Math.max(0, Math.min(count, slotsLeft));
  const gone = { ...rateLimit, nextFreeAtMs: firstAtMs + admitted * intervalMs };
  const goes = repeat(admitted, (index) => ({ type: 'go' as const, atMs: firstAtMs + index * intervalMs }));
  const rest = count - admitted;
  if (rest === 0) return { reservations: goes, rateLimit: gone };
  if (rateLimit.slowdown) {
    return {
      reservations: [...goes, ...waits(rest, () => slowedUntilMs(rateLimit, request))],
      rateLimit: gone,
    };
  }
  const backAtMs = Math.max(rateLimit.lastBackAtMs, nowMs + HORIZON_MS);
  return {
    reservations: [...goes, ...waits(rest, (index) => backAtMs + index * intervalMs)],
    rateLimit: { ...gone, lastBackAtMs: backAtMs + rest * intervalMs },
  };
}

function slowedUntilMs({ slowdown }: RateLimit, { nowMs, random }: SlotRequest): number {
  const earliestMs = Math.max(nowMs + HORIZON_MS, slowdown?.stoppedUntilMs ?? 0);
  return earliestMs + random() * spreadMs(slowdown, earliestMs, nowMs);
}

/**
 * While the day's quota is used up, messages come back at any time between the next probe and some minutes
 * after the day: a few of them find out that the quota was raised, and the many do not all ask every half
 * hour. Likewise where WeChat refuses every send, over as much time again as the pause takes.
 */
function spreadMs(slowdown: Slowdown | undefined, earliestMs: number, nowMs: number): number {
  if (!slowdown || nowMs >= slowdown.stoppedUntilMs) return SPREAD_MS;
  switch (slowdown.cause) {
    case 'quota':
      return Math.max(0, quotaDayEndsAtMs(nowMs) - earliestMs) + QUOTA_SPREAD_MS;
    case 'refused':
      return slowdown.pauseMs;
    default:
      return SPREAD_MS;
  }
}

function waits(count: number, untilMs: (index: number) => number): Reservation[] {
  return repeat(count, (index) => ({ type: 'wait', untilMs: untilMs(index) }));
}

function repeat<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

import type { Random } from '../clock.ts';
import { isStopped, type Pace, type Slowdown } from './pace.ts';
import { quotaDayEndsAtMs } from './quota-day.ts';

/** What one message is told that asks to be sent. */
export type Admission =
  /** It may leave at that moment, not before. */
  | { readonly type: 'go'; readonly atMs: number }
  /** It is to ask again then. */
  | { readonly type: 'wait'; readonly untilMs: number };

/** Those who ask, and when. */
export interface Asking {
  /** `MAX_SENDS_PER_SECOND`. */
  readonly maxPerSecond?: number;
  /** How many messages ask at once. */
  readonly count: number;
  readonly nowMs: number;
  readonly random: Random;
}

/** Moments are given out this far ahead, because a message that waits no longer does so in the process. */
export const HORIZON_MS = 2_000;
/** Those who are held back by a slowdown come back spread over this much time. */
const SPREAD_MS = 15_000;
/** The same after the quota day, when there may be many more of them. */
const QUOTA_SPREAD_MS = 10 * 60_000;

/** The rate to keep, per second; undefined where there is none. */
export function rateOf({ slowdown }: Pace, maxPerSecond: number | undefined): number | undefined {
  const rate = Math.min(
    slowdown?.ratePerSecond ?? Number.POSITIVE_INFINITY,
    maxPerSecond ?? Number.POSITIVE_INFINITY,
  );
  return Number.isFinite(rate) ? rate : undefined;
}

/**
 * Gives each of those who ask a moment to leave at, or to come back at, and the pace that this leaves behind. The moments are evenly
 * apart (GCRA without a burst), so that no window of time ever sees more than the rate.
 */
export function admit(
  pace: Pace,
  asking: Asking,
): { readonly admissions: readonly Admission[]; readonly pace: Pace } {
  const { count, nowMs, maxPerSecond } = asking;
  if (isStopped(pace, nowMs)) return { admissions: waits(count, () => heldBackUntilMs(pace, asking)), pace };
  const rate = rateOf(pace, maxPerSecond);
  if (rate === undefined) return { admissions: repeat(count, () => ({ type: 'go', atMs: nowMs })), pace };
  const intervalMs = 1_000 / rate;
  const firstAtMs = Math.max(pace.nextFreeAtMs, nowMs);
  const placesLeft = Math.floor((nowMs + HORIZON_MS - firstAtMs) / intervalMs) + 1;
  const going = Math.max(0, Math.min(count, placesLeft));
  const gone = { ...pace, nextFreeAtMs: firstAtMs + going * intervalMs };
  const goes = repeat(going, (index) => ({ type: 'go' as const, atMs: firstAtMs + index * intervalMs }));
  const rest = count - going;
  if (rest === 0) return { admissions: goes, pace: gone };
  if (pace.slowdown) {
    return { admissions: [...goes, ...waits(rest, () => heldBackUntilMs(pace, asking))], pace: gone };
  }
  const backAtMs = Math.max(pace.lastBackAtMs, nowMs + HORIZON_MS);
  return {
    admissions: [...goes, ...waits(rest, (index) => backAtMs + index * intervalMs)],
    pace: { ...gone, lastBackAtMs: backAtMs + rest * intervalMs },
  };
}

function heldBackUntilMs({ slowdown }: Pace, { nowMs, random }: Asking): number {
  const earliestMs = Math.max(nowMs + HORIZON_MS, slowdown?.stoppedUntilMs ?? 0);
  return earliestMs + random() * spreadMs(slowdown, earliestMs, nowMs);
}

/**
 * While the day's quota is used up, messages come back at any time between the next probe and some minutes after the day: a few of
 * them find out that the quota was raised, and the many do not all ask every half hour. Likewise where WeChat refuses every send, over
 * as much time again as the pause takes.
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

function waits(count: number, untilMs: (index: number) => number): Admission[] {
  return repeat(count, (index) => ({ type: 'wait', untilMs: untilMs(index) }));
}

function repeat<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

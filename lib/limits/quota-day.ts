const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** WeChat's quota day is taken to end at midnight in Beijing (WeChat contract §3.7, unconfirmed). */
const BEIJING_OFFSET_MS = 8 * HOUR_MS;

/** When the quota day of the given moment ends. */
export function quotaDayEndsAtMs(nowMs: number): number {
  return nowMs + DAY_MS - ((nowMs + BEIJING_OFFSET_MS) % DAY_MS);
}

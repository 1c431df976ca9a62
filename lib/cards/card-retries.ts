import type { Random } from '../clock.ts';
import { quotaDayEndsAtMs } from '../limits/rate-limit.ts';
import type { Card, CardRetry } from './card.ts';

/** When a change is tried again, and how often. The end of the code's time ends it in any case. */
interface RetryPolicy {
  readonly times: number;
  readonly delayMs: (retry: number, nowMs: number, random: Random) => number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

const SOON_MS = [2 * SECOND_MS, 5 * SECOND_MS, 15 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS];

const spread = (delayMs: number, random: Random) => delayMs * (1 + random() / 2);

/** WeChat contract §8.2 and §9.3, each with jitter. */
const POLICIES: Record<CardRetry, RetryPolicy> = {
  /** 85431 busy, 85449 locked, -1. */
  soon: {
    times: SOON_MS.length,
    delayMs: (retry, _nowMs, random) => spread(SOON_MS[retry] ?? MINUTE_MS, random),
  },
  /** 85437: a pay order becomes known to WeChat a little later; its page says to try again after a minute. */
  order: { times: 10, delayMs: (_retry, _nowMs, random) => MINUTE_MS + random() * 5 * SECOND_MS },
  rate: { times: 10, delayMs: (_retry, _nowMs, random) => MINUTE_MS + random() * MINUTE_MS },
  quota: {
    times: 3,
    delayMs: (_retry, nowMs, random) => quotaDayEndsAtMs(nowMs) - nowMs + random() * 10 * MINUTE_MS,
  },
  connection: {
    times: 150,
    delayMs: (retry, _nowMs, random) => spread(Math.min(10 * MINUTE_MS, SECOND_MS * 2 ** retry), random),
  },
  gateway: { times: 1, delayMs: (_retry, _nowMs, random) => spread(20 * SECOND_MS, random) },
};

/** When the change is tried again, or undefined once the policy is used up. */
export function nextTryAtMs(
  policy: CardRetry,
  { retries }: Pick<Card, 'retries'>,
  nowMs: number,
  random: Random,
): number | undefined {
  const used = retries?.[policy] ?? 0;
  const { times, delayMs } = POLICIES[policy];
  return used < times ? Math.ceil(nowMs + delayMs(used, nowMs, random)) : undefined;
}

/** How long after a lost answer WeChat is asked what it has, each time later. */
const ASK_AFTER_MS = [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS];

/** When WeChat is asked about a change of unknown fate; undefined once it was asked often enough. */
export function nextAskAtMs(asks: number, nowMs: number): number | undefined {
  const delayMs = ASK_AFTER_MS[asks];
  return delayMs === undefined ? undefined : nowMs + delayMs;
}

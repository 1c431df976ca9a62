import type { Random } from '../clock.ts';
import { quotaDayEndsAtMs } from '../limits/rate-limit.ts';
import type { RetryPolicyName, SendRecord } from './send-record.ts';

/** When a request is made again after an answer, or an absence of one, that time may cure. */
export interface RetryPolicy {
  /** How often at the most; {@link Infinity} where a time is the limit. */
  readonly times: number;
  readonly delayMs: (retry: number, nowMs: number, random: Random) => number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * The policies of every call that sends (WeChat contract §9.1 and §9.3), each with jitter so that those who
 * failed together do not come back together.
 */
export const COMMON_RETRIES = {
  rate: { times: 10, delayMs: (_retry, _nowMs, random) => MINUTE_MS + random() * MINUTE_MS },
  quota: {
    times: 3,
    delayMs: (_retry, nowMs, random) => quotaDayEndsAtMs(nowMs) - nowMs + random() * 10 * MINUTE_MS,
  },
  connection: {
    times: Number.POSITIVE_INFINITY,
    delayMs: (retry, _nowMs, random) => spread(Math.min(10 * MINUTE_MS, SECOND_MS * 2 ** retry), random),
  },
  gateway: { times: 1, delayMs: (_retry, _nowMs, random) => spread(20 * SECOND_MS, random) },
} as const satisfies Record<string, RetryPolicy>;

const BUSY_DELAYS_MS = [SECOND_MS, 4 * SECOND_MS, 15 * SECOND_MS];

const POLICIES: Record<RetryPolicyName, RetryPolicy> = {
  ...COMMON_RETRIES,
  busy: {
    times: BUSY_DELAYS_MS.length,
    delayMs: (retry, _nowMs, random) => spread(BUSY_DELAYS_MS[retry] ?? 15 * SECOND_MS, random),
  },
  concurrent: { times: 6, delayMs: (_retry, _nowMs, random) => SECOND_MS + random() * 2 * SECOND_MS },
};

/** How long a message is tried again while WeChat cannot be reached. */
const CONNECTION_PATIENCE_MS = DAY_MS;
/** How long a message waits for a valid access token before it is given up. */
export const TOKEN_PATIENCE_MS = DAY_MS;
/** How long a message waits after its time while WeChat refuses every send of the account or its template. */
export const STOP_PATIENCE_MS = DAY_MS;

/** What decides when a send is tried again. */
export interface RetryBasis extends Pick<SendRecord, 'retries'> {
  readonly sendAtMs: number;
  /** What has not left by then is not sent any more. */
  readonly expiresAtMs?: number;
  /** Until when the rate limit of all sending has held it back. */
  readonly heldUntilMs?: number;
}

/**
 * When the message might leave for the first time, as far as its caller and the rate limit of all sending are
 * concerned.
 */
export function mightLeaveAtMs({ sendAtMs, heldUntilMs = sendAtMs }: RetryBasis): number {
  return heldUntilMs;
}

/** A delay with jitter: up to half as long again. */
export function spread(delayMs: number, random: Random): number {
  return delayMs * (1 + random() / 2);
}

/** When the message is tried again under this policy, or undefined once the policy is used up. */
export function nextAttemptAtMs(
  policyName: RetryPolicyName,
  message: RetryBasis,
  nowMs: number,
  random: Random,
): number | undefined {
  const isOver = policyName === 'connection' && nowMs >= mightLeaveAtMs(message) + CONNECTION_PATIENCE_MS;
  return isOver ? undefined : nextTryAtMs(POLICIES[policyName], nowMs, random, message.retries?.[policyName]);
}

/** When the next try is made under a policy of which so many are used, or undefined once there are no more. */
export function nextTryAtMs(
  { times, delayMs }: RetryPolicy,
  nowMs: number,
  random: Random,
  used = 0,
): number | undefined {
  return used < times ? Math.ceil(nowMs + delayMs(used, nowMs, random)) : undefined;
}

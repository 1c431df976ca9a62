import type { Random } from '../clock.ts';
import { quotaDayEndsAtMs } from '../limits/rate-limit.ts';
import type { RetryPolicyName, SendRecord } from './send-record.ts';

/** When a message is tried again after an answer, or an absence of one, that time may cure. */
interface RetryPolicy {
  /** How often at the most; {@link Infinity} where `giveUpAfterMs` is the limit. */
  readonly times: number;
  /** Counted from the moment the message might leave. */
  readonly giveUpAfterMs: number;
  readonly delayMs: (retry: number, nowMs: number, random: Random) => number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const BUSY_DELAYS_MS = [SECOND_MS, 4 * SECOND_MS, 15 * SECOND_MS];

/**
 * WeChat contract §9.1 and §9.3, each with jitter so that those who failed together do not come back
 * together.
 */
const POLICIES: Record<RetryPolicyName, RetryPolicy> = {
  busy: {
    times: BUSY_DELAYS_MS.length,
    giveUpAfterMs: Number.POSITIVE_INFINITY,
    delayMs: (retry, _nowMs, random) => spread(BUSY_DELAYS_MS[retry] ?? 15 * SECOND_MS, random),
  },
  concurrent: {
    times: 6,
    giveUpAfterMs: Number.POSITIVE_INFINITY,
    delayMs: (_retry, _nowMs, random) => SECOND_MS + random() * 2 * SECOND_MS,
  },
  rate: {
    times: 10,
    giveUpAfterMs: Number.POSITIVE_INFINITY,
    delayMs: (_retry, _nowMs, random) => MINUTE_MS + random() * MINUTE_MS,
  },
  quota: {
    times: 3,
    giveUpAfterMs: Number.POSITIVE_INFINITY,
    delayMs: (_retry, nowMs, random) => quotaDayEndsAtMs(nowMs) - nowMs + random() * 10 * MINUTE_MS,
  },
  connection: {
    times: Number.POSITIVE_INFINITY,
    giveUpAfterMs: DAY_MS,
    delayMs: (retry, _nowMs, random) => spread(Math.min(10 * MINUTE_MS, SECOND_MS * 2 ** retry), random),
  },
  gateway: {
    times: 1,
    giveUpAfterMs: Number.POSITIVE_INFINITY,
    delayMs: (_retry, _nowMs, random) => spread(20 * SECOND_MS, random),
  },
};

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

function spread(delayMs: number, random: Random): number {
  return delayMs * (1 + random() / 2);
}

/** When the message is tried again under this policy, or undefined once the policy is used up. */
export function nextAttemptAtMs(
  policyName: RetryPolicyName,
  message: RetryBasis,
  nowMs: number,
  random: Random,
): number | undefined {
  const policy = POLICIES[policyName];
  const used = message.retries?.[policyName] ?? 0;
  if (used >= policy.times || nowMs >= mightLeaveAtMs(message) + policy.giveUpAfterMs) return undefined;
  return Math.ceil(nowMs + policy.delayMs(used, nowMs, random));
}

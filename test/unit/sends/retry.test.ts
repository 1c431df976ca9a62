import { describe, expect, test } from 'vitest';
import { retryOnFailure } from '../../../lib/retry.ts';
import { nextAttemptAtMs } from '../../../lib/sends/retry-policy.ts';
import type { RetryPolicyName } from '../../../lib/sends/send-record.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Noon in Beijing. */
const NOW_MS = Date.UTC(2026, 10, 23, 4);

/** How long it takes until the next attempt, at the least and at the most. */
function waits(policy: RetryPolicyName, used = 0, sinceMs = NOW_MS): (number | undefined)[] {
  const attempted = { sendAtMs: sinceMs, retries: { [policy]: used } };
  return [0, 0.999_999].map((random) => {
    const atMs = nextAttemptAtMs(policy, attempted, NOW_MS, () => random);
    return atMs === undefined ? undefined : atMs - NOW_MS;
  });
}

describe('a send is tried again', () => {
  test.each([
    ['busy', 0, SECOND_MS, 1.5 * SECOND_MS],
    ['busy', 2, 15 * SECOND_MS, 22.5 * SECOND_MS],
    ['concurrent', 0, SECOND_MS, 3 * SECOND_MS],
    ['rate', 9, MINUTE_MS, 2 * MINUTE_MS],
    ['gateway', 0, 20 * SECOND_MS, 30 * SECOND_MS],
    ['connection', 3, 8 * SECOND_MS, 12 * SECOND_MS],
    ['connection', 50, 10 * MINUTE_MS, 15 * MINUTE_MS],
    ['quota', 0, 12 * 60 * MINUTE_MS, 12 * 60 * MINUTE_MS + 10 * MINUTE_MS],
  ] as const)('under %s, after %i retries, in so long', (policy, used, leastMs, mostMs) => {
    const [least, most] = waits(policy, used);
    expect(least).toBe(leastMs);
    expect(most).toBeLessThanOrEqual(mostMs);
    expect(most).toBeGreaterThan(0.99 * mostMs);
  });

  test.each([
    ['busy', 3],
    ['concurrent', 6],
    ['rate', 10],
    ['quota', 3],
    ['gateway', 1],
  ] as const)('under %s no more than %i times', (policy, times) => {
    expect(waits(policy, times - 1)[0]).toBeDefined();
    expect(waits(policy, times)).toEqual([undefined, undefined]);
  });

  test('without a connection for a day, counted from when the rate limit let it go', () => {
    expect(waits('connection', 500, NOW_MS - DAY_MS + 1)[0]).toBeDefined();
    expect(waits('connection', 0, NOW_MS - DAY_MS)[0]).toBeUndefined();
    const held = { sendAtMs: NOW_MS - 2 * DAY_MS, heldUntilMs: NOW_MS - MINUTE_MS };
    expect(nextAttemptAtMs('connection', held, NOW_MS, () => 0)).toBeDefined();
  });
});

describe('the write of an outcome', () => {
  function failing(times: number) {
    const waited: number[] = [];
    let tries = 0;
    const write = async () => {
      tries += 1;
      if (tries <= times) throw new Error(`failure ${tries}`);
      return 'written';
    };
    const sleep = async (ms: number) => void waited.push(ms);
    return { written: () => retryOnFailure(write, { sleep, random: () => 0.5 }), waited };
  }

  test('is made again when it fails, each time later', async () => {
    const { written, waited } = failing(3);
    expect(await written()).toBe('written');
    expect(waited).toEqual([500, 1_000, 2_000]);
  });

  test('fails when four tries have failed', async () => {
    await expect(failing(4).written()).rejects.toThrow('failure 4');
  });
});

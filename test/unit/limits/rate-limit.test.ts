import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isStopped,
  NO_LIMIT,
  type RateLimit,
  recovered,
  type SlowdownCause,
  STEP_MS,
  slowedDown,
} from '../../../lib/limits/rate-limit.ts';
import { HORIZON_MS, rateOf, reserveSlots } from '../../../lib/limits/reserve-slots.ts';

/** Noon in Beijing. */
const NOON = Date.UTC(2026, 10, 23, 4);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const evenly = () => 0;

function refused(pace: RateLimit, cause: SlowdownCause, atMs: number, random = evenly): RateLimit {
  return slowedDown(pace, { cause, leftAtMs: atMs }, atMs, random);
}

/** How long each of some pauses in a row is, when every probe is refused. */
function pausesInARow(cause: SlowdownCause, count: number, random = evenly): number[] {
  let pace = NO_LIMIT;
  let atMs = NOON;
  return Array.from({ length: count }, () => {
    pace = refused(pace, cause, atMs, random);
    atMs = pace.slowdown!.stoppedUntilMs;
    return pace.slowdown!.pauseMs;
  });
}

describe('a refusal', () => {
  test.each(['rate', 'quota', 'busy', 'refused'] as const)(
    'of the kind %s stops everything at once',
    (cause) => {
      const pace = refused(NO_LIMIT, cause, NOON);
      expect(isStopped(pace, NOON)).toBe(true);
      const { reservations: admissions } = reserveSlots(pace, { count: 3, nowMs: NOON, random: evenly });
      expect(admissions.map(({ type }) => type)).toEqual(['wait', 'wait', 'wait']);
    },
  );

  test('that follows another makes the pause twice as long, up to five minutes or an hour', () => {
    expect(pausesInARow('rate', 7).map((ms) => ms / 1000)).toEqual([15, 30, 60, 120, 240, 300, 300]);
    expect(pausesInARow('refused', 6).map((ms) => ms / MINUTE_MS)).toEqual([5, 10, 20, 40, 60, 60]);
    expect(pausesInARow('busy', 8).map((ms) => ms / 1000)).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
  });

  test('of a request that left before the pause was over changes nothing', () => {
    const pace = refused(NO_LIMIT, 'rate', NOON);
    for (const nowMs of [NOON + 1_000, NOON + HOUR_MS]) {
      expect(slowedDown(pace, { cause: 'rate', leftAtMs: NOON + 14_999 }, nowMs, evenly)).toBe(pace);
    }
    expect(refused(pace, 'rate', NOON + 15_000)).not.toBe(pace);
  });

  test("for the day's quota outdoes a pause that is under way, and not the other way round", () => {
    const day = refused(refused(NO_LIMIT, 'rate', NOON), 'quota', NOON + 10);
    expect(day.slowdown).toMatchObject({ cause: 'quota', pauseMs: 30 * MINUTE_MS });
    expect(refused(day, 'rate', NOON + 20)).toBe(day);
  });

  test('after an answer that was none begins with the first pause again', () => {
    const twice = refused(refused(NO_LIMIT, 'rate', NOON), 'rate', NOON + 15_000);
    const resumedAtMs = twice.slowdown!.stoppedUntilMs + STEP_MS;
    const faster = recovered(twice, resumedAtMs, resumedAtMs);
    expect(refused(faster, 'rate', resumedAtMs + 1).slowdown).toMatchObject({ pauseMs: 15_000, pauses: 1 });
  });

  test('lets containers come back at different moments', () => {
    const chances = [0, 0.3, 0.99].map((chance) => pausesInARow('rate', 1, () => chance)[0]!);
    expect(new Set(chances).size).toBe(3);
    expect(Math.max(...chances)).toBeLessThan(15_000 * 1.25);
  });
});

describe("the end of the day's quota", () => {
  test('is looked into every half hour, and at midnight in Beijing at the latest', () => {
    let pace = NO_LIMIT;
    let atMs = NOON;
    const pauses: number[] = [];
    while (atMs < NOON + 12 * HOUR_MS) {
      pace = refused(pace, 'quota', atMs);
      pauses.push(pace.slowdown!.pauseMs / MINUTE_MS);
      atMs = pace.slowdown!.stoppedUntilMs;
    }
    expect(atMs).toBe(NOON + 12 * HOUR_MS);
    expect(pauses).toEqual(Array.from({ length: 24 }, () => 30));
    const late = NOON + 12 * HOUR_MS - 5 * MINUTE_MS;
    expect(refused(NO_LIMIT, 'quota', late).slowdown).toMatchObject({ pauseMs: 5 * MINUTE_MS });
  });

  test('sends messages away to between the next probe and soon after midnight', () => {
    const pace = refused(NO_LIMIT, 'quota', NOON);
    const untilOf = (chance: number) => {
      const [admission] = reserveSlots(pace, {
        count: 1,
        nowMs: NOON + 1_000,
        random: () => chance,
      }).reservations;
      return admission?.type === 'wait' ? (admission.untilMs - NOON) / MINUTE_MS : undefined;
    };
    expect(untilOf(0)).toBe(30);
    expect(untilOf(0.5)).toBeCloseTo(30 + (690 + 10) / 2);
    expect(untilOf(0.9999)).toBeGreaterThan(12 * 60);
    expect(untilOf(0.9999)).toBeLessThan(12 * 60 + 10);
  });
});

describe('when the pause is over', () => {
  /** Everyone asks all the time; each request is answered well at once. Gives what left in each second after the pause. */
  function resume(maxPerSecond?: number) {
    let pace = refused(NO_LIMIT, 'rate', NOON);
    const overAtMs = pace.slowdown!.stoppedUntilMs;
    const perSecond: number[] = [];
    const limits = maxPerSecond === undefined ? {} : { maxPerSecond };
    let freeAfterMs: number | undefined;
    for (let nowMs = overAtMs; nowMs < overAtMs + 40_000 && freeAfterMs === undefined; nowMs += 50) {
      const second = Math.floor((nowMs - overAtMs) / 1000);
      for (;;) {
        const { reservations: admissions, rateLimit: after } = reserveSlots(pace, {
          ...limits,
          count: 1,
          nowMs,
          random: evenly,
        });
        const [admission] = admissions;
        if (admission?.type !== 'go' || admission.atMs > nowMs + 50) break;
        pace = after;
        perSecond[second] = (perSecond[second] ?? 0) + 1;
        pace = recovered(pace, nowMs, nowMs);
        if (!pace.slowdown) {
          freeAfterMs = nowMs - overAtMs;
          break;
        }
      }
    }
    return { perSecond, freeAfterMs, pace };
  }

  test('one probe a second, then twice as many every other second, then no limit', () => {
    const { perSecond, freeAfterMs, pace } = resume();
    const everyTwo = perSecond.flatMap((sent, n) => (n % 2 === 0 ? [sent + (perSecond[n + 1] ?? 0)] : []));
    for (const [step, expected] of [2, 4, 8, 16, 32, 64, 128].entries()) {
      expect(Math.abs(everyTwo[step]! - expected)).toBeLessThanOrEqual(1 + expected / 4);
    }
    expect(freeAfterMs).toBeGreaterThanOrEqual(18_000);
    expect(freeAfterMs).toBeLessThan(25_000);
    expect(rateOf(pace, undefined)).toBeUndefined();
  });

  test('never more than MAX_SENDS_PER_SECOND', () => {
    expect(Math.max(...resume(20).perSecond)).toBeLessThanOrEqual(21);
  });

  test('without an answer nothing gets faster', () => {
    const pace = refused(NO_LIMIT, 'busy', NOON);
    const later = NOON + HOUR_MS;
    expect(recovered(pace, NOON, later)).toBe(pace);
    expect(rateOf(pace, undefined)).toBe(1);
    expect(
      reserveSlots(pace, { count: 5, nowMs: later, random: evenly }).reservations.map(({ type }) => type),
    ).toEqual(['go', 'go', 'go', 'wait', 'wait']);
  });
});

describe('a rate', () => {
  test('is never exceeded in any window, whoever asks when, and is used in full when enough ask', () => {
    const asks = fc.array(
      fc.record({ afterMs: fc.nat({ max: 3_000 }), count: fc.integer({ min: 1, max: 40 }) }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), asks, (maxPerSecond, rounds) => {
        let pace = NO_LIMIT;
        let nowMs = NOON;
        const goes: number[] = [];
        for (const { afterMs, count } of rounds) {
          nowMs += afterMs;
          const asked = reserveSlots(pace, { maxPerSecond, count, nowMs, random: Math.random });
          pace = asked.rateLimit;
          expect(asked.reservations).toHaveLength(count);
          for (const admission of asked.reservations) {
            if (admission.type === 'wait')
              expect(admission.untilMs).toBeGreaterThanOrEqual(nowMs + HORIZON_MS);
            else {
              expect(admission.atMs).toBeGreaterThanOrEqual(nowMs);
              expect(admission.atMs).toBeLessThanOrEqual(nowMs + HORIZON_MS);
              goes.push(admission.atMs);
            }
          }
          // Nobody is sent away while there is a place within the horizon.
          if (asked.reservations.some(({ type }) => type === 'wait'))
            expect(pace.nextFreeAtMs).toBeGreaterThan(nowMs + HORIZON_MS - 1000 / maxPerSecond);
        }
        const crowded = goes.flatMap((fromMs, from) =>
          goes.filter((toMs, to) => to > from && to - from > ((toMs - fromMs) * maxPerSecond) / 1000 + 0.01),
        );
        expect(crowded).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('sends those away who find no place, each to a moment of their own at the same rate', () => {
    const { reservations: admissions, rateLimit: pace } = reserveSlots(NO_LIMIT, {
      maxPerSecond: 10,
      count: 100,
      nowMs: NOON,
      random: evenly,
    });
    const waits = admissions.flatMap((admission) =>
      admission.type === 'wait' ? [admission.untilMs - NOON] : [],
    );
    expect(waits).toHaveLength(79);
    expect(waits.slice(0, 3)).toEqual([2_000, 2_100, 2_200]);
    const next = reserveSlots(pace, { maxPerSecond: 10, count: 1, nowMs: NOON, random: evenly });
    expect(next.reservations).toEqual([{ type: 'wait', untilMs: NOON + 9_900 }]);
  });

  test('that nobody set costs nothing: the pace stays the very same', () => {
    const { reservations: admissions, rateLimit: pace } = reserveSlots(NO_LIMIT, {
      count: 2,
      nowMs: NOON,
      random: evenly,
    });
    expect(admissions).toEqual([
      { type: 'go', atMs: NOON },
      { type: 'go', atMs: NOON },
    ]);
    expect(pace).toBe(NO_LIMIT);
  });
});

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

function refused(rateLimit: RateLimit, cause: SlowdownCause, atMs: number, random = evenly): RateLimit {
  return slowedDown(rateLimit, { cause, leftAtMs: atMs }, atMs, random);
}

/** How long each of some pauses in a row is, when every probe is refused. */
function pausesInARow(cause: SlowdownCause, count: number, random = evenly): number[] {
  let rateLimit = NO_LIMIT;
  let atMs = NOON;
  return Array.from({ length: count }, () => {
    rateLimit = refused(rateLimit, cause, atMs, random);
    atMs = rateLimit.slowdown!.stoppedUntilMs;
    return rateLimit.slowdown!.pauseMs;
  });
}

describe('a refusal', () => {
  test.each(['rate', 'quota', 'busy', 'refused'] as const)(
    'of the kind %s stops everything at once',
    (cause) => {
      const rateLimit = refused(NO_LIMIT, cause, NOON);
      expect(isStopped(rateLimit, NOON)).toBe(true);
      const { reservations } = reserveSlots(rateLimit, { count: 3, nowMs: NOON, random: evenly });
      expect(reservations.map(({ type }) => type)).toEqual(['wait', 'wait', 'wait']);
    },
  );

  test('that follows another makes the pause twice as long, up to five minutes or an hour', () => {
    expect(pausesInARow('rate', 7).map((ms) => ms / 1000)).toEqual([15, 30, 60, 120, 240, 300, 300]);
    expect(pausesInARow('refused', 6).map((ms) => ms / MINUTE_MS)).toEqual([5, 10, 20, 40, 60, 60]);
    expect(pausesInARow('busy', 8).map((ms) => ms / 1000)).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
  });

  test('of a request that left before the pause was over changes nothing', () => {
    const rateLimit = refused(NO_LIMIT, 'rate', NOON);
    for (const nowMs of [NOON + 1_000, NOON + HOUR_MS]) {
      expect(slowedDown(rateLimit, { cause: 'rate', leftAtMs: NOON + 14_999 }, nowMs, evenly)).toBe(
        rateLimit,
      );
    }
    expect(refused(rateLimit, 'rate', NOON + 15_000)).not.toBe(rateLimit);
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
    let rateLimit = NO_LIMIT;
    let atMs = NOON;
    const pauses: number[] = [];
    while (atMs < NOON + 12 * HOUR_MS) {
      rateLimit = refused(rateLimit, 'quota', atMs);
      pauses.push(rateLimit.slowdown!.pauseMs / MINUTE_MS);
      atMs = rateLimit.slowdown!.stoppedUntilMs;
    }
    expect(atMs).toBe(NOON + 12 * HOUR_MS);
    expect(pauses).toEqual(Array.from({ length: 24 }, () => 30));
    const late = NOON + 12 * HOUR_MS - 5 * MINUTE_MS;
    expect(refused(NO_LIMIT, 'quota', late).slowdown).toMatchObject({ pauseMs: 5 * MINUTE_MS });
  });

  test('sends messages away to between the next probe and soon after midnight', () => {
    const rateLimit = refused(NO_LIMIT, 'quota', NOON);
    const untilOf = (chance: number) => {
      const [reservation] = reserveSlots(rateLimit, {
        count: 1,
        nowMs: NOON + 1_000,
        random: () => chance,
      }).reservations;
      return reservation?.type === 'wait' ? (reservation.untilMs - NOON) / MINUTE_MS : undefined;
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
    let rateLimit = refused(NO_LIMIT, 'rate', NOON);
    const overAtMs = rateLimit.slowdown!.stoppedUntilMs;
    const perSecond: number[] = [];
    const limits = maxPerSecond === undefined ? {} : { maxPerSecond };
    let freeAfterMs: number | undefined;
    for (let nowMs = overAtMs; nowMs < overAtMs + 40_000 && freeAfterMs === undefined; nowMs += 50) {
      const second = Math.floor((nowMs - overAtMs) / 1000);
      for (;;) {
        const { reservations, rateLimit: after } = reserveSlots(rateLimit, {
          ...limits,
          count: 1,
          nowMs,
          random: evenly,
        });
        const [reservation] = reservations;
        if (reservation?.type !== 'go' || reservation.atMs > nowMs + 50) break;
        rateLimit = after;
        perSecond[second] = (perSecond[second] ?? 0) + 1;
        rateLimit = recovered(rateLimit, nowMs, nowMs);
        if (!rateLimit.slowdown) {
          freeAfterMs = nowMs - overAtMs;
          break;
        }
      }
    }
    return { perSecond, freeAfterMs, rateLimit };
  }

  test('one probe a second, then twice as many every other second, then no limit', () => {
    const { perSecond, freeAfterMs, rateLimit } = resume();
    const everyTwo = perSecond.flatMap((sent, n) => (n % 2 === 0 ? [sent + (perSecond[n + 1] ?? 0)] : []));
    for (const [step, expected] of [2, 4, 8, 16, 32, 64, 128].entries()) {
      expect(Math.abs(everyTwo[step]! - expected)).toBeLessThanOrEqual(1 + expected / 4);
    }
    expect(freeAfterMs).toBeGreaterThanOrEqual(18_000);
    expect(freeAfterMs).toBeLessThan(25_000);
    expect(rateOf(rateLimit, undefined)).toBeUndefined();
  });

  test('never more than MAX_SENDS_PER_SECOND', () => {
    expect(Math.max(...resume(20).perSecond)).toBeLessThanOrEqual(21);
  });

  test('without an answer nothing gets faster', () => {
    const rateLimit = refused(NO_LIMIT, 'busy', NOON);
    const later = NOON + HOUR_MS;
    expect(recovered(rateLimit, NOON, later)).toBe(rateLimit);
    expect(rateOf(rateLimit, undefined)).toBe(1);
    expect(
      reserveSlots(rateLimit, { count: 5, nowMs: later, random: evenly }).reservations.map(
        ({ type }) => type,
      ),
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
        let rateLimit = NO_LIMIT;
        let nowMs = NOON;
        const goes: number[] = [];
        for (const { afterMs, count } of rounds) {
          nowMs += afterMs;
          const asked = reserveSlots(rateLimit, { maxPerSecond, count, nowMs, random: Math.random });
          rateLimit = asked.rateLimit;
          expect(asked.reservations).toHaveLength(count);
          for (const reservation of asked.reservations) {
            if (reservation.type === 'wait')
              expect(reservation.untilMs).toBeGreaterThanOrEqual(nowMs + HORIZON_MS);
            else {
              expect(reservation.atMs).toBeGreaterThanOrEqual(nowMs);
              expect(reservation.atMs).toBeLessThanOrEqual(nowMs + HORIZON_MS);
              goes.push(reservation.atMs);
            }
          }
          // Nobody is sent away while there is a place within the horizon.
          if (asked.reservations.some(({ type }) => type === 'wait'))
            expect(rateLimit.nextFreeAtMs).toBeGreaterThan(nowMs + HORIZON_MS - 1000 / maxPerSecond);
        }
        const crowded = goes.flatMap((fromMs, from) =>
          goes.filter((toMs, to) => to > from && to - from > ((toMs - fromMs) * maxPerSecond) / 1000 + 0.01),
        );
        expect(crowded).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('sends those away who find no slot, each to a moment of their own at the same rate', () => {
    const { reservations, rateLimit } = reserveSlots(NO_LIMIT, {
      maxPerSecond: 10,
      count: 100,
      nowMs: NOON,
      random: evenly,
    });
    const waits = reservations.flatMap((reservation) =>
      reservation.type === 'wait' ? [reservation.untilMs - NOON] : [],
    );
    expect(waits).toHaveLength(79);
    expect(waits.slice(0, 3)).toEqual([2_000, 2_100, 2_200]);
    const next = reserveSlots(rateLimit, { maxPerSecond: 10, count: 1, nowMs: NOON, random: evenly });
    expect(next.reservations).toEqual([{ type: 'wait', untilMs: NOON + 9_900 }]);
  });

  test('that nobody set costs nothing: the rate limit stays the very same', () => {
    const { reservations, rateLimit } = reserveSlots(NO_LIMIT, {
      count: 2,
      nowMs: NOON,
      random: evenly,
    });
    expect(reservations).toEqual([
      { type: 'go', atMs: NOON },
      { type: 'go', atMs: NOON },
    ]);
    expect(rateLimit).toBe(NO_LIMIT);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countReport, countTap, grantedAfter, NONE_RECENT } from '../../../lib/grants/recent-grants.ts';

const S = 1_000;
const DAY = 24 * 60 * 60 * S;
const told = { silent: false };

/** Counts a story of taps (`E`, WeChat's word) and reports (`R`, the client's), each at its time, in the order given. */
function counted(...story: readonly (readonly ['E' | 'R' | 'silent', number])[]): number {
  let recent = NONE_RECENT;
  let grants = 0;
  for (const [who, atMs] of story) {
    const next =
      who === 'E' ? countTap(recent, atMs) : countReport(recent, atMs, { silent: who === 'silent' });
    recent = next.recent;
    if (next.isNew) grants += 1;
  }
  return grants;
}

describe('the report and the event of one tap', () => {
  test('are one grant, whichever comes first', () => {
    expect(counted(['R', 100 * S], ['E', 99 * S])).toBe(1);
    expect(counted(['E', 99 * S], ['R', 100 * S])).toBe(1);
  });

  test('are one grant too when the phone kept the report for days', () => {
    expect(counted(['E', 0], ['R', 6 * DAY])).toBe(1);
  });

  test('are one grant too when the clocks differ by a few seconds', () => {
    expect(counted(['R', 100 * S], ['E', 103 * S])).toBe(1);
  });

  test.each<[string, ['E' | 'R', number][]]>([
    [
      'R R E E',
      [
        ['R', 10 * S],
        ['R', 20 * S],
        ['E', 9 * S],
        ['E', 19 * S],
      ],
    ],
    [
      'E E R R',
      [
        ['E', 9 * S],
        ['E', 19 * S],
        ['R', 20 * S],
        ['R', 21 * S],
      ],
    ],
    [
      'E R E R',
      [
        ['E', 9 * S],
        ['R', 10 * S],
        ['E', 19 * S],
        ['R', 20 * S],
      ],
    ],
    [
      'R R, events the other way round',
      [
        ['R', 10 * S],
        ['R', 20 * S],
        ['E', 19 * S],
        ['E', 9 * S],
      ],
    ],
  ])('two taps are two grants in the order %s', (_order, story) => {
    expect(counted(...story)).toBe(2);
  });
});

test('a tap whose report was lost is a grant', () => {
  expect(counted(['R', 10 * S], ['E', 9 * S], ['E', 500 * S])).toBe(2);
});

test('an event does not confirm a report from long before its tap', () => {
  expect(counted(['R', 10 * S], ['E', 500 * S])).toBe(2);
});

describe('a report that is marked silent', () => {
  test('is a grant of its own, beside the tap of before', () => {
    expect(counted(['E', 0], ['R', 1 * S], ['silent', 5 * S], ['silent', 9 * S])).toBe(3);
  });

  test('and the event of the same tap are one grant, whichever comes first', () => {
    expect(counted(['silent', 100 * S], ['E', 99 * S])).toBe(1);
    expect(counted(['E', 99 * S], ['silent', 100 * S])).toBe(1);
    expect(counted(['silent', 100 * S], ['E', 103 * S])).toBe(1);
  });

  test('meets one event only', () => {
    expect(counted(['silent', 100 * S], ['E', 99 * S], ['E', 98 * S])).toBe(2);
    expect(counted(['E', 99 * S], ['silent', 100 * S], ['silent', 101 * S])).toBe(2);
  });

  test('is not taken for a tap from more than ten minutes before', () => {
    expect(counted(['E', 0], ['silent', 600 * S])).toBe(1);
    expect(counted(['E', 0], ['silent', 601 * S])).toBe(2);
    expect(counted(['silent', 600 * S], ['E', 0])).toBe(1);
    expect(counted(['silent', 601 * S], ['E', 0])).toBe(2);
  });

  test('takes no count from a tap whose own report comes too, in any order', () => {
    const story = [
      ['silent', 100 * S],
      ['E', 99 * S],
      ['R', 101 * S],
    ] as const;
    for (const [one, other, third] of permutations(3)) {
      expect(counted(story[one!]!, story[other!]!, story[third!]!)).toBe(2);
    }
  });

  test('is given at the moment of its tap once that is known', () => {
    const { recent } = countTap(countReport(NONE_RECENT, 100 * S, { silent: true }).recent, 90 * S);
    expect([grantedAfter(recent, 89 * S), grantedAfter(recent, 90 * S)]).toEqual([1, 0]);
  });
});

/** All orders of the first `count` numbers. */
function permutations(count: number): number[][] {
  if (count === 0) return [[]];
  return permutations(count - 1).flatMap((order) =>
    Array.from({ length: count }, (_, at) => order.toSpliced(at, 0, count - 1)),
  );
}

/** A tap: with a popup and a true report, with a popup and a report that takes it for silent, or without a popup. */
const tap = fc.record({
  kind: fc.constantFrom('popup', 'popup taken for silent', 'silent'),
  afterMs: fc.integer({ min: 1 * S, max: 600 * S }),
  /** How long the report and the event are under way; reports of one phone keep their order. */
  reportMs: fc.integer({ min: -5 * S, max: 30 * S }),
  eventMs: fc.integer({ min: 0, max: 2 * DAY }),
});

test('each of any taps counts once when report and event are both told, however late the events come', () => {
  fc.assert(
    fc.property(fc.array(tap, { minLength: 1, maxLength: 12 }), (taps) => {
      let nowMs = 0;
      let reportedMs = 0;
      const arrivals = taps.flatMap(({ kind, afterMs, reportMs, eventMs }) => {
        nowMs += afterMs;
        reportedMs = Math.max(reportedMs + 1, nowMs + reportMs);
        const report = {
          comesMs: reportedMs,
          told: [kind === 'popup' ? 'R' : 'silent', reportedMs] as ['R' | 'silent', number],
        };
        const event = {
          comesMs: nowMs + eventMs,
          told: ['E', Math.floor(nowMs / S) * S] as ['E', number],
        };
        return kind === 'silent' ? [report] : [report, event];
      });
      const story = arrivals.toSorted((one, other) => one.comesMs - other.comesMs).map(({ told }) => told);
      expect(counted(...story)).toBe(taps.length);
    }),
    { numRuns: 2_000 },
  );
});

test('what is known of the past is bounded, and the latest is kept', () => {
  let recent = NONE_RECENT;
  for (let n = 1; n <= 100; n++) recent = countReport(recent, n * 2 * 60 * S, told).recent;
  expect(recent.reported).toHaveLength(20);
  expect(recent.reported.at(-1)).toBe(100 * 2 * 60 * S);
  expect(countReport(recent, 30 * DAY, told).recent.reported).toEqual([30 * DAY]);
});

test('grants are counted from a moment on, by the time of the tap where it is known', () => {
  const { recent } = countTap(countReport(NONE_RECENT, 100 * S, told).recent, 90 * S);
  expect(grantedAfter(recent, 89 * S)).toBe(1);
  expect(grantedAfter(recent, 90 * S)).toBe(0);
});

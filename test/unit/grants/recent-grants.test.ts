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

test('a report without a popup waits for no event, and takes none away from another tap', () => {
  expect(counted(['silent', 100 * S], ['E', 99 * S], ['R', 101 * S])).toBe(2);
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

import { describe, expect, test } from 'vitest';
import { shortestWay, transitionBetween } from '../../../lib/cards/state-order.ts';

const content = (cur_status: number) => JSON.stringify({ cur_status });
const way = (from: number | undefined, waiting: readonly number[], last: number, notifyType = 2001) =>
  shortestWay(notifyType, from, waiting.map(content), content(last)).map(
    (text) => (JSON.parse(text) as { cur_status: number }).cur_status,
  );

describe('a step from one state to another', () => {
  test.each([
    [1001, undefined, 1, 'allowed'],
    [1001, undefined, 3, 'forbidden'],
    [1001, 5, 3, 'allowed'],
    [1001, 3, 2, 'forbidden'],
    // No copy of the page shows the row of this state.
    [1001, 2, 5, 'unknown'],
    [2001, 2, 2, 'unknown'],
    [2001, 4, 2, 'forbidden'],
    // The row is from published code.
    [2001, 2, 6, 'unlikely'],
    [2001, 4, 6, 'allowed'],
    [2002, 1, 2, 'allowed'],
    [2002, 2, 1, 'forbidden'],
    [2005, 1, 1, 'allowed'],
    [2006, 10, 1, 'allowed'],
    [2006, 2, 1, 'forbidden'],
    [2008, 7, 2, 'allowed'],
    [2009, 1, 2, 'unknown'],
    // The copy of the page does not show whether a card may be activated in it.
    [2010, undefined, 1, 'unknown'],
    [2010, 2, 1, 'forbidden'],
    [2011, 8, 2, 'allowed'],
    [3001, undefined, 9, 'unknown'],
  ])('of kind %i from %s to %i is %s', (notifyType, from, to, step) => {
    expect(transitionBetween(notifyType, from, to)).toBe(step);
  });
});

describe('the way to the latest state', () => {
  test('is the latest alone where it may follow', () => {
    expect(way(2, [], 4)).toEqual([4]);
    expect(way(2, [3], 4)).toEqual([4]);
    expect(way(4, [5], 6)).toEqual([6]);
  });

  test('keeps what it needs, and nothing else', () => {
    expect(way(2, [4], 6)).toEqual([4, 6]);
    expect(way(2, [3, 4], 6)).toEqual([4, 6]);
    expect(way(2, [3, 5], 6)).toEqual([3, 5, 6]);
    expect(way(2, [3, 4, 5], 6)).toEqual([4, 6]);
  });

  test('is the latest alone where no way is known', () => {
    expect(way(2, [3], 9)).toEqual([9]);
    expect(way(1, [2, 3], 7, 2002)).toEqual([7]);
    expect(way(undefined, [], 3, 1001)).toEqual([3]);
  });
});

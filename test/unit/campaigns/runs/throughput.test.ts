import { expect, test } from 'vitest';
import { ratePerSecond, slotOf } from '../../../../lib/campaigns/runs/progress.ts';

const NOW_MS = 1_000_005_000;

test('the rate is that of the last slots, over all shards', () => {
  const slot = slotOf(NOW_MS);
  const shards = [
    new Map([
      [slot, 100],
      [slot - 9, 5_000],
    ]),
    new Map([[slot - 1, 150]]),
  ];
  expect(ratePerSecond(shards, 0, NOW_MS)).toBe(10);
  // A run that has just begun is not taken for a slow one.
  expect(ratePerSecond(shards, NOW_MS - 2_000, NOW_MS)).toBe(125);
  expect(ratePerSecond([], 0, NOW_MS)).toBe(0);
});

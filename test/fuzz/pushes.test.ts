import { expect, test } from 'vitest';
import { fuzzPushes } from './fuzz-pushes.ts';

test('3,000 mutated pushes: no crash, no 5xx, nothing queued that WeChat did not sign', async () => {
  const { findings, statuses, queued } = await fuzzPushes({ seed: 1, first: 0, count: 3000 });
  expect(findings).toEqual([]);
  // The cases are of every kind, or they prove little.
  expect([...statuses.keys()].sort()).toEqual([200, 403, 413, 422]);
  expect(queued).toBeGreaterThan(300);
});

import { expect, test } from 'vitest';
import { NO_TRACE } from '../trace.ts';
import { type CrashPoint, issueMessage, runCardWorld } from './card-world.ts';
import * as kernel from './kernel.ts';

/** `npm run simulate` takes the messages' worlds; those of cards are small enough for every run of the tests. */
const SEEDS = Number(process.env['CARD_WORLDS'] ?? 400);

test('service cards keep their rules in generated worlds full of trouble', { timeout: 120_000 }, async () => {
  const broken: string[] = [];
  let deaths = 0;
  let requests = 0;
  let erased = 0;
  let expired = 0;
  for (let seed = 1; seed <= SEEDS && broken.length === 0; seed++) {
    const result = await runCardWorld(kernel, seed, NO_TRACE);
    const rule = issueMessage(result);
    if (rule !== undefined) broken.push(`seed ${seed}: ${rule}`);
    deaths += result.deaths;
    requests += result.seen.length;
    erased += result.erased.size;
    expired += result.cards.filter(({ state }) => state === 'expired').length;
  }
  expect(broken).toEqual([]);
  // The worlds are full of trouble, else they would show nothing.
  expect(deaths).toBeGreaterThan(SEEDS / 4);
  expect(requests).toBeGreaterThan(SEEDS * 2);
  expect(erased).toBeGreaterThan(SEEDS / 40);
  expect(expired).toBeGreaterThan(SEEDS / 40);
});

test('a death before or after any one call of a quiet world leaves every rule kept', {
  timeout: 120_000,
}, async () => {
  const broken: string[] = [];
  let deaths = 0;
  // Orders and taps, changes as the time of a code ends, further facts, users who are erased.
  for (const seed of [1, 2, 4, 10, 11, 37]) {
    const { calls } = await runCardWorld(kernel, seed, NO_TRACE, { call: 0, when: 'before' });
    const points = Array.from({ length: calls }, (_, index) =>
      (['before', 'after'] as const).map((when): CrashPoint => ({ call: index + 1, when })),
    ).flat();
    for (const point of points) {
      const result = await runCardWorld(kernel, seed, NO_TRACE, point);
      deaths += result.deaths;
      const rule = issueMessage(result);
      if (rule !== undefined) broken.push(`seed ${seed}, ${point.when} call ${point.call}: ${rule}`);
    }
  }
  expect(broken).toEqual([]);
  expect(deaths).toBeGreaterThan(100);
});

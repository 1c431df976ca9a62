import { expect, test } from 'vitest';
import * as kernel from './kernel.ts';
import { runCampaignSeed } from './workload.ts';

const SEEDS = 300;

test(`no rule of campaigns is broken in ${SEEDS} worlds`, { timeout: 60_000 }, async () => {
  const broken: string[] = [];
  const states: Record<string, number> = {};
  for (let seed = 1; seed <= SEEDS; seed++) {
    const outcome = await runCampaignSeed(kernel, seed);
    if (outcome.violation)
      broken.push(`${outcome.violation.rule}: npm run simulate -- --campaigns --seed ${seed}`);
    for (const [state, count] of Object.entries(outcome.states)) states[state] = (states[state] ?? 0) + count;
  }
  expect(broken).toEqual([]);
  // Worlds in which little happens would prove little.
  expect(states['sent']).toBeGreaterThan(2 * SEEDS);
  for (const state of ['unknown', 'skipped', 'failed', 'refused']) {
    expect(states[state], state).toBeGreaterThan(0);
  }
});

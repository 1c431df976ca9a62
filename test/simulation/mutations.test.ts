import { expect, test } from 'vitest';
import * as kernel from './kernel.ts';
import { PLANTED_FAULTS } from './planted/index.ts';
import { runSeed } from './run-seed.ts';

/**
 * The rarest of the faults needs some thousand worlds, and which ones changes with every change of the rules.
 */
const SEEDS = 12_000;

test.each(PLANTED_FAULTS)('a fault is found: $name', { timeout: 400_000 }, async ({ name, plant }) => {
  const faulty = plant(kernel);
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violation } = await runSeed(faulty, seed);
    if (!violation) continue;
    console.log(`${name}: seed ${seed}, "${violation.rule}"`);
    return;
  }
  expect.unreachable(`${SEEDS} worlds did not show it`);
});

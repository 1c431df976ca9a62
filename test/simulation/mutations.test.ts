import { expect, test } from 'vitest';
import { loadMutated } from './mutated-kernel.ts';
import { MUTATIONS } from './mutations.ts';
import { runSeed } from './world.ts';

/** The rarest of the faults needs some hundred worlds, and which ones changes with every change of the rules. */
const SEEDS = 6_000;

test.each(MUTATIONS)('a fault is found: $name', { timeout: 120_000 }, async (mutation) => {
  const kernel = await loadMutated(mutation);
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violation } = await runSeed(kernel, seed);
    if (!violation) continue;
    console.log(`${mutation.name}: seed ${seed}, "${violation.rule}"`);
    return;
  }
  expect.unreachable(`${SEEDS} worlds did not show it`);
});

import { expect, test } from 'vitest';
import * as kernel from './kernel.ts';
import type { PlantedFault } from './planted/planted-fault.ts';
import { runSeed } from './run-seed.ts';

/**
 * The rarest of the faults needs some thousand worlds, and which ones changes with every change of the rules.
 */
const SEEDS = 12_000;

/** Tests that the simulation notices each of these faults. */
export function findFaults(faults: readonly PlantedFault[]): void {
  test.each(faults)('a fault is found: $name', { timeout: 400_000 }, async ({ name, plant }) => {
    const faulty = plant(kernel);
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violation } = await runSeed(faulty, seed);
      if (!violation) continue;
      console.log(`${name}: seed ${seed}, "${violation.rule}"`);
      return;
    }
    expect.unreachable(`${SEEDS} worlds did not show it`);
  });
}

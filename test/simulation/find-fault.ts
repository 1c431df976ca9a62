import { expect, test } from 'vitest';
import * as kernel from './kernel.ts';
import type { PlantedFault } from './planted/planted-fault.ts';
import { runSeed } from './run-seed.ts';

/**
 * The rarest of the faults needs some thousand worlds, and which ones changes with every change of the rules.
 */
const SEEDS = 12_000;

/** Worlds that showed a rare fault before are looked at first, which saves minutes while they still do. */
const SHOWN_BY: Readonly<Record<string, number>> = {
  'a user is erased though a record may be written again': 62131,
  'a batch taken over from a dead worker is not recovered': 10438,
  'what is erased is listed after the item went': 12275,
  'a due entry that no message lists is left where it is': 11307,
  'what a dead worker was to give back stays in its claim': 11131,
  'the dispatcher stops at an app for which it fails': 2114,
  'a planner that has read a user writes them once they are erased': 1465,
  'a sender does not look at its lease before the request': 182,
  'a refusal takes what was granted since the send began': 224,
  'a message that expires is looked at only once it could have left': 1554,
  'a run is stored before its jobs are queued': 767,
  'a grant that came after the run began is taken': 434,
  // An earlier one takes a minute of livelock.
  'canceling does not collide with a claim': 43,
};

/** Tests that the simulation notices each of these faults. */
export function findFaults(faults: readonly PlantedFault[]): void {
  test.each(faults)('a fault is found: $name', { timeout: 400_000 }, async ({ name, plant }) => {
    const faulty = plant(kernel);
    const before = SHOWN_BY[name];
    const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
    for (const seed of before === undefined ? seeds : [before, ...seeds]) {
      const { violation } = await runSeed(faulty, seed);
      if (!violation) continue;
      console.log(`${name}: seed ${seed}, "${violation.rule}"`);
      return;
    }
    expect.unreachable(`${SEEDS} worlds did not show it`);
  });
}

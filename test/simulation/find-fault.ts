import { expect, test } from 'vitest';
import * as kernel from './kernel.ts';
import type { PlantedFault } from './planted/planted-fault.ts';
import { runSeed } from './run-seed.ts';

/**
 * Most faults need a few hundred worlds, the rarest tens of thousands. Which worlds show them changes with every
 * change of the rules.
 */
const SEEDS = 12_000;

/** Worlds that showed a rare fault before are looked at first, which saves minutes while they still do. */
const SHOWN_BY: Readonly<Record<string, number>> = {
  'a user is erased though a record may be written again': 62131,
  'what is erased is listed after the item went': 12275,
  'what a dead worker was to give back stays in its claim': 11428,
  'a batch taken over from a dead worker is not recovered': 10438,
  'a report takes back what another one has announced': 8232,
  'a refusal takes what was granted since the send began': 8016,
  'the dispatcher stops at an app for which it fails': 2114,
  'a planner that has read a user writes them once they are erased': 1465,
  'a user joins an audience to which nothing leads yet': 938,
  'a message is put back for another try though its claim was given up': 934,
  'a due entry that no message lists is left where it is': 810,
  'a run is stored before its jobs are queued': 767,
  'the dispatcher moves its cursor before the jobs are on the queue': 639,
  'a message that expires is looked at only once it could have left': 542,
  'a refusal empties the ledger without a new epoch': 497,
  'the place of a message that is being sent is taken': 492,
  'a grant that came after the run began is taken': 434,
  'a user is erased while a sender may still write a record': 362,
  'a claim is taken for abandoned while its lease still runs': 277,
  'a refusal over the rate takes a limited subscription away': 260,
  'a run goes on sending while it pauses': 249,
  'what is noted while the batch is being written is forgotten': 219,
  'a key brings back the id of a message that was erased': 188,
  'a sender does not look at its lease before the request': 182,
  // Of these an earlier one takes minutes of livelock.
  'the claim is not bound to the version that was read': 72,
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

import { createChance } from './chance.ts';
import { drawFaults, NO_FAULTS } from './faults.ts';
import type { Kernel } from './kernel.ts';
import type { Outcome } from './outcome.ts';
import { drawWorkload } from './workload.ts';
import { runWorld } from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Draws a world from a seed and runs it. */
export function runSeed(kernel: Kernel, seed: number, trace?: (line: string) => void): Promise<Outcome> {
  const chance = createChance(seed);
  const faults = drawFaults(chance);
  const disaster = faults !== NO_FAULTS && chance.happens(0.005);
  const runs = !disaster && chance.happens(0.4);
  const workload = drawWorkload(chance, disaster ? 3 : runs ? chance.pick([0, 4, 10]) : 17, runs);
  const lasting = disaster
    ? { ...NO_FAULTS, ...chance.pick([{ tokenOutage: 1 }, { notReached: 1 }, { heldBack: 1 }]) }
    : faults;
  // Each copy of a run's job that has to wait makes another: in an hour of doubled jobs there would be no end
  // to them.
  const calmAfterMs = runs
    ? Math.min(1.3 * workload.horizonMs, 4 * MINUTE_MS) + chance.pick([0, 20_000, MINUTE_MS])
    : 1.3 * workload.horizonMs + chance.pick([0, 2 * MINUTE_MS, 30 * MINUTE_MS]);
  const troubleMs = disaster ? 26 * HOUR_MS : calmAfterMs;
  return runWorld({
    kernel,
    chance,
    workload,
    faults: lasting,
    troubleMs,
    generous: chance.happens(0.6),
    pushes: chance.happens(0.5),
    answersMsgid: chance.happens(0.5),
    pageSize: chance.between(1, 4),
    trace,
  });
}

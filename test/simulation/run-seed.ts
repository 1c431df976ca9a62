import { type Chance, createChance } from './chance.ts';
import { drawBreakdown, drawFaults, drawOtherFaults, NO_FAULTS, withoutWeChat } from './faults.ts';
import type { Kernel } from './kernel.ts';
import type { Outcome } from './outcome.ts';
import { drawWorkload } from './workload.ts';
import { runWorld, type WorldOptions } from './world.ts';
import type { AppOptions } from './world-app.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** In so many worlds there is one app, as in most stages. */
const ALONE = 0.15;
/** Of the others, the WeChat of one of the two is of no use in so many. */
const BROKEN_DOWN = 0.12;

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
  const first = {
    workload,
    faults: lasting,
    generous: chance.happens(0.6),
    pushes: chance.happens(0.5),
    answersMsgid: chance.happens(0.5),
    isLimited: false,
  };
  const alone = { apps: [first], faults: lasting, troubleMs };
  const stage = disaster || chance.happens(ALONE) ? alone : besideAnother(chance, first, runs, troubleMs);
  return runWorld({ kernel, chance, ...stage, pageSize: chance.between(1, 4), trace });
}

/**
 * Another app of the same users, templates and keys comes to an app, before it or after it, with a WeChat of its
 * own. Now and then that of one of the two breaks down, and the other must not feel it.
 */
function besideAnother(
  chance: Chance,
  app: AppOptions,
  mayRun: boolean,
  troubleMs: number,
): Pick<WorldOptions, 'apps' | 'faults' | 'troubleMs'> {
  const isBroken = chance.happens(BROKEN_DOWN);
  const runs = mayRun && chance.happens(0.5);
  const other: AppOptions = {
    // The same at the same moments, or something else.
    workload: chance.happens(isBroken ? 0.5 : 0.15)
      ? app.workload
      : drawWorkload(chance, runs ? chance.pick([0, 4]) : chance.pick([2, 6]), runs),
    faults: drawOtherFaults(chance, app.faults),
    generous: chance.happens(0.6),
    pushes: chance.happens(0.5),
    answersMsgid: chance.happens(0.5),
    isLimited: false,
  };
  const both = chance.happens(0.5) ? [app, other] : [other, app];
  if (!isBroken) return { apps: both, faults: app.faults, troubleMs };
  const broken = chance.between(0, 1);
  const faults = chance.happens(0.5) ? NO_FAULTS : withoutWeChat(app.faults);
  const apps = both.map((one, index) => ({
    ...one,
    isLimited: true,
    faults: index === broken ? drawBreakdown(chance, faults) : faults,
  }));
  // While jobs wait, each that a function dies over makes another: in an hour of it there would be no end to them.
  const lastingMs =
    faults === NO_FAULTS
      ? Math.max(troubleMs, chance.pick([0, 45 * MINUTE_MS]))
      : Math.min(troubleMs, 5 * MINUTE_MS);
  return { apps, faults, troubleMs: lastingMs };
}

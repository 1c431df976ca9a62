import { APP_IDS, createSettings } from './apps.ts';
import { type PlanCall, plansByChance } from './call-plans.ts';
import type { Chance } from './chance.ts';
import { type Faults, NO_FAULTS } from './faults.ts';
import { createFunctions, type Functions } from './functions.ts';
import type { Kernel } from './kernel.ts';
import { endsOf, type Outcome, type Violation } from './outcome.ts';
import { createProcesses } from './processes.ts';
import { createQueue, type Queue } from './queue.ts';
import { createScheduler } from './scheduler.ts';
import type { QueueName } from './services.ts';
import { createStream } from './stream.ts';
import { createTable, type Table } from './table.ts';
import { createTicker, type Ticker } from './ticker.ts';
import { NO_TRACE, type Trace } from './trace.ts';
import { ONCE } from './workload.ts';
import { type AppOptions, createWorldApp, type Stage, type WorldApp } from './world-app.ts';

/** One world, to the last setting. */
export interface WorldOptions {
  readonly kernel: Kernel;
  readonly chance: Chance;
  /** The mini programs that share the table, the queues, the stream and the functions; the first one first. */
  readonly apps: readonly AppOptions[];
  /** The troubles that are not WeChat's. */
  readonly faults: Faults;
  /** How long trouble lasts, counted from the start. */
  readonly troubleMs: number;
  /** How many recipients a batch of a run holds. */
  readonly pageSize: number;
  /** Decides on each call to the outside; by chance and by the faults when left out. */
  readonly plan?: PlanCall;
  /** WeChat's first answers, to each app. */
  readonly script?: readonly number[];
  readonly trace?: ((line: string) => void) | undefined;
}

/** Noon in Beijing, so that the quota's midnight is half a day away. */
export const START_MS = Date.UTC(2026, 10, 23, 4);
const MOST_EVENTS = 500_000;
const MOST_ROUNDS = 50;

/** Runs a world until nothing is left to happen, and checks the rules of each app all the way. */
export async function runWorld(options: WorldOptions): Promise<Outcome> {
  const { kernel, chance } = options;
  const scheduler = createScheduler(START_MS);
  const isTroubled = () => scheduler.now() - START_MS < options.troubleMs;
  const faults = () => (isTroubled() ? options.faults : NO_FAULTS);
  const stamp = () => `+${((scheduler.now() - START_MS) / 1000).toFixed(3)}s`.padStart(14);
  const trace: Trace = options.trace
    ? (who, what) => options.trace?.(`${stamp()} ${who.padEnd(12)} ${what}`)
    : NO_TRACE;
  const plan = options.plan ?? plansByChance(chance, faults);
  const processes = createProcesses(scheduler, plan, trace, () => {
    const { skewMs } = faults();
    return skewMs === 0 ? 0 : Math.trunc((2 * chance.next() - 1) * skewMs);
  });
  let violation: Violation | undefined;
  const fail = (rule: string, facts: unknown) => {
    violation ??= { rule, facts, atMs: scheduler.now() - START_MS };
  };

  const shared = { kernel, scheduler, chance, processes, faults, trace };
  const stage: Stage = {
    ...shared,
    plan,
    script: options.script ?? [],
    isTroubled,
    table: () => table,
    functions: () => functions,
    queue: () => queues.events,
    fail,
  };
  const apps = new Map<string, WorldApp>(
    options.apps.map((app, index) => [APP_IDS[index]!, createWorldApp(stage, APP_IDS[index]!, app)]),
  );
  const all = [...apps.values()];
  const stream = createStream({ ...shared, deliver: (batch, ended) => functions.stream(batch, ended) });
  const table: Table = createTable((appId) => {
    const app = apps.get(appId);
    const onStream = stream.writesOf(appId);
    return {
      written(write) {
        app?.listener.written(write);
        if (app) onStream.written(write);
      },
      entered: () => ticker.arm(),
      deleted(openid, by) {
        app?.listener.deleted(openid, by);
        onStream.deleted(openid);
      },
    };
  });
  const functions: Functions = createFunctions({
    ...shared,
    table,
    apps: createSettings([...apps.keys()], (appId) => apps.get(appId)?.faults().breakdown === 'settings'),
    appOf: (appId) => apps.get(appId)!,
    queues: () => queues,
    campaignTemplateId: ONCE.templateId,
    pageSize: options.pageSize,
    eventTaken: (appId, event) => apps.get(appId)?.rules.eventTaken(event),
    streamed: (appId, entry) => apps.get(appId)?.rules.streamed(entry),
    unexpected: (error) => fail('no function fails by itself', error),
  });
  const queueOf = (name: QueueName): Queue => createQueue({ ...shared, deliver: functions.deliver[name] });
  const queues = { sends: queueOf('sends'), campaigns: queueOf('campaigns'), events: queueOf('events') };
  const ticker: Ticker = createTicker({
    ...shared,
    functions,
    states: () => table.parts().map(({ state }) => state),
  });

  /** Somebody sees to dead letters, and to runs that still pause once trouble is over. */
  function lookAfter(): boolean {
    const ofAll = Object.values(queues);
    const paused = all.flatMap(({ callers, pausedRuns }) =>
      pausedRuns().map((runId) => () => callers.resume(runId)),
    );
    if (paused.length === 0 && ofAll.every(({ dead }) => dead.length === 0)) return false;
    scheduler.after(START_MS + options.troubleMs - scheduler.now(), () => {
      for (const queue of ofAll) queue.redrive();
      for (const resume of paused) resume();
    });
    return true;
  }

  let steps = 0;
  const stop = () => {
    steps += 1;
    return violation !== undefined;
  };
  try {
    for (const app of all) await app.grantBefore();
    for (const app of all) app.begin();
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const rest = await scheduler.run(stop, MOST_EVENTS);
      if (rest === 'limit') fail('the world comes to rest', { steps });
      if (rest !== 'at-rest' || !lookAfter()) break;
    }
    for (const app of all) {
      if (!violation) await app.atRest(processes.deaths(), options.plan !== undefined);
    }
  } catch (error) {
    fail('what is written can be read back', error);
  }
  return {
    ...(violation && { violation }),
    steps,
    requests: all.reduce((sum, { wechat }) => sum + wechat.requests.length, 0),
    ...endsOf(all.map(({ state }) => state())),
  };
}

import { type Callers, createCallers } from './callers.ts';
import { type Chance, createChance } from './chance.ts';
import { createEvents, type Events } from './events.ts';
import { drawFaults, type Faults, NO_FAULTS, type PlanCall, plansByChance } from './faults.ts';
import { createFunctions, type Functions } from './functions.ts';
import type { Kernel } from './kernel.ts';
import { createProcesses } from './processes.ts';
import { createQueue, type Queue } from './queue.ts';
import { createRules, type Trouble } from './rules.ts';
import { createScheduler } from './scheduler.ts';
import { createTable, type TableState } from './table.ts';
import { createTicker } from './ticker.ts';
import { describeWrite, NO_TRACE, type Trace } from './trace.ts';
import { createWeChat } from './wechat.ts';
import { drawWorkload, type Workload } from './workload.ts';

/** A rule that was broken, and how. */
export interface Violation {
  readonly rule: string;
  readonly facts: unknown;
  readonly atMs: number;
}

/** How one world went. */
export interface Outcome {
  readonly violation?: Violation;
  readonly steps: number;
  readonly messages: number;
  readonly requests: number;
  readonly state: TableState;
}

/** One world, to the last setting. */
export interface WorldOptions {
  readonly kernel: Kernel;
  readonly chance: Chance;
  readonly workload: Workload;
  readonly faults: Faults;
  /** How long trouble lasts, counted from the start. */
  readonly troubleMs: number;
  readonly generous: boolean;
  /** Whether WeChat pushes events, and whether it answers a send with a msgid. */
  readonly pushes: boolean;
  readonly answersMsgid: boolean;
  /** Decides on each call to the outside; by chance and by the faults when left out. */
  readonly plan?: PlanCall;
  /** WeChat's first answers. */
  readonly script?: number[];
  readonly trace?: (line: string) => void;
}

/** Noon in Beijing, so that the quota's midnight is half a day away. */
const START_MS = Date.UTC(2026, 10, 23, 4);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MOST_EVENTS = 1_000_000;

/** Draws a world from a seed and runs it. */
export function runSeed(kernel: Kernel, seed: number, trace?: (line: string) => void): Promise<Outcome> {
  const chance = createChance(seed);
  const faults = drawFaults(chance);
  const disaster = faults !== NO_FAULTS && chance.happens(0.005);
  const workload = drawWorkload(chance, disaster ? 3 : 17);
  const lasting = disaster
    ? { ...NO_FAULTS, ...chance.pick([{ tokenOutage: 1 }, { notReached: 1 }, { heldBack: 1 }]) }
    : faults;
  const troubleMs = disaster
    ? 26 * HOUR_MS
    : workload.horizonMs * 1.3 + chance.pick([0, 2 * MINUTE_MS, 30 * MINUTE_MS]);
  return runWorld({
    kernel,
    chance,
    workload,
    faults: lasting,
    troubleMs,
    generous: chance.happens(0.5),
    pushes: chance.happens(0.5),
    answersMsgid: chance.happens(0.5),
    ...(trace && { trace }),
  });
}

/** Runs a world until nothing is left to happen, and checks the rules all the way. */
export async function runWorld(options: WorldOptions): Promise<Outcome> {
  const { kernel, chance, workload } = options;
  const scheduler = createScheduler(START_MS);
  const faults = () => (scheduler.now() - START_MS < options.troubleMs ? options.faults : NO_FAULTS);
  const trace: Trace = options.trace
    ? (who, what) => options.trace?.(`${stamp()} ${who.padEnd(12)} ${what}`)
    : NO_TRACE;
  const stamp = () => `+${((scheduler.now() - START_MS) / 1000).toFixed(3)}s`.padStart(14);
  const plan = options.plan ?? plansByChance(chance, faults);
  const processes = createProcesses(scheduler, plan, trace, () => {
    const { skewMs } = faults();
    return skewMs === 0 ? 0 : Math.trunc((2 * chance.next() - 1) * skewMs);
  });
  const longTerm = (templateId: string) =>
    workload.templates.some(
      (template) => template.templateId === templateId && template.kind === 'long-term',
    );

  let violation: Violation | undefined;
  const fail = (rule: string, facts: unknown) => {
    violation ??= { rule, facts, atMs: scheduler.now() - START_MS };
  };

  const rules = createRules({
    scheduler,
    state: () => table.state,
    requests: () => wechat.requests,
    longTerm,
    pushes: options.pushes,
    skewMs: options.faults.skewMs,
    reportOf: (openid, requestId) => callers.reportOf(openid, requestId),
    fail,
  });
  const table = createTable({
    processes,
    chance,
    faults,
    now: scheduler.now,
    written(write) {
      if (options.trace) trace('table', describeWrite(write));
      rules.written(write);
      for (const { message } of write.records ?? [])
        if (message.state === 'unknown') callers.noticeUnknown(message.id);
    },
    entered: () => ticker.arm(),
    deleted(openid, by) {
      trace('table', `the item of ${openid} is deleted`);
      rules.deleted(openid, by);
    },
  });
  const wechat = createWeChat({
    scheduler,
    processes,
    chance,
    faults,
    plan,
    trace,
    longTerm,
    skewMs: options.faults.skewMs,
    generous: options.generous,
    ...(options.script && { script: [...options.script] }),
    leaving: rules.leaving,
    accepted: rules.accepted,
    answersMsgid: options.answersMsgid,
    ...(options.pushes && { tell: (event) => events.tell(event) }),
  });
  const functions: Functions = createFunctions({
    kernel,
    scheduler,
    processes,
    chance,
    faults,
    table,
    wechat,
    queue: () => queue,
    unexpected: (error) => fail('no function fails by itself', error),
  });
  const queue: Queue = createQueue({ scheduler, processes, chance, faults, deliver: functions.send });
  const events: Events = createEvents({
    scheduler,
    chance,
    faults,
    trace,
    take: (event, ended) => {
      trace('wechat', `tells ${JSON.stringify(event)}`);
      functions.takeEvent(event, callers.kinds(), ended);
    },
  });
  const callers: Callers = createCallers({
    scheduler,
    chance,
    faults,
    functions,
    rules,
    wechat,
    templates: workload.templates,
    trace,
  });
  const ticker = createTicker({ scheduler, chance, faults, functions, state: table.state });

  for (const { atMs, deed } of workload.deeds) scheduler.after(atMs, () => callers.act(deed));
  let steps = 0;
  const stop = () => {
    steps += 1;
    return violation !== undefined;
  };
  try {
    for (let round = 0; round < 50; round++) {
      const rest = await scheduler.run(stop, MOST_EVENTS);
      if (rest === 'limit') fail('the world comes to rest', { steps });
      if (rest !== 'at-rest' || queue.dead.length === 0) break;
      trace('operator', `redrives ${queue.dead.length} dead letters`);
      queue.redrive();
    }
  } catch (error) {
    fail('what is written can be read back', error);
  }
  if (!violation) rules.atRest(troubleOf(options, processes.deaths()));
  return {
    ...(violation && { violation }),
    steps,
    messages: table.state.messages.size,
    requests: wechat.requests.length,
    state: table.state,
  };
}

function troubleOf({ faults, plan }: WorldOptions, deaths: number): Trouble {
  const { crash, stall, slowRead, heldUpWrite, failBefore, failAfter } = faults;
  if (deaths > 0 || plan || crash + stall + slowRead + heldUpWrite + failBefore + failAfter > 0)
    return 'everywhere';
  return faults === NO_FAULTS ? 'none' : 'outside';
}

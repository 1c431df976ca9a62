import { type Callers, createCallers } from './callers.ts';
import type { Chance } from './chance.ts';
import { type Faults, NO_FAULTS, type PlanCall, plansByChance } from './faults.ts';
import { createFunctions, type Functions } from './functions.ts';
import type { Kernel } from './kernel.ts';
import { endsOf, type Outcome, type Violation } from './outcome.ts';
import { createProcesses } from './processes.ts';
import { createPushes } from './pushes.ts';
import { createQueue, type Queue } from './queue.ts';
import { createRules } from './rules.ts';
import { CAMPAIGN_ID } from './run-ports.ts';
import { createScheduler } from './scheduler.ts';
import type { Trouble } from './send-rules.ts';
import { createTablePorts, type QueueName } from './services.ts';
import { createTable, type Table } from './table.ts';
import { createTicker, type Ticker } from './ticker.ts';
import { describeWrite, NO_TRACE, type Trace } from './trace.ts';
import type { Caller } from './user-ports.ts';
import { createWeChat, type SimulatedWeChat } from './wechat.ts';
import { ONCE, type Workload } from './workload.ts';

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
  /** How many recipients a batch of a run holds. */
  readonly pageSize: number;
  /** Decides on each call to the outside; by chance and by the faults when left out. */
  readonly plan?: PlanCall;
  /** WeChat's first answers. */
  readonly script?: readonly number[];
  readonly trace?: ((line: string) => void) | undefined;
}

/** Noon in Beijing, so that the quota's midnight is half a day away. */
const START_MS = Date.UTC(2026, 10, 23, 4);
const MOST_EVENTS = 500_000;
const MOST_ROUNDS = 50;

/** Runs a world until nothing is left to happen, and checks the rules all the way. */
export async function runWorld(options: WorldOptions): Promise<Outcome> {
  const { kernel, chance, workload } = options;
  const scheduler = createScheduler(START_MS);
  const faults = () => (scheduler.now() - START_MS < options.troubleMs ? options.faults : NO_FAULTS);
  const stamp = () => `+${((scheduler.now() - START_MS) / 1000).toFixed(3)}s`.padStart(14);
  const trace: Trace = options.trace
    ? (who, what) => options.trace?.(`${stamp()} ${who.padEnd(12)} ${what}`)
    : NO_TRACE;
  const plan = options.plan ?? plansByChance(chance, faults);
  const processes = createProcesses(scheduler, plan, trace, () => {
    const { skewMs } = faults();
    return skewMs === 0 ? 0 : Math.trunc((2 * chance.next() - 1) * skewMs);
  });
  const kindOf = new Map(workload.templates.map(({ templateId, kind }) => [templateId, kind]));
  const longTerm = (templateId: string) => kindOf.get(templateId) === 'long-term';

  let violation: Violation | undefined;
  const fail = (rule: string, facts: unknown) => {
    violation ??= { rule, facts, atMs: scheduler.now() - START_MS };
  };
  const rules = createRules({
    scheduler,
    state: () => table.state,
    requests: () => wechat.requests,
    longTerm,
    campaignTemplateId: ONCE.templateId,
    pushes: options.pushes,
    skewMs: options.faults.skewMs,
    wrongMsgids: options.faults.wrongMsgid > 0,
    faults: options.faults,
    reportOf: (openid, requestId) => callers.reportOf(openid, requestId),
    fail,
  });
  const table: Table = createTable({
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
  const shared = { scheduler, chance, faults, trace };
  const pushes = createPushes({ ...shared, queue: () => queues.events });
  const wechat: SimulatedWeChat = createWeChat({
    ...shared,
    processes,
    plan,
    longTerm,
    skewMs: options.faults.skewMs,
    generous: options.generous,
    script: [...(options.script ?? [])],
    leaving: rules.leaving,
    accepted: rules.accepted,
    answersMsgid: options.answersMsgid,
    pushes: options.pushes ? pushes : undefined,
  });
  const functions: Functions = createFunctions({
    ...shared,
    kernel,
    processes,
    table,
    wechat,
    queues: () => queues,
    kinds: () => callers.kinds(),
    campaignTemplateId: ONCE.templateId,
    pageSize: options.pageSize,
    eventTaken: rules.eventTaken,
    unexpected: (error) => fail('no function fails by itself', error),
  });
  const queueOf = (name: QueueName): Queue =>
    createQueue({ ...shared, processes, deliver: functions.deliver[name] });
  const queues = { sends: queueOf('sends'), campaigns: queueOf('campaigns'), events: queueOf('events') };
  const callers: Callers = createCallers({
    ...shared,
    functions,
    rules,
    wechat,
    templates: workload.templates,
  });
  const ticker: Ticker = createTicker({ ...shared, functions, state: table.state });
  const calm: Caller = {
    call: async (_label, effect) => effect(),
    clock: scheduler.now,
    process: { name: 'nobody', clock: scheduler.now, alive: true, crash: () => {} },
  };
  const ports = createTablePorts({ table, kernel }, calm);

  /** Everybody's phone has told of their first taps. */
  async function grantBefore(): Promise<void> {
    const noWaiting = { sleep: async () => {}, random: chance.next };
    const services = {
      ...noWaiting,
      store: ports.grantStore,
      authority: 'client' as const,
      isCatalogueSynced: async () => true,
      clock: calm.clock,
    };
    for (const [openid, count] of Object.entries(workload.granted)) {
      for (let tap = 0; tap < count; tap++) {
        const results = { [ONCE.templateId]: 'accept' };
        const told = { openid, requestId: `before${tap}`, report: { results, silent: [] } };
        callers.tap(told);
        await kernel.reportGrants(services, openid, told.requestId, told.report, kindOf);
      }
    }
  }

  /** Somebody sees to dead letters, and to runs that still pause once trouble is over. */
  function lookAfter(): boolean {
    const all = Object.values(queues);
    const paused = table.state.runs().filter(({ status }) => status === 'paused');
    if (paused.length === 0 && all.every(({ dead }) => dead.length === 0)) return false;
    scheduler.after(START_MS + options.troubleMs - scheduler.now(), () => {
      for (const queue of all) queue.redrive();
      for (const { id } of paused) callers.resume(id);
    });
    return true;
  }

  let steps = 0;
  const stop = () => {
    steps += 1;
    return violation !== undefined;
  };
  try {
    await grantBefore();
    for (const { atMs, deed } of workload.deeds) scheduler.after(atMs, () => callers.act(deed));
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const rest = await scheduler.run(stop, MOST_EVENTS);
      if (rest === 'limit') fail('the world comes to rest', { steps });
      if (rest !== 'at-rest' || !lookAfter()) break;
    }
    const shown = { runs: ports.runs, clock: scheduler.now };
    const trouble = troubleOf(options, processes.deaths());
    if (!violation) await rules.atRest(trouble, (run) => kernel.readRun(shown, CAMPAIGN_ID, run.id));
  } catch (error) {
    fail('what is written can be read back', error);
  }
  return {
    ...(violation && { violation }),
    steps,
    requests: wechat.requests.length,
    ...endsOf(table.state),
  };
}

function troubleOf({ faults, plan }: WorldOptions, deaths: number): Trouble {
  const { crash, stall, slowRead, heldUpWrite, failBefore, failAfter } = faults;
  if (deaths > 0 || plan || crash + stall + slowRead + heldUpWrite + failBefore + failAfter > 0)
    return 'everywhere';
  return faults === NO_FAULTS ? 'none' : 'outside';
}

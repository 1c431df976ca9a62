import { readRun } from '../../../lib/campaigns/runs/read-run.ts';
import { scheduledRunId } from '../../../lib/campaigns/runs/run.ts';
import { emptyLedger } from '../../../lib/grants/ledger.ts';
import { recordReport } from '../../../lib/grants/report-grants.ts';
import type { Chance } from '../chance.ts';
import { type Faults, NO_FAULTS, type PlanCall, plansByChance } from '../faults.ts';
import { createProcesses } from '../processes.ts';
import { createQueue, type Queue } from '../queue.ts';
import { createScheduler } from '../scheduler.ts';
import { createWeChat } from '../wechat.ts';
import {
  CAMPAIGN_ID,
  type CampaignFunctions,
  type Control,
  createCampaignFunctions,
  TEMPLATE_ID,
} from './functions.ts';
import type { CampaignKernel } from './kernel.ts';
import { createCampaignRules } from './rules.ts';
import { createCampaignTable } from './table.ts';

/** What somebody does in a world. Runs are numbered. */
export type CampaignDeed =
  /** The trigger of a run is delivered. */
  | { readonly type: 'start'; readonly run: number; readonly ofRun?: number }
  | { readonly type: Control; readonly run: number }
  /** A user grants once more. */
  | { readonly type: 'grant'; readonly openid: string }
  | { readonly type: 'erase'; readonly openid: string }
  /** A message of its own is accepted for a user. */
  | { readonly type: 'message'; readonly openid: string; readonly hold: boolean };

/** One world, to the last setting. */
export interface CampaignWorldOptions {
  readonly kernel: CampaignKernel;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly troubleMs: number;
  /** Users by how many grants they have at the beginning. */
  readonly users: Readonly<Record<string, number>>;
  readonly deeds: readonly { readonly atMs: number; readonly deed: CampaignDeed }[];
  /** Whether WeChat accepts sends beyond its own count, so that a second one would show. */
  readonly generous: boolean;
  readonly pageSize: number;
  readonly plan?: PlanCall;
  /** WeChat's first answers. */
  readonly script?: number[];
  readonly trace?: (line: string) => void;
}

/** How it went. */
export interface CampaignOutcome {
  readonly violation?: { readonly rule: string; readonly facts: unknown; readonly atMs: number };
  readonly requests: number;
  /** How many recipients ended in each state, over all runs. */
  readonly states: Readonly<Record<string, number>>;
}

const START_MS = Date.UTC(2026, 10, 23, 4);
const MOST_EVENTS = 300_000;
const MOST_ROUNDS = 12;

const runIdOf = (run: number) => scheduledRunId(CAMPAIGN_ID, START_MS + run * 1_000);

/** Runs a world until nothing is left to happen, and checks the rules all the way. */
export async function runCampaignWorld(options: CampaignWorldOptions): Promise<CampaignOutcome> {
  const { kernel, chance } = options;
  const scheduler = createScheduler(START_MS);
  const faults = () => (scheduler.now() - START_MS < options.troubleMs ? options.faults : NO_FAULTS);
  const trace = (who: string, what: string) =>
    options.trace?.(`+${((scheduler.now() - START_MS) / 1000).toFixed(3)}s ${who.padEnd(12)} ${what}`);
  const plan = options.plan ?? lateAnswers(chance, faults);
  const processes = createProcesses(scheduler, plan, trace, () =>
    Math.trunc((2 * chance.next() - 1) * faults().skewMs),
  );
  let violation: CampaignOutcome['violation'];
  const fail = (rule: string, facts: unknown) => {
    violation ??= { rule, facts, atMs: scheduler.now() - START_MS };
  };
  const rules = createCampaignRules({
    scheduler,
    table: () => table,
    faults: options.faults,
    isUntroubled: options.faults === NO_FAULTS && !options.plan,
    fail,
  });
  const table = createCampaignTable(
    (run) => rules.runWritten(run),
    (what) => options.trace && trace('table', what()),
    (openid) => {
      trace('table', `the item of ${openid} is deleted`);
      rules.deleted(openid);
    },
  );
  const wechat = createWeChat({
    scheduler,
    processes,
    chance,
    faults,
    plan,
    trace,
    longTerm: () => false,
    skewMs: options.faults.skewMs,
    generous: options.generous,
    ...(options.script && { script: [...options.script] }),
    leaving: (request) => rules.leaving(request),
    accepted: rules.accepted,
    answersMsgid: chance.happens(0.5),
  });
  const functions: CampaignFunctions = createCampaignFunctions({
    kernel,
    scheduler,
    processes,
    chance,
    faults,
    table,
    wechat,
    queues: () => queues,
    pageSize: options.pageSize,
    unexpected: (error) => fail('no function fails by itself', error),
  });
  const queueOptions = { scheduler, processes, chance, faults };
  const queues: Readonly<Record<'campaigns' | 'messages', Queue>> = {
    campaigns: createQueue({ ...queueOptions, deliver: functions.workOn }),
    messages: createQueue({ ...queueOptions, deliver: functions.sendMessages }),
  };

  function grant(openid: string): void {
    const ledger = table.ledgers.get(openid) ?? emptyLedger(openid);
    const report = { results: { [TEMPLATE_ID]: 'accept' }, silent: [] };
    const kindOf = () => 'one-time' as const;
    table.putLedger(recordReport(ledger, report, { authority: 'client', kindOf, nowMs: scheduler.now() }));
    wechat.allow(openid, TEMPLATE_ID);
    rules.granted(openid, scheduler.now());
  }

  /** As EventBridge does, the trigger of a start that failed comes again. */
  function start(runId: string, ofRunId: string | undefined, tries = 10): void {
    functions.start(runId, ofRunId, (type) => {
      if (type !== undefined && type !== 'run-not-over') rules.promised(runId, type);
      else if (tries > 1) scheduler.after(20_000, () => start(runId, ofRunId, tries - 1));
    });
  }

  function control(type: Control, runId: string, tries = 10): void {
    functions.control(type, runId, (done) => {
      if (!done && tries > 1) scheduler.after(1_000, () => control(type, runId, tries - 1));
    });
  }

  function erase(openid: string, tries = 8): void {
    functions.erase(openid, (done) => {
      if (!done && tries > 1) scheduler.after(20_000, () => erase(openid, tries - 1));
    });
  }

  function act(deed: CampaignDeed): void {
    trace('world', JSON.stringify(deed));
    if (deed.type === 'start')
      start(runIdOf(deed.run), deed.ofRun === undefined ? undefined : runIdOf(deed.ofRun));
    else if (deed.type === 'grant') grant(deed.openid);
    else if (deed.type === 'erase') erase(deed.openid);
    else if (deed.type === 'message') functions.order(deed.openid, deed.hold);
    else control(deed.type, runIdOf(deed.run));
  }

  for (const [openid, count] of Object.entries(options.users)) {
    for (let tap = 0; tap < count; tap++) grant(openid);
  }
  for (const { atMs, deed } of options.deeds) scheduler.after(atMs, () => act(deed));

  for (let round = 0; round < MOST_ROUNDS && !violation; round++) {
    const rest = await scheduler.run(() => violation !== undefined, MOST_EVENTS);
    if (rest === 'limit') fail('everything comes to an end', { events: MOST_EVENTS });
    const paused = [...table.runs.values()].filter(({ status }) => status === 'paused');
    const dead = queues.campaigns.dead.length + queues.messages.dead.length;
    if (paused.length === 0 && dead === 0) break;
    // Somebody sees the alarm, and that a run still pauses.
    scheduler.after(Math.max(0, START_MS + options.troubleMs - scheduler.now()), () => {
      queues.campaigns.redrive();
      queues.messages.redrive();
      for (const { id } of paused) control('resume', id);
    });
  }
  const calm = table.ports(async (_label, effect) => effect(), kernel, scheduler.now);
  const services = { runs: calm.runs, clock: scheduler.now };
  if (!violation) await rules.atRest((run) => readRun(services, CAMPAIGN_ID, run.id));
  return { ...(violation && { violation }), requests: wechat.requests.length, states: statesIn() };

  function statesIn(): Record<string, number> {
    const states: Record<string, number> = {};
    for (const { id } of table.runs.values()) {
      for (const { results } of table.pagesOf(id)) {
        for (const { state } of results.results.values()) states[state] = (states[state] ?? 0) + 1;
      }
    }
    return states;
  }
}

/**
 * By chance, and more often than that two answers that come late: of a claim when its lease is nearly over or is, and of a page's
 * results when more are known by then.
 */
function lateAnswers(chance: Chance, faults: () => Faults): PlanCall {
  const plans = plansByChance(chance, faults);
  return (label) => {
    const plan = plans(label);
    if (label === 'put results' && chance.happens(0.1))
      return { ...plan, untilAnswerMs: chance.between(50, 900) };
    if (label === 'commit ledger' && chance.happens(2 * faults().stall))
      return { ...plan, untilAnswerMs: chance.between(44_000, 56_000) };
    return plan;
  };
}

import { readGrantKey } from '../../lib/grants/grant-key.ts';
import { isSubscription } from '../../lib/grants/ledger.ts';
import type { PlanCall } from './call-plans.ts';
import { type Callers, createCallers } from './callers.ts';
import type { Chance } from './chance.ts';
import { type AppFaults, isFaultless, NO_FAULTS } from './faults.ts';
import type { Functions } from './functions.ts';
import type { Kernel } from './kernel.ts';
import type { Processes } from './processes.ts';
import { createPushes } from './pushes.ts';
import type { Queue } from './queue.ts';
import { createRules, type Rules } from './rules.ts';
import { CAMPAIGN_ID } from './run-ports.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trouble } from './send-rules.ts';
import { createTablePorts, type SimulatedApp } from './services.ts';
import type { Table, TableListener } from './table.ts';
import type { TableState } from './table-part.ts';
import { describeWrite, NO_TRACE, type Trace } from './trace.ts';
import type { Caller } from './user-ports.ts';
import { createWeChat, type SimulatedWeChat } from './wechat.ts';
import { ONCE, type Workload } from './workload.ts';

/** One mini program of a world, to the last setting. */
export interface AppOptions {
  readonly workload: Workload;
  /** The troubles of the stage, with those of this app's own WeChat. */
  readonly faults: AppFaults;
  readonly generous: boolean;
  /** Whether WeChat pushes events, and whether it answers a send with a msgid. */
  readonly pushes: boolean;
  readonly answersMsgid: boolean;
  /** Whether the real rate limiter is at work, or chance. */
  readonly isLimited: boolean;
}

/** What the apps of a world share. */
export interface Stage {
  readonly kernel: Kernel;
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly processes: Processes;
  readonly plan: PlanCall;
  readonly script: readonly number[];
  readonly trace: Trace;
  readonly table: () => Table;
  readonly functions: () => Functions;
  readonly queue: () => Queue;
  readonly isTroubled: () => boolean;
  readonly fail: (rule: string, facts: unknown) => void;
}

/** A mini program with its account at WeChat, its users and callers, and the rules that hold for it. */
export interface WorldApp extends SimulatedApp {
  readonly rules: Rules;
  readonly callers: Callers;
  readonly listener: Pick<TableListener, 'written' | 'deleted'>;
  state(): TableState;
  /** Everybody's phone has told of their first taps. */
  grantBefore(): Promise<void>;
  /** Plans what its callers do. */
  begin(): void;
  /** Somebody sees that a run still pauses. */
  pausedRuns(): readonly string[];
  atRest(deaths: number, isPlanned: boolean): Promise<void>;
}

/** Makes one of a stage's mini programs. */
export function createWorldApp(stage: Stage, appId: string, options: AppOptions): WorldApp {
  const { kernel, scheduler, chance, trace } = stage;
  const { workload } = options;
  const faults = () => (stage.isTroubled() ? options.faults : NO_FAULTS);
  const kindOf = new Map(workload.templates.map(({ templateId, kind }) => [templateId, kind]));
  const kindOfGrant = (grant: string) => kindOf.get(readGrantKey(grant).templateId) ?? 'unknown';
  const subscribes = (grant: string) => isSubscription(kindOfGrant(grant));
  const state = () => stage.table().at(kernel.userPartition({ appId }, '')).state;
  const fail = (rule: string, facts: unknown) => stage.fail(rule, { appId, facts });

  const rules: Rules = createRules({
    appId,
    scheduler,
    state,
    requests: () => wechat.requests,
    isSubscription: subscribes,
    isOfDevices: (grant) => kindOfGrant(grant) === 'device',
    campaignTemplateId: ONCE.templateId,
    pushes: options.pushes,
    skewMs: options.faults.skewMs,
    wrongMsgids: options.faults.wrongMsgid > 0,
    faults: options.faults,
    isTokenRefused: (sendId) => wechat.isTokenRefused(sendId),
    isOwnToken: (accessToken) => wechat.isOwnToken(accessToken),
    reportOf: (openid, requestId) => callers.reportOf(openid, requestId),
    fail,
  });
  const shared = { appId, scheduler, chance, faults, trace };
  const wechat: SimulatedWeChat = createWeChat({
    ...shared,
    processes: stage.processes,
    plan: stage.plan,
    isSubscription: subscribes,
    isLimited: (templateId) => kindOfGrant(templateId) === 'limited',
    skewMs: options.faults.skewMs,
    generous: options.generous,
    script: [...stage.script],
    leaving: rules.leaving,
    accepted: rules.accepted,
    answersMsgid: options.answersMsgid,
    pushes: options.pushes ? createPushes({ ...shared, queue: stage.queue }) : undefined,
  });
  const callers: Callers = createCallers({
    ...shared,
    functions: () => stage.functions().of(appId),
    rules,
    wechat,
    templates: workload.templates,
  });
  const calm: Caller = {
    call: async (_label, effect) => effect(),
    clock: scheduler.now,
    process: { name: 'nobody', clock: scheduler.now, alive: true, crash: () => {} },
  };
  const ports = () => createTablePorts({ table: stage.table(), kernel }, appId, calm);

  async function grantBefore(): Promise<void> {
    const services = {
      sleep: async () => {},
      random: chance.next,
      store: ports().grantStore,
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

  return {
    appId,
    faults,
    wechat,
    kinds: callers.kinds,
    isLimited: options.isLimited,
    minted: rules.minted,
    counted: rules.counted,
    published: rules.published,
    rules,
    callers,
    state,
    grantBefore,
    listener: {
      written(write) {
        if (trace !== NO_TRACE) trace(`table ${appId}`, describeWrite(write));
        rules.written(write);
        for (const { message } of write.records ?? [])
          if (message.state === 'unknown') callers.noticeUnknown(message.id);
      },
      deleted(openid, by) {
        trace(`table ${appId}`, `the item of ${openid} is deleted`);
        rules.deleted(openid, by);
      },
    },
    begin() {
      for (const { atMs, deed } of workload.deeds) scheduler.after(atMs, () => callers.act(deed));
    },
    pausedRuns: () =>
      state()
        .runs()
        .filter(({ status }) => status === 'paused')
        .map(({ id }) => id),
    async atRest(deaths, isPlanned) {
      const shown = { runs: ports().runs, clock: scheduler.now };
      const trouble = troubleOf(options.faults, deaths > 0 || isPlanned);
      await rules.atRest(trouble, (run) => kernel.readRun(shown, CAMPAIGN_ID, run.id));
    },
  };
}

function troubleOf(faults: AppFaults, isHurt: boolean): Trouble {
  const { crash, stall, slowRead, heldUpWrite, failBefore, failAfter, breakdown } = faults;
  if (
    isHurt ||
    breakdown === 'settings' ||
    crash + stall + slowRead + heldUpWrite + failBefore + failAfter > 0
  )
    return 'everywhere';
  return isFaultless(faults) ? 'none' : 'outside';
}

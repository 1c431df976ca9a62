import type { TemplateKind } from '../../lib/grants/ledger.ts';
import type { RateLimiter } from '../../lib/limits/rate-limiter.ts';
import type { Permit } from '../../lib/limits/scope-rate-limiter.ts';
import type { Logger } from '../../lib/logger.ts';
import { remedyFor, sendRule } from '../../lib/wechat/errcodes.ts';
import { template } from '../support/templates.ts';
import type { Chance } from './chance.ts';
import { createEraser, createRecipientEraser } from './erasers.ts';
import type { Faults } from './faults.ts';
import type { Kernel } from './kernel.ts';
import type { Process, Processes } from './processes.ts';
import type { Queue } from './queue.ts';
import { createCampaigns, createRunPorts } from './run-ports.ts';
import type { Scheduler } from './scheduler.ts';
import type { Table } from './table.ts';
import { type Caller, createDuePorts, createMessagePorts } from './user-ports.ts';
import type { SimulatedWeChat } from './wechat.ts';

/** The queues of the deployed service. */
export type QueueName = 'sends' | 'campaigns' | 'events';

/** What services are built on. */
export interface ServiceOptions {
  readonly kernel: Kernel;
  readonly scheduler: Scheduler;
  readonly processes: Processes;
  readonly chance: Chance;
  readonly faults: () => Faults;
  readonly table: Table;
  readonly wechat: SimulatedWeChat;
  readonly queues: () => Readonly<Record<QueueName, Queue>>;
  readonly logger: Logger;
  /** What a function has learnt of the templates so far. */
  readonly kinds: () => ReadonlyMap<string, TemplateKind>;
  readonly campaignTemplateId: string;
  readonly pageSize: number;
}

/** What every function needs of the table alone. */
export function createTablePorts(
  { table, kernel }: Pick<ServiceOptions, 'table' | 'kernel'>,
  caller: Caller,
) {
  const runs = createRunPorts(table, caller);
  return { runs, ...createMessagePorts(table, kernel, runs, caller) };
}

/**
 * Joins the kernel's ports to the simulated world, as each handler's `buildServices` does to the real one.
 */
export function createServices(options: ServiceOptions) {
  const { kernel, scheduler, processes, chance, table } = options;
  let ids = 0;
  const nextId = () => (++ids).toString(16).padStart(8, '0');
  const newMessageId = kernel.createMessageIds(
    () => `${scheduler.now().toString(16).padStart(16, '0')}${nextId()}${nextId()}`,
  );

  /**
   * Holds sends back at random, all or those of one template, for moments or for longer than the queue can
   * delay them.
   */
  function limiterOf(process: Process, likely: number): RateLimiter {
    const decide = (): Permit => {
      const heldBack = options.faults().heldBack * likely;
      if (heldBack === 0 || !chance.happens(heldBack)) return { type: 'go' };
      const delayMs = chance.pick([1_000, 60_000, 20 * 60_000]);
      return { type: 'later', delayMs, ...(chance.happens(0.5) && { refused: true }) };
    };
    return {
      acquire: () => processes.call(process, 'acquire permit', decide),
      acquireFor: () => processes.call(process, 'acquire permit of template', decide),
      hasTemplateLimits: async () => options.faults().heldBack > 0,
      isServed: () => chance.happens(0.5),
      report: () => processes.call(process, 'report answer', () => undefined),
    };
  }

  function callerOf(process: Process): Caller {
    return {
      process,
      clock: process.clock,
      call: (label, effect) => processes.call(process, label, effect),
    };
  }

  /** What all functions share. */
  function baseOf(process: Process) {
    const caller = callerOf(process);
    return {
      ...createTablePorts(options, caller),
      ...createDuePorts(table, caller),
      clock: process.clock,
      random: chance.next,
      sleep: (ms: number) => processes.sleep(process, ms),
      logger: options.logger,
      enqueue: options.queues().sends.enqueueOf(process),
      async enqueueJobs(jobs: readonly object[], delayMs: number) {
        const enqueue = options.queues().campaigns.enqueueOf(process);
        for (const job of jobs) await enqueue(job, delayMs);
      },
      newMessageId,
      newClaimId: () => `claim-${nextId()}`,
    };
  }

  return {
    baseOf,
    reporting: (process: Process) => {
      const base = baseOf(process);
      return {
        ...base,
        store: base.grantStore,
        authority: 'client' as const,
        isCatalogueSynced: async () => true,
      };
    },
    erasing(process: Process) {
      const caller = callerOf(process);
      return {
        ...baseOf(process),
        campaigns: createCampaigns(caller, options.campaignTemplateId),
        recipients: createRecipientEraser(table, caller),
        eraser: createEraser(table, caller),
      };
    },
    takingEvents(process: Process) {
      const base = baseOf(process);
      const campaigns = createCampaigns(callerOf(process), options.campaignTemplateId);
      return {
        ...base,
        kindsOf: async () => options.kinds(),
        campaignSendsOf: kernel.createSendLookup({ ...base, campaigns }),
      };
    },
    sending(process: Process, likely = 1) {
      const sender = options.wechat.senderOf(process);
      const rules = {
        ruleOf: sendRule,
        remedyOf: (code: number, text: string) => remedyFor(code, text, 'send'),
      };
      return { ...baseOf(process), wechat: sender, rules, rateLimiter: limiterOf(process, likely) };
    },
    running(process: Process) {
      // Each recipient asks for a permit.
      const base = this.sending(process, 0.3);
      return {
        ...base,
        campaigns: createCampaigns(callerOf(process), options.campaignTemplateId),
        runStatus: kernel.createRunStatusCache(base),
        acquirePermit: kernel.createPermits(base.rateLimiter, () => undefined),
        findTemplate: async (templateId: string) => templateOf(templateId),
        pageSize: options.pageSize,
        newWorkerId: () => `worker-${nextId()}`,
      };
    },
    starting(process: Process, runId: string) {
      const campaigns = createCampaigns(callerOf(process), options.campaignTemplateId, runId);
      return { ...baseOf(process), campaigns, newRunId: () => `run_${nextId()}` };
    },
  };
}

const templates = new Map<string, ReturnType<typeof template>>();

function templateOf(templateId: string) {
  const known =
    templates.get(templateId) ??
    template({ templateId, content: '商品:{{thing1.DATA}}\n', example: '商品:茶\n' });
  templates.set(templateId, known);
  return known;
}

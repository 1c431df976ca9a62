import type { BatchKey } from '../../lib/campaigns/runs/batch.ts';
import type { BusEvent, PublishEvents } from '../../lib/eventbridge/eventbridge-bus.ts';
import type { TemplateKind } from '../../lib/grants/ledger.ts';
import type { Logger } from '../../lib/logger.ts';
import type { SendJob } from '../../lib/messages/send-job.ts';
import type { OutgoingMessage } from '../../lib/sends/send-port.ts';
import type { CountedChange } from '../../lib/stream/counts.ts';
import type { DomainEvent } from '../../lib/stream/domain-events.ts';
import { remedyFor, sendRule } from '../../lib/wechat/errcodes.ts';
import type { EventJob } from '../../lib/wechat-events/event-job.ts';
import { itemsOf } from './app-items.ts';
import type { Chance } from './chance.ts';
import { createEraser, createRecipientEraser } from './erasers.ts';
import type { AppFaults } from './faults.ts';
import type { Kernel } from './kernel.ts';
import { createRandomLimiter, createRateLimitStore, createTokenStore } from './limit-ports.ts';
import type { Process, Processes } from './processes.ts';
import type { Queue } from './queue.ts';
import { createCampaigns, createRunPorts, templateOf } from './run-ports.ts';
import type { Scheduler } from './scheduler.ts';
import type { Table } from './table.ts';
import { type Caller, createDuePorts, createMessagePorts } from './user-ports.ts';
import type { SimulatedWeChat } from './wechat.ts';

/** The queues of the deployed service. */
export type QueueName = 'sends' | 'campaigns' | 'events';

/** What is one app's own. */
export interface SimulatedApp {
  readonly appId: string;
  readonly faults: () => AppFaults;
  readonly wechat: SimulatedWeChat;
  /** What a function has learnt of the templates so far. */
  readonly kinds: () => ReadonlyMap<string, TemplateKind>;
  /** Whether the real rate limiter is at work, or chance. */
  readonly isLimited: boolean;
  /** A message id was made for this app. */
  readonly minted: (messageId: string) => void;
  /** Added to the app's statistics, and published as the app's. */
  readonly counted: (changes: readonly CountedChange[]) => void;
  readonly published: (events: readonly BusEvent[]) => void;
}

/** What services are built on. */
export interface ServiceOptions {
  readonly kernel: Kernel;
  readonly scheduler: Scheduler;
  readonly processes: Processes;
  readonly chance: Chance;
  readonly table: Table;
  readonly queues: () => Readonly<Record<QueueName, Queue>>;
  readonly logger: Logger;
  readonly appOf: (appId: string) => SimulatedApp;
  readonly campaignTemplateId: string;
  readonly pageSize: number;
}

/** What every function needs of the table alone. */
export function createTablePorts(
  { table, kernel }: Pick<ServiceOptions, 'table' | 'kernel'>,
  appId: string,
  caller: Caller,
) {
  const items = itemsOf(table, kernel, appId);
  const runs = createRunPorts(items.runs, caller);
  return {
    items,
    runs,
    ...createMessagePorts(items, kernel, runs, caller),
    ...createDuePorts(items, caller),
  };
}

/**
 * Joins the kernel's ports to the simulated world, as each handler's `buildServices` does to the real one.
 */
export function createServices(options: ServiceOptions) {
  const { kernel, scheduler, processes, chance } = options;
  let ids = 0;
  const nextId = () => (++ids).toString(16).padStart(8, '0');
  const newMessageId = kernel.createMessageIds(
    () => `${scheduler.now().toString(16).padStart(16, '0')}${nextId()}${nextId()}`,
  );

  function callerOf(process: Process): Caller {
    return {
      process,
      clock: process.clock,
      call: (label, effect) => processes.call(process, label, effect),
    };
  }

  /** What all functions share in what they do for one app. */
  function baseOf(process: Process, appId: string) {
    const { sends, campaigns } = options.queues();
    const app = options.appOf(appId);
    return {
      ...createTablePorts(options, appId, callerOf(process)),
      clock: process.clock,
      random: chance.next,
      sleep: (ms: number) => processes.sleep(process, ms),
      logger: options.logger,
      enqueue: kernel.createEnqueue<SendJob>(sends.clientOf(process), '', appId),
      enqueueJobs: kernel.createEnqueueJobs(campaigns.clientOf(process), '', appId),
      newMessageId(openid: string) {
        const id = newMessageId(openid);
        app.minted(id);
        return id;
      },
      newClaimId: () => `claim-${nextId()}`,
    };
  }

  return {
    baseOf,
    reporting(process: Process, appId: string) {
      const base = baseOf(process, appId);
      return {
        ...base,
        store: base.grantStore,
        authority: 'client' as const,
        isCatalogueSynced: async () => true,
      };
    },
    erasing(process: Process, appId: string) {
      const caller = callerOf(process);
      const base = baseOf(process, appId);
      return {
        ...base,
        campaigns: createCampaigns(caller, options.campaignTemplateId),
        recipients: createRecipientEraser(base.items.runs, caller),
        eraser: createEraser(base.items, caller),
      };
    },
    takingEvents(process: Process, appId: string) {
      const base = baseOf(process, appId);
      const campaigns = createCampaigns(callerOf(process), options.campaignTemplateId);
      return {
        ...base,
        enqueue: kernel.createEnqueue<EventJob>(options.queues().events.clientOf(process), '', appId),
        kindsOf: async () => options.appOf(appId).kinds(),
        campaignSendsOf: kernel.createSendLookup({ ...base, campaigns }),
      };
    },
    sending(process: Process, appId: string, likely = 1) {
      const app = options.appOf(appId);
      const caller = callerOf(process);
      const base = baseOf(process, appId);
      const { fetchToken, begin, send } = app.wechat.callsOf(process);
      const tokens = kernel.createAccessTokens({
        ...base,
        store: createTokenStore(base.items.token, caller, () => `lease-${nextId()}`),
        fetchToken,
        canForceRefresh: true,
      });
      const sender = kernel.createTokenSender({
        ...base,
        tokens,
        call: send,
        isDocumented: () => true,
        measure: () => undefined,
      });
      return {
        ...base,
        wechat: {
          ready: sender.ready,
          send(message: OutgoingMessage) {
            begin(message);
            return sender.send(message);
          },
        },
        rules: {
          ruleOf: sendRule,
          remedyOf: (code: number, text: string) => remedyFor(code, text, 'send'),
        },
        rateLimiter: app.isLimited
          ? kernel.createRateLimiter({ ...base, store: createRateLimitStore(base.items.rateLimit, caller) })
          : createRandomLimiter(caller, chance, app.faults, likely),
      };
    },
    running(process: Process, appId: string) {
      // Each recipient asks for a permit.
      const base = this.sending(process, appId, 0.3);
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
    starting(process: Process, appId: string, runId: string) {
      const campaigns = createCampaigns(callerOf(process), options.campaignTemplateId, runId);
      return { ...baseOf(process, appId), campaigns, newRunId: () => `run_${nextId()}` };
    },
    streaming(process: Process, appId: string) {
      const base = baseOf(process, appId);
      const { call } = callerOf(process);
      const app = options.appOf(appId);
      const putEvents: PublishEvents = (events) =>
        call('put events', () => {
          app.published(events);
          return [];
        });
      const publish = kernel.createEventPublisher(putEvents, appId);
      return {
        ...base,
        publish: (events: readonly DomainEvent[]) => kernel.publishWithRetry(publish, events, base),
        batchOf: readOnce(kernel.createSentBatches(base.runs)),
        isPublished: () => true,
        statistics: {
          add: (_shard: string, changes: readonly CountedChange[]) =>
            call('add counts', () => app.counted(changes)),
        },
        measure: () => undefined,
      };
    },
  };
}

/** What each function is handed. */
export type Services = ReturnType<typeof createServices>;

/** Counting and publishing look at the same batches. */
function readOnce<T>(read: (key: BatchKey) => Promise<T>): (key: BatchKey) => Promise<T> {
  const known = new Map<BatchKey, Promise<T>>();
  return (key) => {
    const answer = known.get(key) ?? read(key);
    known.set(key, answer);
    return answer;
  };
}

import type { SQSEvent } from 'aws-lambda';
import type { Campaign } from '../../../lib/campaigns/campaign.ts';
import type { RateLimiter } from '../../../lib/limits/rate-limiter.ts';
import type { Logger } from '../../../lib/logger.ts';
import { createMessageIds } from '../../../lib/messages/message.ts';
import type { EraseServices } from '../../../lib/users/erase-user.ts';
import type { Versioned } from '../../../lib/versioned.ts';
import { remedyFor, sendRule } from '../../../lib/wechat/errcodes.ts';
import { template } from '../../support/templates.ts';
import type { Chance } from '../chance.ts';
import type { Faults } from '../faults.ts';
import { type End, InjectedError, type Process, type Processes } from '../processes.ts';
import type { Queue, QueueRecord } from '../queue.ts';
import type { Scheduler } from '../scheduler.ts';
import type { SimulatedWeChat } from '../wechat.ts';
import type { CampaignKernel } from './kernel.ts';
import type { CampaignTable } from './table.ts';

export const TEMPLATE_ID = 'once';
export const CAMPAIGN_ID = `cmp_${'0'.repeat(32)}`;

/** The time-outs that the functions are deployed with. */
const CAMPAIGN_TIMEOUT_MS = 90_000;
const SEND_TIMEOUT_MS = 60_000;
const API_TIMEOUT_MS = 29_000;

/** What can be asked of a run. */
export type Control = 'pause' | 'resume' | 'stop';

/** The deployed functions, each call of which is a process of its own. */
export interface CampaignFunctions {
  start(runId: string, ofRunId: string | undefined, ended: (type: string | undefined) => void): void;
  control(type: Control, runId: string, ended: (done: boolean) => void): void;
  order(openid: string, hold: boolean): void;
  erase(openid: string, ended: (done: boolean) => void): void;
  workOn(batch: readonly QueueRecord[]): void;
  sendMessages(batch: readonly QueueRecord[]): void;
}

/** What the functions are built on. */
export interface CampaignFunctionOptions {
  readonly kernel: CampaignKernel;
  readonly scheduler: Scheduler;
  readonly processes: Processes;
  readonly chance: Chance;
  readonly faults: () => Faults;
  readonly table: CampaignTable;
  readonly wechat: SimulatedWeChat;
  readonly queues: () => Readonly<Record<'campaigns' | 'messages', Queue>>;
  readonly pageSize: number;
  /** An error that no fault of the simulation explains. */
  readonly unexpected: (error: unknown) => void;
}

const TEMPLATE = template({
  templateId: TEMPLATE_ID,
  content: '商品:{{thing1.DATA}}\n',
  example: '商品:茶\n',
});

/** Wires the code of campaigns to the simulated world as lib/runtime does to the real one. */
export function createCampaignFunctions(options: CampaignFunctionOptions): CampaignFunctions {
  const { kernel, scheduler, processes, chance, table, wechat } = options;
  let ids = 0;
  const nextId = () => (++ids).toString(16).padStart(8, '0');
  const newMessageId = createMessageIds(
    () => `${scheduler.now().toString(16).padStart(16, '0')}${nextId()}${nextId()}`,
  );
  const noteUnexpected = (error: unknown) => {
    if (error instanceof InjectedError || error instanceof kernel.ContentionError) return;
    options.unexpected(error instanceof Error ? error.stack : error);
  };
  const logger: Logger = {
    info: () => {},
    warn: () => {},
    error: (_message, fields) => noteUnexpected(fields?.['error'] ?? new InjectedError('logged')),
  };

  /** Holds sends back at random. */
  function rateLimiterOf(process: Process): RateLimiter {
    const decide = () => {
      const { heldBack } = options.faults();
      if (heldBack === 0 || !chance.happens(heldBack / 3)) return { type: 'go' as const };
      return { type: 'later' as const, delayMs: chance.pick([1_000, 60_000]) };
    };
    return {
      acquire: () => processes.call(process, 'pace', decide),
      acquireFor: () => processes.call(process, 'pace of template', decide),
      holdsTemplates: async () => options.faults().heldBack > 0,
      isServed: () => chance.happens(0.5),
      report: () => processes.call(process, 'report pace', () => undefined),
    };
  }

  function servicesOf(process: Process) {
    const sender = wechat.senderOf(process);
    const rateLimiter = rateLimiterOf(process);
    const enqueueJob = options.queues().campaigns.enqueueOf(process);
    const base = {
      ...table.ports((label, effect) => processes.call(process, label, effect), kernel, process.clock),
      clock: process.clock,
      random: chance.next,
      sleep: (ms: number) => processes.sleep(process, ms),
    };
    return {
      ...base,
      logger,
      rateLimiter,
      newMessageId,
      runStatus: kernel.createRunStatusCache(base),
      findTemplate: async () => TEMPLATE,
      acquirePermit: kernel.createPermits(rateLimiter, () => undefined),
      pageSize: options.pageSize,
      newClaimId: () => `claim-${nextId()}`,
      newWorkerId: () => `worker-${nextId()}`,
      newRunId: () => `run_${nextId()}`,
      rules: {
        ruleOf: sendRule,
        remedyOf: (code: number, text: string) => remedyFor(code, text, 'send'),
      },
      enqueue: options.queues().messages.enqueueOf(process),
      // What is deferred for longer than minutes does not come up again in this world.
      dueEntries: {
        put: () => processes.call(process, 'put due entry', () => undefined),
        remove: () => processes.call(process, 'remove due entry', () => undefined),
      },
      keys: { find: async () => undefined, bind: async () => 'committed' as const },
      async enqueueJobs(jobs: readonly object[], delayMs: number) {
        for (const job of jobs) await enqueueJob(job as never, delayMs);
      },
      wechat: {
        ready: sender.ready,
        // A campaign's request carries no id; its text says which run it belongs to.
        send: (message: Partial<Parameters<typeof sender.send>[0]>) =>
          sender.send({
            ...message,
            id: message.id ?? `${message.data?.['thing1']} ${message.openid}`,
          } as never),
      },
    };
  }

  function run<T>(
    name: string,
    timeoutMs: number,
    body: (process: Process) => Promise<T>,
    ended: (end: End<T>) => void,
  ): void {
    processes.start(name, timeoutMs, body, (end) => {
      if (end.type === 'threw') noteUnexpected(end.error);
      ended(end);
    });
  }

  function remaining(timeoutMs: number) {
    const endsAtMs = scheduler.now() + timeoutMs;
    return { getRemainingTimeInMillis: () => endsAtMs - scheduler.now() };
  }

  const acknowledge =
    (name: 'campaigns' | 'messages', batch: readonly QueueRecord[]) =>
    (end: End<{ batchItemFailures: readonly { itemIdentifier: string }[] }>) => {
      if (end.type !== 'returned') return;
      const failed = new Set(end.value.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      options.queues()[name].acknowledge(batch.map(({ id }) => id).filter((id) => !failed.has(id)));
    };

  return {
    start(runId, ofRunId, ended) {
      const request = {
        campaignId: CAMPAIGN_ID,
        runId,
        trigger: ofRunId === undefined ? ('schedule' as const) : ('resend-failed' as const),
        ...(ofRunId !== undefined && { ofRunId }),
      };
      run(
        'start',
        API_TIMEOUT_MS,
        (process) => {
          const load = () => processes.call(process, 'load campaign', () => campaignOf(runId));
          return kernel.startRun({ ...servicesOf(process), campaigns: { load } }, request);
        },
        (end) => ended(end.type === 'returned' ? end.value.type : undefined),
      );
    },
    control(type, runId, ended) {
      const { pauseRun: pause, resumeRun: resume, stopRun: stop } = kernel;
      const call = { pause, resume, stop }[type];
      run(
        type,
        API_TIMEOUT_MS,
        (process) => call(servicesOf(process), CAMPAIGN_ID, runId),
        (end) => ended(end.type === 'returned'),
      );
    },
    order(openid, hold) {
      const request = {
        openid,
        hold,
        templateId: TEMPLATE_ID,
        templateKind: 'one-time' as const,
        data: { thing1: 'message' },
        fitted: [],
        miniprogramState: 'formal' as const,
        lang: 'zh_CN' as const,
      };
      const body = (process: Process) => kernel.acceptMessage(servicesOf(process), request);
      run('accept', API_TIMEOUT_MS, body, () => {});
    },
    erase(openid, ended) {
      // Places in runs are not erased here: who has no item is skipped.
      const campaigns = { list: async () => ({ items: [] }), load: async () => undefined };
      const recipients = {} as EraseServices['recipients'];
      const body = (process: Process) => {
        const services = servicesOf(process);
        const runs = services.runs as unknown as EraseServices['runs'];
        return kernel.eraseUser({ ...services, campaigns, runs, recipients }, openid);
      };
      run('erase', API_TIMEOUT_MS, body, (end) =>
        ended(end.type === 'returned' && end.value.type === 'erased'),
      );
    },
    workOn(batch) {
      const body = (process: Process) => {
        const services = servicesOf(process);
        const handle = kernel.createCampaignHandler({
          work: (job, deadlineMs) => kernel.workOnRun(services, job, deadlineMs),
          enqueueJobs: services.enqueueJobs,
          retrySoon: options.queues().campaigns.retrySoonOf(process),
          clock: process.clock,
          logger,
        });
        return handle(sqsEvent(batch), remaining(CAMPAIGN_TIMEOUT_MS));
      };
      run('campaign', CAMPAIGN_TIMEOUT_MS, body, acknowledge('campaigns', batch));
    },
    sendMessages(batch) {
      const body = (process: Process) => {
        const services = servicesOf(process);
        const handle = kernel.createSendHandler({
          deliver: (job) => kernel.deliverMessage(services, job),
          enqueue: services.enqueue,
          retrySoon: options.queues().messages.retrySoonOf(process),
          logger,
        });
        return handle(sqsEvent(batch), remaining(SEND_TIMEOUT_MS));
      };
      run('send', SEND_TIMEOUT_MS, body, acknowledge('messages', batch));
    },
  };
}

/** The campaign as it is when this run begins: its text says which run a request belongs to. */
function campaignOf(runId: string): Versioned<Campaign> {
  const value: Campaign = {
    id: CAMPAIGN_ID,
    name: 'campaign',
    templateId: TEMPLATE_ID,
    data: { thing1: runId.slice(-12) },
    miniprogramState: 'formal',
    lang: 'zh_CN',
    fit: false,
    audience: { type: 'grantees' },
    status: 'active',
    createdAtMs: 0,
    updatedAtMs: 0,
  };
  return { value, version: 'v' };
}

function sqsEvent(batch: readonly QueueRecord[]): SQSEvent {
  const Records = batch.map(({ id, body, receives }) => ({
    messageId: id,
    receiptHandle: id,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: '',
  }));
  return { Records };
}

import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { EraseCursor } from '../../lib/campaigns/erase-recipient.ts';
import type { RunJob } from '../../lib/campaigns/runs/run-job.ts';
import type { StartResult } from '../../lib/campaigns/runs/start-run.ts';
import type { EventJob, SubscribeEvent } from '../../lib/events/event-job.ts';
import type { GrantReport, ReportResult } from '../../lib/grants/report-grants.ts';
import type { Logger } from '../../lib/logger.ts';
import type { AcceptRequest, AcceptResult } from '../../lib/messages/accept-message.ts';
import type { CancelResult } from '../../lib/messages/cancel-message.ts';
import type { ManualOutcome, SettleByHandResult } from '../../lib/messages/settle-by-hand.ts';
import { ContentionError } from '../../lib/retry.ts';
import type { SendJob } from '../../lib/sends/send-job.ts';
import type { EraseResult } from '../../lib/users/erase-user.ts';
import { oneApp } from '../support/api-credentials.ts';
import { type End, InjectedError, type Process } from './processes.ts';
import type { QueueRecord } from './queue.ts';
import { CAMPAIGN_ID } from './run-ports.ts';
import { createServices, type QueueName, type ServiceOptions } from './services.ts';

/** The time-outs that the functions are deployed with. */
const API_TIMEOUT_MS = 29_000;
const SEND_TIMEOUT_MS = 60_000;
const CAMPAIGN_TIMEOUT_MS = 90_000;
const DISPATCH_TIMEOUT_MS = 55_000;
const EVENT_TIMEOUT_MS = 30_000;

/** A report as a phone makes it. */
export interface Report {
  readonly openid: string;
  readonly requestId: string;
  readonly report: GrantReport;
}

/** One call to erase a user. */
export interface EraseCall {
  readonly openid: string;
  readonly startedAtMs: number;
  readonly by: Process | undefined;
}

/** What can be asked of a run. */
export type Control = 'pause' | 'resume' | 'stop';

/** What the functions are built on. */
export interface FunctionOptions extends Omit<ServiceOptions, 'logger'> {
  /** An event was taken in and needs no second look. */
  readonly eventTaken: (event: SubscribeEvent) => void;
  /** An error that no fault of the simulation explains. */
  readonly unexpected: (error: unknown) => void;
}

/** The deployed functions, each call of which is a process of its own. */
export function createFunctions(options: FunctionOptions) {
  const { kernel, scheduler, processes } = options;
  const noteUnexpected = (error: unknown) => {
    if (error instanceof InjectedError || error instanceof ContentionError) return;
    options.unexpected(error instanceof Error ? error.stack : error);
  };
  const logger: Logger = {
    info: () => {},
    warn: () => {},
    error: (_message, fields) => noteUnexpected(fields?.['error'] ?? new InjectedError('logged')),
  };
  const services = createServices({ ...options, logger });

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

  function api<T>(name: string, body: (process: Process) => Promise<T>, ended: (end: End<T>) => void): void {
    run(name, API_TIMEOUT_MS, body, ended);
  }

  function remaining(timeoutMs: number) {
    const endsAtMs = scheduler.now() + timeoutMs;
    return { getRemainingTimeInMillis: () => endsAtMs - scheduler.now() };
  }

  /** Deletes from the queue what was dealt with. */
  const acknowledge = (name: QueueName, batch: readonly QueueRecord[]) => (end: End<SQSBatchResponse>) => {
    if (end.type !== 'returned') return;
    const failed = new Set(end.value.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    options.queues()[name].acknowledge(batch.map(({ id }) => id).filter((id) => !failed.has(id)));
  };

  return {
    report({ openid, requestId, report }: Report, ended: (end: End<ReportResult>) => void): void {
      const kinds = options.kinds();
      const body = (process: Process) =>
        kernel.reportGrants(services.reporting(process), openid, requestId, report, kinds);
      api('report', body, ended);
    },
    /** Messages to one user. */
    accept(requests: readonly AcceptRequest[], ended: (end: End<readonly AcceptResult[]>) => void): void {
      const { openid } = requests[0]!;
      api('accept', (process) => kernel.acceptMessages(services.baseOf(process), openid, requests), ended);
    },
    erase(
      openid: string,
      from: EraseCursor | undefined,
      ended: (end: End<EraseResult>, call: EraseCall) => void,
    ): void {
      const startedAtMs = scheduler.now();
      let by: Process | undefined;
      const body = (process: Process) => {
        by = process;
        return kernel.eraseUser(services.erasing(process), openid, from);
      };
      api('erase', body, (end) => ended(end, { openid, startedAtMs, by }));
    },
    cancel(messageId: string, ended: (end: End<CancelResult>) => void): void {
      api('cancel', (process) => kernel.cancelMessage(services.baseOf(process), messageId), ended);
    },
    settle(messageId: string, verdict: ManualOutcome, ended: (end: End<SettleByHandResult>) => void): void {
      api('settle', (process) => kernel.settleByHand(services.baseOf(process), messageId, verdict), ended);
    },
    start(runId: string, ofRunId: string | undefined, ended: (end: End<StartResult>) => void): void {
      const trigger = ofRunId === undefined ? ('schedule' as const) : ('resend-failed' as const);
      const request = {
        campaignId: CAMPAIGN_ID,
        runId,
        trigger,
        ...(ofRunId !== undefined && { ofRunId }),
      };
      api('start', (process) => kernel.startRun(services.starting(process, runId), request), ended);
    },
    control(type: Control, runId: string, ended: (end: End<unknown>) => void): void {
      const { pauseRun: pause, resumeRun: resume, stopRun: stop } = kernel;
      const call = { pause, resume, stop }[type];
      api(type, (process) => call(services.baseOf(process), CAMPAIGN_ID, runId), ended);
    },
    dispatch(ended: () => void): void {
      const body = (process: Process) => {
        const base = services.baseOf(process);
        const dispatch = (deadlineMs: number) => kernel.dispatchDue(base, deadlineMs);
        const handle = kernel.createDispatchHandler({
          clock: process.clock,
          apps: oneApp({ dispatch }),
          logger,
        });
        return handle({}, remaining(DISPATCH_TIMEOUT_MS));
      };
      run('dispatch', DISPATCH_TIMEOUT_MS, body, ended);
    },
    /** What the queues feed. */
    deliver: {
      sends(batch: readonly QueueRecord[]): void {
        const body = (process: Process) => {
          const own = services.sending(process);
          const handle = kernel.createSendHandler({
            apps: oneApp({
              deliver: (job: SendJob) => kernel.deliverMessage(own, job),
              enqueue: own.enqueue,
            }),
            retrySoon: options.queues().sends.retrySoonOf(process),
            logger,
          });
          return handle(sqsEvent(batch), remaining(SEND_TIMEOUT_MS));
        };
        run('send', SEND_TIMEOUT_MS, body, acknowledge('sends', batch));
      },
      campaigns(batch: readonly QueueRecord[]): void {
        const body = (process: Process) => {
          const own = services.running(process);
          const handle = kernel.createCampaignHandler({
            apps: oneApp({
              work: (job: RunJob, deadlineMs: number) => kernel.processRunJob(own, job, deadlineMs),
              enqueueJobs: own.enqueueJobs,
            }),
            retrySoon: options.queues().campaigns.retrySoonOf(process),
            clock: process.clock,
            logger,
          });
          return handle(sqsEvent(batch), remaining(CAMPAIGN_TIMEOUT_MS));
        };
        run('campaign', CAMPAIGN_TIMEOUT_MS, body, acknowledge('campaigns', batch));
      },
      events(batch: readonly QueueRecord[]): void {
        const body = (process: Process) => {
          const own = services.takingEvents(process);
          const enqueue = options.queues().events.enqueueOf(process);
          const ofApp = {
            async apply(event: SubscribeEvent) {
              const result = await kernel.applyEvent(own, event);
              if (result.type === 'done') options.eventTaken(event);
              return result;
            },
            forward: () => Promise.reject(new Error('Not simulated.')),
            enqueue: (job: EventJob, delayMs = 0) => enqueue(job, delayMs),
          };
          const handle = kernel.createEventHandler({
            servicesOf: () => ofApp,
            retrySoon: options.queues().events.retrySoonOf(process),
            logger,
          });
          return handle(sqsEvent(batch));
        };
        run('event', EVENT_TIMEOUT_MS, body, acknowledge('events', batch));
      },
    } satisfies Record<QueueName, (batch: readonly QueueRecord[]) => void>,
  };
}

/** The deployed functions. */
export type Functions = ReturnType<typeof createFunctions>;

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

import type { SQSEvent } from 'aws-lambda';
import type { EventResult } from '../../lib/events/apply-event.ts';
import type { SubscribeEvent } from '../../lib/events/event-job.ts';
import type { TemplateKind } from '../../lib/grants/ledger.ts';
import type { GrantReport, ReportResult } from '../../lib/grants/report-grants.ts';
import type { Permit, RateLimiter } from '../../lib/limits/rate-limiter.ts';
import type { Logger } from '../../lib/logger.ts';
import type { AcceptRequest, AcceptResult } from '../../lib/messages/accept-message.ts';
import type { CancelResult } from '../../lib/messages/cancel-message.ts';
import type { ManualOutcome, SettleByHandResult } from '../../lib/messages/settle-unknown.ts';
import type { EraseResult, EraseServices } from '../../lib/users/erase-user.ts';
import { remedyFor, sendRule } from '../../lib/wechat/errcodes.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Kernel } from './kernel.ts';
import { type End, InjectedError, type Process, type Processes } from './processes.ts';
import type { Queue, QueueRecord } from './queue.ts';
import type { Scheduler } from './scheduler.ts';
import type { SimulatedTable } from './table.ts';
import type { SimulatedWeChat } from './wechat.ts';

/** The time-outs that the functions are deployed with. */
const API_TIMEOUT_MS = 29_000;
const SEND_TIMEOUT_MS = 60_000;
const DISPATCH_TIMEOUT_MS = 55_000;
const EVENT_TIMEOUT_MS = 30_000;

const NO_RUNS: Pick<EraseServices, 'campaigns' | 'runs' | 'recipients'> = {
  campaigns: { list: async () => ({ items: [] }), load: async () => undefined },
  runs: {} as EraseServices['runs'],
  recipients: {} as EraseServices['recipients'],
};

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

/** The deployed functions, each call of which is a process of its own. */
export interface Functions {
  report(
    report: Report,
    kinds: ReadonlyMap<string, TemplateKind>,
    ended: (end: End<ReportResult>) => void,
  ): void;
  /** Messages to one user. */
  accept(requests: readonly AcceptRequest[], ended: (end: End<readonly AcceptResult[]>) => void): void;
  erase(openid: string, ended: (end: End<EraseResult>, call: EraseCall) => void): void;
  cancel(messageId: string, ended: (end: End<CancelResult>) => void): void;
  settle(messageId: string, verdict: ManualOutcome, ended: (end: End<SettleByHandResult>) => void): void;
  takeEvent(
    event: SubscribeEvent,
    kinds: ReadonlyMap<string, TemplateKind>,
    ended: (end: End<EventResult>) => void,
  ): void;
  send(batch: readonly QueueRecord[]): void;
  dispatch(ended: () => void): void;
}

/** What the functions are built on. */
export interface FunctionOptions {
  readonly kernel: Kernel;
  readonly scheduler: Scheduler;
  readonly processes: Processes;
  readonly chance: Chance;
  readonly faults: () => Faults;
  readonly table: SimulatedTable;
  readonly queue: () => Queue;
  readonly wechat: SimulatedWeChat;
  /** An error that no fault of the simulation explains. */
  readonly unexpected: (error: unknown) => void;
}

/** Wires the kernel to the simulated world as lib/runtime does to the real one. */
export function createFunctions(options: FunctionOptions): Functions {
  const { kernel, scheduler, processes, chance, table, wechat } = options;
  let ids = 0;
  const nextId = () => (++ids).toString(16).padStart(8, '0');
  const newMessageId = kernel.createMessageIds(
    () => `${scheduler.now().toString(16).padStart(16, '0')}${nextId()}${nextId()}`,
  );

  const noteUnexpected = (error: unknown) => {
    if (error instanceof InjectedError || error instanceof kernel.ContentionError) return;
    options.unexpected(error);
  };
  const logger: Logger = {
    info: () => {},
    warn: () => {},
    error: (_message, fields) => noteUnexpected(fields?.['error'] ?? new InjectedError('logged')),
  };

  function baseOf(process: Process) {
    return {
      ...table.ports(process, kernel),
      clock: process.clock,
      random: chance.next,
      sleep: (ms: number) => processes.sleep(process, ms),
      enqueue: options.queue().enqueueOf(process),
      logger,
      newMessageId,
      newClaimId: () => `claim-${nextId()}`,
    };
  }

  /** Holds messages back at random, all or those of one template, for moments or for longer than the queue can delay them. */
  function rateLimiterOf(process: Process): RateLimiter {
    const decide = (): Permit => {
      const { heldBack } = options.faults();
      if (heldBack === 0 || !chance.happens(heldBack)) return { type: 'go' };
      const delayMs = chance.pick([1_000, 60_000, 20 * 60_000]);
      return { type: 'later', delayMs, ...(chance.happens(0.5) && { refused: true }) };
    };
    return {
      acquire: () => processes.call(process, 'pace', decide),
      acquireFor: () => processes.call(process, 'pace of template', decide),
      holdsTemplates: async () => options.faults().heldBack > 0,
      isServed: () => chance.happens(0.5),
      report: () => processes.call(process, 'report pace', () => undefined),
    };
  }

  function api<T>(name: string, body: (process: Process) => Promise<T>, ended: (end: End<T>) => void): void {
    processes.start(name, API_TIMEOUT_MS, body, (end) => {
      if (end.type === 'threw') noteUnexpected(end.error);
      ended(end);
    });
  }

  return {
    report({ openid, requestId, report }, kinds, ended) {
      const body = (process: Process) => {
        const base = baseOf(process);
        const services = { ...base, store: base.grantStore, authority: 'client' as const };
        return kernel.reportGrants(services, openid, requestId, report, kinds);
      };
      api('report', body, ended);
    },
    accept(requests, ended) {
      const openid = requests[0]!.openid;
      api('accept', (process) => kernel.acceptMessages(baseOf(process), openid, requests), ended);
    },
    erase(openid, ended) {
      const startedAtMs = scheduler.now();
      let by: Process | undefined;
      const body = (process: Process) => {
        by = process;
        return kernel.eraseUser({ ...baseOf(process), ...NO_RUNS }, openid);
      };
      api('erase', body, (end) => ended(end, { openid, startedAtMs, by }));
    },
    cancel(messageId, ended) {
      api('cancel', (process) => kernel.cancelMessage(baseOf(process), messageId), ended);
    },
    settle(messageId, verdict, ended) {
      api('settle', (process) => kernel.settleByHand(baseOf(process), messageId, verdict), ended);
    },
    takeEvent(event, kinds, ended) {
      const body = (process: Process) =>
        kernel.applyEvent(
          { ...baseOf(process), kindsOf: async () => kinds, findSend: async () => undefined },
          event,
        );
      processes.start('event', EVENT_TIMEOUT_MS, body, (end) => {
        if (end.type === 'threw') noteUnexpected(end.error);
        ended(end);
      });
    },
    send(batch) {
      const body = (process: Process) => {
        const base = baseOf(process);
        const rules = {
          ruleOf: sendRule,
          remedyOf: (code: number, text: string) => remedyFor(code, text, 'send'),
        };
        const services = {
          ...base,
          wechat: wechat.senderOf(process),
          rules,
          rateLimiter: rateLimiterOf(process),
        };
        const handle = kernel.createSendHandler({
          deliver: (job) => kernel.deliverMessage(services, job),
          enqueue: base.enqueue,
          retrySoon: options.queue().retrySoonOf(process),
          logger,
        });
        const endsAtMs = scheduler.now() + SEND_TIMEOUT_MS;
        return handle(sqsEvent(batch), { getRemainingTimeInMillis: () => endsAtMs - scheduler.now() });
      };
      processes.start('send', SEND_TIMEOUT_MS, body, (end) => {
        if (end.type === 'threw') noteUnexpected(end.error);
        if (end.type !== 'returned') return;
        const failed = new Set(end.value.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        options.queue().acknowledge(batch.map(({ id }) => id).filter((id) => !failed.has(id)));
      });
    },
    dispatch(ended) {
      const body = (process: Process) => {
        const base = baseOf(process);
        const handle = kernel.createDispatchHandler({
          clock: process.clock,
          dispatch: (deadlineMs) => kernel.dispatchDue(base, deadlineMs),
        });
        const endsAtMs = scheduler.now() + DISPATCH_TIMEOUT_MS;
        return handle({}, { getRemainingTimeInMillis: () => endsAtMs - scheduler.now() });
      };
      processes.start('dispatch', DISPATCH_TIMEOUT_MS, body, (end) => {
        if (end.type === 'threw') noteUnexpected(end.error);
        ended();
      });
    },
  };
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

import type { DynamoDBBatchResponse, DynamoDBRecord, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { RunJob } from '../../lib/campaigns/runs/run-job.ts';
import type { Logger } from '../../lib/logger.ts';
import type { SendJob } from '../../lib/messages/send-job.ts';
import { ContentionError } from '../../lib/retry.ts';
import type { App } from '../../lib/settings/apps.ts';
import type { StreamRecord } from '../../lib/stream/stream-record.ts';
import type { SubscribeEvent } from '../../lib/wechat-events/event-job.ts';
import { createAppFunctions } from './app-functions.ts';
import { type End, InjectedError, type Process } from './processes.ts';
import type { QueueRecord } from './queue.ts';
import { createServices, type QueueName, type ServiceOptions } from './services.ts';
import type { StreamEntry } from './stream.ts';

/** The time-outs that the functions are deployed with. */
const SEND_TIMEOUT_MS = 60_000;
const CAMPAIGN_TIMEOUT_MS = 90_000;
const DISPATCH_TIMEOUT_MS = 55_000;
const EVENT_TIMEOUT_MS = 30_000;
const STREAM_TIMEOUT_MS = 60_000;

/** What the functions are built on. */
export interface FunctionOptions extends Omit<ServiceOptions, 'logger'> {
  /** The apps of the stage as its settings name them now, the first one first. */
  readonly apps: () => readonly App[];
  /** An event of an app's was taken in and needs no second look. */
  readonly eventTaken: (appId: string, event: SubscribeEvent) => void;
  /** An app's services were handed a write that the stream brought. */
  readonly streamed: (appId: string, entry: StreamEntry) => void;
  /** An error that no fault of the simulation explains. */
  readonly unexpected: (error: unknown) => void;
}

/** Errors that the faults of the simulation bring about. */
function isExpected(error: unknown): boolean {
  if (error instanceof InjectedError || error instanceof ContentionError) return true;
  const codes: readonly unknown[] = ['jobs-not-queued', 'app-not-ready'];
  return error instanceof Error && 'code' in error && codes.includes(error.code);
}

/** The deployed functions, each call of which is a process of its own. */
export function createFunctions(options: FunctionOptions) {
  const { kernel, scheduler, processes, apps } = options;
  const noteUnexpected = (error: unknown) => {
    if (isExpected(error)) return;
    options.unexpected(error instanceof Error ? error.stack : error);
  };
  const logger: Logger = {
    info: () => {},
    warn: () => {},
    error: (_message, fields) => noteUnexpected(fields?.['error'] ?? new InjectedError('logged')),
  };
  const services = createServices({ ...options, logger });
  /** What is made for each app, in one container. */
  const inContainer = <S extends object>(build: (appId: string) => S) =>
    kernel.createApps(
      async () => ({ env: {}, apps: apps() }),
      ({ appId }) => build(appId),
    );

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

  /** Deletes from the queue what was dealt with. */
  const acknowledge = (name: QueueName, batch: readonly QueueRecord[]) => (end: End<SQSBatchResponse>) => {
    if (end.type !== 'returned') return;
    const failed = new Set(end.value.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    options.queues()[name].acknowledge(batch.map(({ id }) => id).filter((id) => !failed.has(id)));
  };

  const firstAppId = apps()[0]!.appId;
  return {
    of: (appId: string) => createAppFunctions({ ...options, services, logger, run, firstAppId }, appId),
    dispatch(ended: () => void): void {
      const body = (process: Process) => {
        const handle = kernel.createDispatchHandler({
          clock: process.clock,
          apps: inContainer((appId) => {
            const base = services.baseOf(process, appId);
            return { dispatch: (deadlineMs: number) => kernel.dispatchDue(base, deadlineMs) };
          }),
          logger,
        });
        return handle({}, remaining(DISPATCH_TIMEOUT_MS));
      };
      run('dispatch', DISPATCH_TIMEOUT_MS, body, ended);
    },
    /** What the two functions do that the table's stream feeds, for each app in turn. */
    stream(batch: readonly StreamEntry[], ended: (end: End<DynamoDBBatchResponse>) => void): void {
      const body = (process: Process) => {
        const handle = kernel.createStreamHandler({
          servicesOf: kernel.perApp((appId) => {
            const own = services.streaming(process, appId);
            const entries = new Map<StreamRecord, StreamEntry>(batch.map((entry) => [entry.change, entry]));
            return {
              read(record: unknown) {
                const { SequenceNumber } = (record as DynamoDBRecord).dynamodb!;
                const entry = batch.find(({ sequenceNumber }) => sequenceNumber === SequenceNumber)!;
                options.streamed(appId, entry);
                return entry.change;
              },
              async take(changes: readonly StreamRecord[]) {
                const placed = changes.map((record) => ({ record, ...entries.get(record)! }));
                await kernel.countChanges(own, 'the only shard', placed);
                return kernel.publishChanges(own, changes);
              },
            };
          }),
          logger,
        });
        return handle({ Records: batch.map(streamRecord) });
      };
      run('stream', STREAM_TIMEOUT_MS, body, ended);
    },
    /** What the queues feed. */
    deliver: {
      sends(batch: readonly QueueRecord[]): void {
        const body = (process: Process) => {
          const handle = kernel.createSendHandler({
            apps: inContainer((appId) => {
              const own = services.sending(process, appId);
              const deliver = (job: SendJob) => kernel.deliverMessage(own, job);
              // Cards have worlds of their own.
              const deliverCard = () => Promise.reject(new Error('Not simulated.'));
              return { deliver, deliverCard, enqueue: own.enqueue };
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
          const handle = kernel.createCampaignHandler({
            apps: inContainer((appId) => {
              const own = services.running(process, appId);
              return {
                work: (job: RunJob, deadlineMs: number) => kernel.processRunJob(own, job, deadlineMs),
                enqueueJobs: own.enqueueJobs,
              };
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
          const ofApp = kernel.perApp((appId) => {
            const own = services.takingEvents(process, appId);
            return {
              async apply(event: SubscribeEvent) {
                const result = await kernel.applySubscribeEvent(own, event);
                if (result.type === 'done') options.eventTaken(appId, event);
                return result;
              },
              applyToCard: () => Promise.reject(new Error('Not simulated.')),
              forward: () => Promise.reject(new Error('Not simulated.')),
              enqueue: own.enqueue,
            };
          });
          const handle = kernel.createEventHandler({
            servicesOf: (appId = firstAppId) => ofApp(appId),
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
  const Records = batch.map(({ id, body, appId, receives }) => ({
    messageId: id,
    receiptHandle: id,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: appId === undefined ? {} : { appid: { dataType: 'String', stringValue: appId } },
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: '',
  }));
  return { Records };
}

function streamRecord({ pk, sequenceNumber }: StreamEntry): DynamoDBRecord {
  return { dynamodb: { Keys: { pk: { S: pk } }, SequenceNumber: sequenceNumber } };
}

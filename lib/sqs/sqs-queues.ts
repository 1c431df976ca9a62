import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import type { DeadLetters } from '../apps/app-state.ts';
import { type EnqueueJobs, type RunJob, runJob } from '../campaigns/runs/run-job.ts';
import { type CardJob, cardJob } from '../cards/card-job.ts';
import { LONGEST_QUEUE_DELAY_MS, type SendJob, sendJob } from '../messages/send-job.ts';
import { type EventJob, eventJob } from '../wechat-events/event-job.ts';
import { APP_ATTRIBUTE } from './process-records.ts';

/**
 * Puts jobs of one mini program onto an SQS queue one by one, to come up after `delayMs`. The queue delays in whole seconds, so a
 * job comes up to one second early.
 */
export function createEnqueue<Job extends SendJob | CardJob | EventJob>(
  client: SQSClient,
  queueUrl: string,
  appId: string,
): (job: Job, delayMs?: number) => Promise<void> {
  return async (job, delayMs = 0) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: textOf(job),
        MessageAttributes: appAttribute(appId),
        DelaySeconds: seconds(delayMs),
      }),
    );
  };
}

/** SQS takes so many records in one call. */
const JOBS_PER_CALL = 10;

/** Puts jobs of one mini program onto the SQS queue of campaigns, ten in a call. */
export function createEnqueueJobs(client: SQSClient, queueUrl: string, appId: string): EnqueueJobs {
  return async (jobs, delayMs) => {
    for (let first = 0; first < jobs.length; first += JOBS_PER_CALL) {
      const Entries = jobs.slice(first, first + JOBS_PER_CALL).map((job, index) => ({
        Id: String(index),
        MessageBody: textOf(job),
        MessageAttributes: appAttribute(appId),
        DelaySeconds: seconds(delayMs),
      }));
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      if (Failed.length > 0) throw new JobsNotQueuedError(Failed.map(({ Code = 'unknown' }) => Code));
    }
  };
}

/** Thrown when SQS took some of the jobs and not others. All of them may be put on the queue again. */
class JobsNotQueuedError extends Error {
  readonly code = 'jobs-not-queued';
  override readonly name = 'JobsNotQueuedError';
  constructor(reasons: readonly string[]) {
    const shown = [...new Set(reasons)].join(', ');
    super(`SQS did not take ${reasons.length} of a campaign's jobs (${shown}). They will be tried again.`);
  }
}

/** Beside the body, so that a version that knows of one mini program only can still read the record. */
function appAttribute(appId: string) {
  return { [APP_ATTRIBUTE]: { DataType: 'String', StringValue: appId } };
}

function seconds(delayMs: number): number {
  return Math.floor(Math.min(Math.max(delayMs, 0), LONGEST_QUEUE_DELAY_MS) / 1000);
}

/** SQS refuses the two characters that XML cannot hold and JSON does not escape. A user may type them. */
function textOf(job: SendJob | CardJob | EventJob | RunJob): string {
  return JSON.stringify(job).replaceAll('\ufffe', '\\ufffe').replaceAll('\uffff', '\\uffff');
}

const sendQueueJob = v.union([sendJob, cardJob]);

/** Reads a job of the send queue off its record. @throws SyntaxError or ValiError for anything else */
export function readSendJob(body: string): SendJob | CardJob {
  return v.parse(sendQueueJob, JSON.parse(body));
}

/** Reads a campaign's job off a queue record. @throws SyntaxError or ValiError for anything else */
export function readRunJob(body: string): RunJob {
  return v.parse(runJob, JSON.parse(body));
}

/** Reads what WeChat pushed off a queue record. @throws SyntaxError or ValiError for anything else */
export function readEventJob(body: string): EventJob {
  return v.parse(eventJob, JSON.parse(body));
}

/**
 * Counts what lies in the dead-letter queues, by what they are of. SQS tells about how many there are, some
 * seconds late.
 */
export async function countDeadLetters(
  sqs: SQSClient,
  urls: Readonly<Record<keyof DeadLetters, string>>,
): Promise<DeadLetters> {
  const count = async (QueueUrl: string) => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
  };
  const [sends, campaigns, events, changes] = await Promise.all(
    [urls.sends, urls.campaigns, urls.events, urls.changes].map(count),
  );
  return { sends: sends ?? 0, campaigns: campaigns ?? 0, events: events ?? 0, changes: changes ?? 0 };
}

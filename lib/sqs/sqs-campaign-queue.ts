import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import type { EnqueueJobs, RunJob } from '../campaigns/runs/job.ts';
import { LONGEST_QUEUE_DELAY_MS } from '../sends/send-job.ts';

const common = {
  campaignId: v.string(),
  runId: v.string(),
  shard: v.number(),
  after: v.string(),
  generation: v.number(),
  sinceMs: v.number(),
};

const runJob = v.variant('type', [
  v.strictObject({
    type: v.literal('plan'),
    planned: v.object({ batches: v.number(), recipients: v.number() }),
    ...common,
  }),
  v.strictObject({ type: v.literal('send'), ...common }),
]);

/** SQS takes so many records in one call. */
const BATCH_SIZE = 10;

/** Thrown when SQS took some of the jobs and not others. All of them may be put on the queue again. */
class JobsNotQueuedError extends Error {
  readonly code = 'jobs-not-queued';
  override readonly name = 'JobsNotQueuedError';
  constructor(count: number, reasons: readonly string[]) {
    super(
      `SQS did not take ${count} of a campaign's jobs (${[...new Set(reasons)].join(', ')}). They will be tried again.`,
    );
  }
}

/** Puts jobs onto the SQS queue of campaigns. The queue delays in whole seconds, so a job comes up to one second early. */
export function createEnqueueJobs(client: SQSClient, queueUrl: string): EnqueueJobs {
  return async (jobs, delayMs) => {
    const DelaySeconds = Math.floor(Math.min(Math.max(delayMs, 0), LONGEST_QUEUE_DELAY_MS) / 1000);
    for (let first = 0; first < jobs.length; first += BATCH_SIZE) {
      const batch = jobs.slice(first, first + BATCH_SIZE);
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: batch.map((job, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify(job),
            DelaySeconds,
          })),
        }),
      );
      if (Failed.length > 0)
        throw new JobsNotQueuedError(
          Failed.length,
          Failed.map(({ Code }) => Code ?? 'unknown'),
        );
    }
  };
}

/** Reads a job off a queue record. Throws a SyntaxError or a ValiError for what is no job of ours. */
export function readRunJob(body: string): RunJob {
  return v.parse(runJob, JSON.parse(body));
}

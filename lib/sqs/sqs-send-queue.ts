import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { type Enqueue, LONGEST_QUEUE_DELAY_MS, type SendJob } from '../sends/send-job.ts';

const sendJob = v.strictObject({
  messageId: v.string(),
  sinceMs: v.number(),
  dueAtMs: v.exactOptional(v.number()),
  entryAtMs: v.exactOptional(v.number()),
});

/** Puts jobs for the sender onto the SQS queue. The queue delays in whole seconds, so a job comes up to one second early. */
export function createEnqueue(client: SQSClient, queueUrl: string): Enqueue {
  return async (job, delayMs) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(job),
        DelaySeconds: Math.floor(Math.min(Math.max(delayMs, 0), LONGEST_QUEUE_DELAY_MS) / 1000),
      }),
    );
  };
}

/** Reads a job off a queue record. Throws a SyntaxError or a ValiError for what is no job of ours. */
export function readSendJob(body: string): SendJob {
  return v.parse(sendJob, JSON.parse(body));
}

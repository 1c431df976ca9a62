import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import type { EnqueueEvent, EventJob } from '../events/event-job.ts';

const common = { openid: v.string(), createdAtMs: v.number() };
const answer = { templateId: v.string(), status: v.string() };

const subscribeEvent = v.variant('type', [
  v.strictObject({
    type: v.literal('popup'),
    ...common,
    items: v.array(v.strictObject({ ...answer, scene: v.exactOptional(v.number()) })),
  }),
  v.strictObject({ type: v.literal('change'), ...common, items: v.array(v.strictObject(answer)) }),
  v.strictObject({
    type: v.literal('sent'),
    ...common,
    items: v.array(
      v.strictObject({
        templateId: v.string(),
        msgid: v.exactOptional(v.string()),
        errcode: v.number(),
        errorStatus: v.string(),
      }),
    ),
  }),
]);

const eventJob = v.variant('type', [
  v.strictObject({ type: v.literal('subscribe'), event: subscribeEvent }),
  v.strictObject({
    type: v.literal('other'),
    name: v.string(),
    fields: v.record(v.string(), v.unknown()),
  }),
]);

/** SQS delays no longer than this. */
const LONGEST_DELAY_SECONDS = 900;

/** Puts what WeChat pushed onto the SQS queue from which it is taken in. */
export function createEnqueueEvent(client: SQSClient, queueUrl: string): EnqueueEvent {
  return async (job, delayMs = 0) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: asText(job),
        DelaySeconds: Math.min(Math.ceil(delayMs / 1000), LONGEST_DELAY_SECONDS),
      }),
    );
  };
}

/** SQS refuses the two characters that XML cannot hold and JSON does not escape by itself. A user may type them. */
function asText(job: EventJob): string {
  return JSON.stringify(job).replaceAll('\ufffe', '\\ufffe').replaceAll('\uffff', '\\uffff');
}

/** Reads a job off a queue record. Throws a SyntaxError or a ValiError for what is none of ours. */
export function readEventJob(body: string): EventJob {
  return v.parse(eventJob, JSON.parse(body));
}

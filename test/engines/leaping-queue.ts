import {
  ChangeMessageVisibilityCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { messageAttributes } from '../../local/stack/sqs.ts';
import type { Stack } from '../../local/stack/stack.ts';
import { LOCAL_AWS } from '../../local/stack/table.ts';

const note = v.object({
  body: v.string(),
  messageAttributes: v.optional(messageAttributes, {}),
  delayUntil: v.optional(v.number(), 0),
});
const contents = v.object({
  messages: v.object({
    ready: v.array(note),
    delayed: v.array(note),
    inflight: v.array(v.object({ message: note, receiptHandle: v.string(), visibilityDeadline: v.number() })),
  }),
});

/** The queues that senders empty. */
export const QUEUES = ['SendQueue', 'CampaignQueue', 'EventQueue'] as const;

/** What a queue of the stack holds. */
export async function queueContents(stack: Stack, queueName: string) {
  const answer = await fetch(`${stack.sqsEndpoint}/_fauxqs/queues/${queueName}`);
  return v.parse(contents, await answer.json()).messages;
}

/** Lets `ms` pass for the notes that somebody received and did not delete: their visibility timeouts run that much sooner. */
export async function leapInFlight(stack: Stack, ms: number): Promise<void> {
  const client = new SQSClient({ ...LOCAL_AWS, endpoint: stack.sqsEndpoint, useQueueUrlAsEndpoint: false });
  for (const name of QUEUES) {
    const { inflight } = await queueContents(stack, name);
    await Promise.all(
      inflight.map(({ receiptHandle, visibilityDeadline }) => {
        const leftMs = Math.max(0, visibilityDeadline - Date.now() - ms);
        return client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: stack.queueUrls[name] ?? '',
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: Math.ceil(leftMs / 1000),
          }),
        );
      }),
    );
  }
  client.destroy();
}

/**
 * Lets `ms` pass for the notes that wait on the send queue, in flight or delayed. A delay cannot be changed, so all notes are laid
 * on it anew. Only while nobody receives from it.
 */
export async function leapDelayed(stack: Stack, ms: number): Promise<void> {
  const { ready, delayed, inflight } = await queueContents(stack, 'SendQueue');
  const client = new SQSClient({ ...LOCAL_AWS, endpoint: stack.sqsEndpoint, useQueueUrlAsEndpoint: false });
  const QueueUrl = stack.queueUrl;
  await client.send(new PurgeQueueCommand({ QueueUrl }));
  const waiting = [
    ...ready.map((one) => ({ ...one, untilMs: 0 })),
    ...delayed.map((one) => ({ ...one, untilMs: one.delayUntil })),
    ...inflight.map(({ message, visibilityDeadline }) => ({ ...message, untilMs: visibilityDeadline })),
  ];
  for (const { body, messageAttributes: MessageAttributes, untilMs } of waiting) {
    const DelaySeconds = Math.ceil(Math.max(0, untilMs - Date.now() - ms) / 1000);
    await client.send(
      new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes, DelaySeconds }),
    );
  }
  client.destroy();
}

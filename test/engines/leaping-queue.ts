import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import type { Stack } from '../../local/stack/stack.ts';
import { LOCAL_AWS } from '../../local/stack/table.ts';

const contents = v.object({
  messages: v.object({
    ready: v.array(v.unknown()),
    delayed: v.array(v.unknown()),
    inflight: v.array(v.object({ receiptHandle: v.string(), visibilityDeadline: v.number() })),
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

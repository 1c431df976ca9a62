import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { jobLabel } from './job-label.ts';

/** A record of the dead-letter queue that we hold: nobody else sees it until it is released or its time is over. */
export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  /** What it says beside its body: which mini program it is of. */
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  /** What it is about; absent for a body that is no job of ours. */
  readonly label: string | undefined;
  readonly sentAtMs: number;
  /** How often it was taken off a queue before now. */
  readonly receives: number;
  readonly receiptHandle: string;
}

/** How long a record stays ours. One that is not moved by then shows up in its queue again. */
const HELD_SECONDS = 10 * 60;
const BATCH = 10;

/** Takes everything that the queue shows into our hands. */
export async function hold(sqs: SQSClient, queueUrl: string): Promise<DeadLetter[]> {
  const held = new Map<string, DeadLetter>();
  for (;;) {
    // Waiting makes SQS ask all of its servers, so that an empty answer means an empty queue.
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: HELD_SECONDS,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return [...held.values()];
    for (const message of Messages) {
      const letter = read(message);
      held.set(letter.id, letter);
    }
  }
}

function read(message: Message): DeadLetter {
  const { MessageId = '', Body = '', ReceiptHandle = '', Attributes = {}, MessageAttributes = {} } = message;
  return {
    id: MessageId,
    body: Body,
    attributes: MessageAttributes,
    label: jobLabel(Body),
    sentAtMs: Number(Attributes.SentTimestamp ?? 0),
    receives: Number(Attributes.ApproximateReceiveCount ?? 1) - 1,
    receiptHandle: ReceiptHandle,
  };
}

/** Lets records be seen in their queue again. */
export async function release(
  sqs: SQSClient,
  queueUrl: string,
  letters: readonly DeadLetter[],
): Promise<void> {
  for (const batch of inBatches(letters)) {
    await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: batch.map(({ receiptHandle }, n) => ({
          Id: `${n}`,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: 0,
        })),
      }),
    );
  }
}

/**
 * Puts records onto the other queue and takes those that arrived off theirs, in this order: a crash in between leaves a
 * record in both, which is harmless, and never in neither. One that the other queue does not take is released. Returns how
 * many were moved; `moved` is told after each batch.
 */
export async function move(
  sqs: SQSClient,
  { from, to }: { from: string; to: string },
  letters: readonly DeadLetter[],
  moved: (count: number) => void,
): Promise<number> {
  let count = 0;
  for (const batch of inBatches(letters)) {
    const arrived = await send(sqs, to, batch);
    count += await remove(sqs, from, arrived);
    await release(
      sqs,
      from,
      batch.filter((letter) => !arrived.includes(letter)),
    );
    moved(count);
  }
  return count;
}

async function send(sqs: SQSClient, queueUrl: string, batch: readonly DeadLetter[]): Promise<DeadLetter[]> {
  const Entries = batch.map(({ body, attributes }, n) => ({
    Id: `${n}`,
    MessageBody: body,
    ...(Object.keys(attributes).length > 0 && { MessageAttributes: attributes }),
  }));
  const { Successful = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  const arrived = new Set(Successful.map(({ Id }) => Id));
  return batch.filter((_, n) => arrived.has(`${n}`));
}

/** Takes records off their queue. Returns how many were. */
export async function remove(
  sqs: SQSClient,
  queueUrl: string,
  letters: readonly DeadLetter[],
): Promise<number> {
  let count = 0;
  for (const batch of inBatches(letters)) {
    const Entries = batch.map(({ receiptHandle }, n) => ({ Id: `${n}`, ReceiptHandle: receiptHandle }));
    const command = new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries });
    count += ((await sqs.send(command)).Successful ?? []).length;
  }
  return count;
}

/** Ten at a time, as SQS and EventBridge take them. */
export function inBatches<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / BATCH) }, (_, n) =>
    all.slice(n * BATCH, (n + 1) * BATCH),
  );
}

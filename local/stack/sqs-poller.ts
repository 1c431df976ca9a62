import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { failedRecords } from './batch-failures.ts';
import type { Invoke, LambdaFunction } from './invoke.ts';
import type { Observe } from './observation.ts';
import type { LocalQueue } from './sqs.ts';
import { LOCAL_AWS } from './table.ts';

const LONG_POLL_SECONDS = 20;
const AFTER_FAULT_MS = 1000;

/** What feeds a queue to a function. */
export interface SqsPoller {
  /** Stops receiving at once and resolves when the batches that are running have ended. */
  close(): Promise<void>;
}

/**
 * Receives from `queue` and calls the function with each batch, as Lambda's event source mapping does: the records
 * that it does not report as failed are deleted, the rest come again after the queue's visibility timeout.
 *
 * @param options.concurrency how many batches may run at the same time
 */
export function startSqsPoller(options: {
  client: SQSClient;
  queue: LocalQueue;
  called: LambdaFunction;
  batchSize: number;
  concurrency: number;
  longPollSeconds?: number;
  invoke: Invoke;
  observe: Observe;
}): SqsPoller {
  const closing = new AbortController();
  const batches = new Set<Promise<void>>();
  const polling = poll();

  async function poll(): Promise<void> {
    while (!closing.signal.aborted) {
      const messages = await receive();
      if (messages.length === 0) continue;
      const batch = handleBatch(messages)
        .catch((error) =>
          options.observe({ type: 'fault', function: options.called.name, error: asError(error) }),
        )
        .finally(() => batches.delete(batch));
      batches.add(batch);
      if (batches.size >= options.concurrency) await Promise.race(batches);
    }
  }

  async function receive(): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: options.queue.url,
      MaxNumberOfMessages: Math.min(options.batchSize, 10),
      WaitTimeSeconds: options.longPollSeconds ?? LONG_POLL_SECONDS,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    try {
      const { Messages } = await options.client.send(command, { abortSignal: closing.signal });
      return Messages ?? [];
    } catch (error) {
      if (closing.signal.aborted) return [];
      options.observe({ type: 'fault', function: options.called.name, error: asError(error) });
      await sleep(AFTER_FAULT_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      return [];
    }
  }

  async function handleBatch(messages: Message[]): Promise<void> {
    const startedAt = performance.now();
    const records = messages.map((message) => toRecord(message, options.queue.arn));
    const invocation = await options.invoke(options.called, { Records: records });
    const failed = failedRecords(
      records.map((record) => record.messageId),
      invocation,
    );
    await remove(records.filter((record) => !failed.has(record.messageId)));
    const { name } = options.called;
    if (invocation.type === 'threw')
      options.observe({ type: 'fault', function: name, error: invocation.error });
    const ms = performance.now() - startedAt;
    options.observe({ type: 'batch', function: name, records: records.length, failed: failed.size, ms });
  }

  async function remove(records: SQSRecord[]): Promise<void> {
    if (records.length === 0) return;
    await options.client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: options.queue.url,
        Entries: records.map(({ messageId, receiptHandle }) => ({
          Id: messageId,
          ReceiptHandle: receiptHandle,
        })),
      }),
    );
  }

  return {
    async close() {
      closing.abort();
      await polling;
      await Promise.all(batches);
    },
  };
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

function toRecord(message: Message, queueArn: string): SQSRecord {
  const { Attributes: system = {}, MessageAttributes: attributes = {} } = message;
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: {
      ...system,
      ApproximateReceiveCount: system.ApproximateReceiveCount ?? '1',
      SentTimestamp: system.SentTimestamp ?? '',
      SenderId: system.SenderId ?? '',
      ApproximateFirstReceiveTimestamp: system.ApproximateFirstReceiveTimestamp ?? '',
    },
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          dataType: DataType ?? 'String',
          stringValue: StringValue,
          binaryValue: BinaryValue && Buffer.from(BinaryValue).toString('base64'),
          stringListValues: [],
          binaryListValues: [],
        },
      ]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: LOCAL_AWS.region,
  };
}

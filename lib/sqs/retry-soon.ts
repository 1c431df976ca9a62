import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Logger } from '../logger.ts';

/** How soon a record that failed is delivered again. Longer than a claim's lease (45 s). */
export const RETRY_SECONDS = 60;

/** Lets records that failed come again soon. It throws nothing. */
export type RetrySoon = (failed: readonly Pick<SQSRecord, 'messageId' | 'receiptHandle'>[]) => Promise<void>;

/**
 * Shortens the visibility timeout of records that failed. The queue's own is six times the function's
 * timeout, which Lambda needs to retry throttled batches. Where the call fails, the record waits for the
 * whole timeout.
 */
export function createRetrySoon(client: SQSClient, queueUrl: string, logger: Logger): RetrySoon {
  return async (failed) => {
    await Promise.all(
      failed.map(async ({ messageId, receiptHandle }) => {
        const change = new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: RETRY_SECONDS,
        });
        await client.send(change).catch((error: unknown) => {
          logger.warn('A record that failed comes again only after the whole visibility timeout.', {
            recordId: messageId,
            error,
          });
        });
      }),
    );
  };
}

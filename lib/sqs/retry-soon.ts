import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Logger } from '../logger.ts';

/** How long a record rests that our own code could not handle. Longer than a claim's lease (45 s). */
export const RETRY_SECONDS = 60;

/** Lets records that failed come again soon. It throws nothing. */
export type RetrySoon = (failed: readonly Pick<SQSRecord, 'messageId' | 'receiptHandle'>[]) => Promise<void>;

/**
 * A queue hides what it hands out for six times the function's time, because Lambda needs that to retry what
 * it throttles. What our own code could not handle need not wait for so long. Where this fails, it does.
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

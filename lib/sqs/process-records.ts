import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { LogFields, Logger } from '../logger.ts';

/** The attribute of a record that names the mini program it is about; absent, it is the stage's first. */
export const APP_ATTRIBUTE = 'appid';

/** How the records of one queue are read, grouped and logged. */
export interface RecordOptions<Job> {
  /** Throws for anything else than a job. */
  readonly read: (body: string) => Job;
  /** Jobs of one group are done in turn. Undefined: the job is a group of its own. */
  readonly groupOf?: (job: Job) => string | undefined;
  /** The log message for a record that fails, with the fields of its job. */
  readonly failure: string;
  readonly fieldsOf?: (job: Job) => LogFields;
  readonly retrySoon: RetrySoon;
  readonly logger: Logger;
}

/**
 * Processes a batch of the queue record by record; `work` learns which mini program a job is of. Only those
 * that fail are delivered again.
 */
export async function processRecords<Job>(
  { Records }: SQSEvent,
  work: (job: Job, appId: string | undefined) => Promise<void>,
  { read, groupOf, failure, fieldsOf, retrySoon, logger }: RecordOptions<Job>,
): Promise<SQSBatchResponse> {
  async function takeOne({ record, ...content }: Received<Job>): Promise<boolean> {
    try {
      if (!('job' in content)) throw content.error;
      await work(content.job, appIdOf(record));
      return true;
    } catch (error) {
      logger.error(failure, {
        appid: appIdOf(record),
        ...('job' in content && fieldsOf?.(content.job)),
        recordId: record.messageId,
        receives: record.attributes.ApproximateReceiveCount,
        error,
      });
      return false;
    }
  }

  async function takeInTurn(group: readonly Received<Job>[]): Promise<SQSRecord[]> {
    const failed: SQSRecord[] = [];
    for (const received of group) {
      if (!(await takeOne(received))) failed.push(received.record);
    }
    return failed;
  }

  const groups = Map.groupBy(
    Records.map((record) => receive(record, read)),
    (received) => groupName(received, groupOf) ?? received.record.messageId,
  );
  const failed = (await Promise.all([...groups.values()].map(takeInTurn))).flat();
  await retrySoon(failed);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Mini programs may have users and messages of the same ids. */
function groupName<Job>(
  { record, ...content }: Received<Job>,
  groupOf: RecordOptions<Job>['groupOf'],
): string | undefined {
  const group = 'job' in content ? groupOf?.(content.job) : undefined;
  return group === undefined ? undefined : `${appIdOf(record)} ${group}`;
}

function appIdOf({ messageAttributes }: SQSRecord): string | undefined {
  return messageAttributes[APP_ATTRIBUTE]?.stringValue;
}

type Received<Job> = { readonly record: SQSRecord } & ({ readonly job: Job } | { readonly error: unknown });

function receive<Job>(record: SQSRecord, read: (body: string) => Job): Received<Job> {
  try {
    return { record, job: read(record.body) };
  } catch (error) {
    return { record, error };
  }
}

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

import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { LogFields, Logger } from '../logger.ts';
import type { RetrySoon } from './retry-soon.ts';

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

/** Processes a batch of the queue record by record. Only those that fail are delivered again. */
export async function processRecords<Job>(
  { Records }: SQSEvent,
  work: (job: Job) => Promise<void>,
  { read, groupOf, failure, fieldsOf, retrySoon, logger }: RecordOptions<Job>,
): Promise<SQSBatchResponse> {
  async function takeOne({ record, ...content }: Received<Job>): Promise<boolean> {
    try {
      if (!('job' in content)) throw content.error;
      await work(content.job);
      return true;
    } catch (error) {
      logger.error(failure, {
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
    (received) => ('job' in received && groupOf?.(received.job)) || received.record.messageId,
  );
  const failed = (await Promise.all([...groups.values()].map(takeInTurn))).flat();
  await retrySoon(failed);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

type Received<Job> = { readonly record: SQSRecord } & ({ readonly job: Job } | { readonly error: unknown });

function receive<Job>(record: SQSRecord, read: (body: string) => Job): Received<Job> {
  try {
    return { record, job: read(record.body) };
  } catch (error) {
    return { record, error };
  }
}

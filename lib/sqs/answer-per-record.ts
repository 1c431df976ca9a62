import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { LogFields, Logger } from '../logger.ts';

/** How the records of one queue are read, sorted and told of. */
export interface RecordOptions<Job> {
  /** Throws for what is no job of ours. */
  readonly read: (body: string) => Job;
  /** Jobs of the same worker are worked on one after the other. Undefined: the job has a worker of its own. */
  readonly groupOf?: (job: Job) => string | undefined;
  /** The line that is logged of a record that fails, and what it says of its job. */
  readonly failure: string;
  readonly fieldsOf?: (job: Job) => LogFields;
  readonly logger: Logger;
}

/** Works on what the queue brings. Each record is answered on its own: one that fails comes again, the others do not. */
export async function answerPerRecord<Job>(
  { Records }: SQSEvent,
  work: (job: Job) => Promise<void>,
  { read, groupOf, failure, fieldsOf, logger }: RecordOptions<Job>,
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

  async function takeInTurn(worker: readonly Received<Job>[]): Promise<SQSRecord[]> {
    const failed: SQSRecord[] = [];
    for (const received of worker) {
      if (!(await takeOne(received))) failed.push(received.record);
    }
    return failed;
  }

  const workers = Map.groupBy(
    Records.map((record) => receive(record, read)),
    (received) => ('job' in received && groupOf?.(received.job)) || received.record.messageId,
  );
  const failed = await Promise.all([...workers.values()].map(takeInTurn));
  return { batchItemFailures: failed.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** A record with the job that it carries, or with the reason why it carries none. */
type Received<Job> = { readonly record: SQSRecord } & ({ readonly job: Job } | { readonly error: unknown });

function receive<Job>(record: SQSRecord, read: (body: string) => Job): Received<Job> {
  try {
    return { record, job: read(record.body) };
  } catch (error) {
    return { record, error };
  }
}

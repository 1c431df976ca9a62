import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { LogFields, Logger } from '../logger.ts';
import type { RetrySoon } from './retry-soon.ts';

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

import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { EnqueueJobs, JobResult, RunJob } from '../lib/campaigns/runs/job.ts';
import type { Clock } from '../lib/clock.ts';
import { DELIVERY_LIMIT_MS } from '../lib/delivery/deliver-message.ts';
import type { Logger } from '../lib/logger.ts';
import { readRunJob } from '../lib/queue/sqs-campaign-queue.ts';
import { wireCampaignSending as buildServices } from '../lib/wiring/campaign-sending.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';

/** What this function needs. */
export interface SendCampaignServices {
  /** Does a piece of a run's work; no send begins after `deadlineMs`. */
  readonly work: (job: RunJob, deadlineMs: number) => Promise<JobResult>;
  readonly enqueueJobs: EnqueueJobs;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Plans and sends what the queue brings. Each record is answered on its own: one that fails comes again, the others do not. */
export function createHandler(services: SendCampaignServices) {
  return async (
    event: SQSEvent,
    { getRemainingTimeInMillis }: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    // A send that has begun is accounted for before the function's time is over.
    const deadlineMs = services.clock() + getRemainingTimeInMillis() - DELIVERY_LIMIT_MS;
    const handled = await Promise.all(
      event.Records.map(async (record) => ({
        record,
        done: await handleOne(services, record, deadlineMs),
      })),
    );
    const failed = handled.filter(({ done }) => !done);
    return { batchItemFailures: failed.map(({ record }) => ({ itemIdentifier: record.messageId })) };
  };
}

/** A job that is to come up later goes onto the queue anew, so that waiting does not count as a failed receive. */
async function handleOne(
  { work, enqueueJobs, logger }: SendCampaignServices,
  record: SQSRecord,
  deadlineMs: number,
): Promise<boolean> {
  let job: RunJob | undefined;
  try {
    job = readRunJob(record.body);
    const result = await work(job, deadlineMs);
    if (result.type === 'later') await enqueueJobs([job], result.delayMs);
    return true;
  } catch (error) {
    logger.error("A campaign's job could not be done and comes again, or ends in the dead-letter queue.", {
      campaignId: job?.campaignId,
      runId: job?.runId,
      recordId: record.messageId,
      receives: record.attributes.ApproximateReceiveCount,
      error,
    });
    return false;
  }
}

export { buildServices };

/** The deployed function. */
export const handler = onColdStart(buildServices, createHandler);

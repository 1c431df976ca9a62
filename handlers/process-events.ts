import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { EventResult } from '../lib/events/apply-event.ts';
import type { EnqueueEvent, OtherMessage } from '../lib/events/event-job.ts';
import type { SubscribeEvent } from '../lib/events/subscribe-event.ts';
import type { Logger } from '../lib/logger.ts';
import { readEventJob } from '../lib/queue/sqs-event-queue.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireEventProcessing as wire } from '../lib/wiring/event-processing.ts';

/** What this function needs. */
export interface ProcessEventsServices {
  readonly apply: (event: SubscribeEvent) => Promise<EventResult>;
  /** Hands a message to the owner's own rules. */
  readonly forward: (message: OtherMessage) => Promise<void>;
  readonly enqueue: EnqueueEvent;
  readonly logger: Logger;
}

/** Takes in what WeChat pushed. Each record is answered on its own: one that fails comes again, the others do not. */
export function createHandler(services: ProcessEventsServices) {
  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const lanes = Map.groupBy(event.Records, laneOf);
    const failed = await Promise.all([...lanes.values()].map((records) => takeInTurn(services, records)));
    return { batchItemFailures: failed.flat().map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** Events of one user share a lane: they change the same ledger. */
function laneOf(record: SQSRecord): string {
  try {
    const job = readEventJob(record.body);
    return job.type === 'subscribe' ? job.event.openid : record.messageId;
  } catch {
    return record.messageId;
  }
}

async function takeInTurn(services: ProcessEventsServices, records: readonly SQSRecord[]): Promise<string[]> {
  const failed: string[] = [];
  for (const record of records) {
    if (!(await takeOne(services, record))) failed.push(record.messageId);
  }
  return failed;
}

/** An event that is to be looked at again goes onto the queue anew, so that waiting does not count as a failed receive. */
async function takeOne(services: ProcessEventsServices, record: SQSRecord): Promise<boolean> {
  const { apply, forward, enqueue, logger } = services;
  try {
    const job = readEventJob(record.body);
    if (job.type === 'other') {
      await forward(job);
      return true;
    }
    const result = await apply(job.event);
    if (result.type === 'later') await enqueue(job, result.delayMs);
    return true;
  } catch (error) {
    logger.error(
      'An event of WeChat’s could not be taken in and comes again, or ends in the dead-letter queue.',
      {
        recordId: record.messageId,
        receives: record.attributes.ApproximateReceiveCount,
        error,
      },
    );
    return false;
  }
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);

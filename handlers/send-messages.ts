import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { DeliveryResult } from '../lib/delivery/deliver-message.ts';
import type { Logger } from '../lib/logger.ts';
import { openidOf } from '../lib/messages/message-id.ts';
import type { Enqueue, SendJob } from '../lib/messages/send-job.ts';
import { readSendJob } from '../lib/queue/send-queue.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireDelivery as wire } from '../lib/wiring/delivery.ts';

/** What this function needs. */
export interface SendMessagesServices {
  readonly deliver: (job: SendJob) => Promise<DeliveryResult>;
  readonly enqueue: Enqueue;
  readonly logger: Logger;
}

/** Sends what the queue brings. Each record is answered on its own: one that fails comes again, the others do not. */
export function createHandler(services: SendMessagesServices) {
  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const lanes = Map.groupBy(event.Records, laneOf);
    const failed = await Promise.all([...lanes.values()].map((records) => sendInTurn(services, records)));
    return { batchItemFailures: failed.flat().map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** Records of one user share a lane: WeChat refuses overlapping sends to one openid (WeChat contract §3.3, 43108). */
function laneOf(record: SQSRecord): string {
  try {
    return openidOf(readSendJob(record.body).messageId) ?? record.messageId;
  } catch {
    return record.messageId;
  }
}

async function sendInTurn(services: SendMessagesServices, records: readonly SQSRecord[]): Promise<string[]> {
  const failed: string[] = [];
  for (const record of records) {
    if (!(await sendOne(services, record))) failed.push(record.messageId);
  }
  return failed;
}

/** A note that is to come up later goes onto the queue anew, so that waiting does not count as a failed receive. */
async function sendOne(
  { deliver, enqueue, logger }: SendMessagesServices,
  record: SQSRecord,
): Promise<boolean> {
  try {
    const job = readSendJob(record.body);
    const result = await deliver(job);
    if (result.type === 'later') await enqueue(job, result.delayMs);
    return true;
  } catch (error) {
    logger.error('A queue record could not be handled and comes again, or ends in the dead-letter queue.', {
      recordId: record.messageId,
      receives: record.attributes.ApproximateReceiveCount,
      error,
    });
    return false;
  }
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);

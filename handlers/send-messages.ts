import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { DELIVERY_LIMIT_MS, type DeliveryResult } from '../lib/delivery/deliver-message.ts';
import type { Logger } from '../lib/logger.ts';
import { openidOf } from '../lib/messages/message-id.ts';
import type { Enqueue, SendJob } from '../lib/messages/send-job.ts';
import { readSendJob } from '../lib/queue/sqs-send-queue.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireDelivery as buildServices } from '../lib/wiring/delivery.ts';

/** What this function needs. */
export interface SendMessagesServices {
  readonly deliver: (job: SendJob) => Promise<DeliveryResult>;
  readonly enqueue: Enqueue;
  readonly logger: Logger;
}

/** Sends what the queue brings. Each record is answered on its own: one that fails comes again, the others do not. */
export function createHandler(services: SendMessagesServices) {
  return async (
    event: SQSEvent,
    { getRemainingTimeInMillis }: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    const inTime = () => getRemainingTimeInMillis() >= DELIVERY_LIMIT_MS;
    const lanes = Map.groupBy(event.Records, laneOf);
    const failed = await Promise.all(
      [...lanes.values()].map((records) => sendInTurn(services, records, inTime)),
    );
    return { batchItemFailures: failed.flat().map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** Records of one user share a lane: WeChat refuses overlapping sends to one openid (WeChat contract §3.3, 43108). */
function laneOf(record: SQSRecord): string {
  const messageId = messageIdIn(record);
  return (messageId && openidOf(messageId)) ?? record.messageId;
}

function messageIdIn({ body }: SQSRecord): string | undefined {
  try {
    return readSendJob(body).messageId;
  } catch {
    return undefined;
  }
}

/** What could be cut off in the middle by the function's time-out goes back to the queue instead. */
async function sendInTurn(
  services: SendMessagesServices,
  records: readonly SQSRecord[],
  inTime: () => boolean,
): Promise<string[]> {
  const failed: string[] = [];
  for (const record of records) {
    if (!(await handleOne(services, record, inTime()))) failed.push(record.messageId);
  }
  return failed;
}

/** A job that is to come up later goes onto the queue anew, so that waiting does not count as a failed receive. */
async function handleOne(
  { deliver, enqueue, logger }: SendMessagesServices,
  record: SQSRecord,
  inTime: boolean,
): Promise<boolean> {
  try {
    const job = readSendJob(record.body);
    const result = inTime ? await deliver(job) : AT_ONCE_ELSEWHERE;
    if (result.type === 'later') await enqueue(nextJob(job, result), result.delayMs);
    return true;
  } catch (error) {
    logger.error('A queue record could not be handled and comes again, or ends in the dead-letter queue.', {
      messageId: messageIdIn(record),
      recordId: record.messageId,
      receives: record.attributes.ApproximateReceiveCount,
      error,
    });
    return false;
  }
}

const AT_ONCE_ELSEWHERE: DeliveryResult = { type: 'later', delayMs: 0 };

function nextJob(
  { dueAtMs: _, ...job }: SendJob,
  { dueAtMs }: Extract<DeliveryResult, { type: 'later' }>,
): SendJob {
  return { ...job, ...(dueAtMs !== undefined && { dueAtMs }) };
}

export { buildServices };

/** The deployed function. */
export const handler = onColdStart(buildServices, createHandler);

import type { Context, SQSEvent } from 'aws-lambda';
import { createDueEntries } from '../lib/dynamodb/dynamodb-due-index.ts';
import { createMessageStore } from '../lib/dynamodb/dynamodb-message-store.ts';
import { createRateLimitStore } from '../lib/dynamodb/dynamodb-rate-limit-store.ts';
import { createSharedReads } from '../lib/dynamodb/shared-reads.ts';
import { createSharedWrites } from '../lib/dynamodb/shared-writes.ts';
import { createRateLimiter } from '../lib/limits/rate-limiter.ts';
import type { Logger } from '../lib/logger.ts';
import { DELIVERY_LIMIT_MS, deliverMessage } from '../lib/messages/deliver-message.ts';
import type { DeliveryResult } from '../lib/messages/delivery-result.ts';
import { openidOf } from '../lib/messages/message.ts';
import { fetchFromSsm, openQueue, openTable } from '../lib/runtime/aws.ts';
import { openMetrics } from '../lib/runtime/emf-metrics.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { answerRules, openWeChat, sendCall } from '../lib/runtime/wechat.ts';
import type { Enqueue, SendJob } from '../lib/sends/send-job.ts';
import { createTokenSender } from '../lib/sends/send-with-token.ts';
import { type Environment, loadSecrets, readSettings } from '../lib/settings/settings.ts';
import { processRecords } from '../lib/sqs/process-records.ts';
import { createRetrySoon, type RetrySoon } from '../lib/sqs/retry-soon.ts';
import { createEnqueue, readSendJob } from '../lib/sqs/sqs-queues.ts';

export const handler = onColdStart(buildServices, createHandler);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(await loadSecrets(env, ['WECHAT_APP_SECRET'], fetchFromSsm(env)), [
    'app',
    'wechat',
    'sending',
    'metrics',
    'table',
    'queue',
  ]);
  const base = createRuntime(overrides);
  const measure = openMetrics(settings, base, overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const wechat = openWeChat(settings, table, base);
  const versions = { ...base, newVersion: base.newUuid };
  const { maxSendsPerSecond } = settings.sending;
  const services = {
    ...base,
    store: createMessageStore(table, {
      ...versions,
      read: createSharedReads(table),
      write: createSharedWrites(table, base),
    }),
    dueEntries: createDueEntries(table),
    newClaimId: base.newUuid,
    wechat: createTokenSender({ ...base, measure, tokens: wechat.tokens, ...sendCall(wechat) }),
    rules: answerRules,
    rateLimiter: createRateLimiter({
      ...base,
      measure,
      store: createRateLimitStore(table, versions),
      ...(maxSendsPerSecond !== undefined && { maxPerSecond: maxSendsPerSecond }),
    }),
  };
  return {
    logger: base.logger,
    enqueue: createEnqueue(sqs, settings.queue.sendQueueUrl),
    deliver: (job: SendJob) => deliverMessage(services, job),
    retrySoon: createRetrySoon(sqs, settings.queue.sendQueueUrl, base.logger),
    async close() {
      await wechat.close();
      table.client.destroy();
      sqs.destroy();
    },
  };
}

interface Services {
  readonly deliver: (job: SendJob) => Promise<DeliveryResult>;
  readonly enqueue: Enqueue;
  readonly retrySoon: RetrySoon;
  readonly logger: Logger;
}

/** Sends what the queue delivers, one by one for one user: WeChat refuses overlaps (WeChat contract §3.3). */
export function createHandler(services: Services) {
  return (event: SQSEvent, { getRemainingTimeInMillis }: Pick<Context, 'getRemainingTimeInMillis'>) =>
    processRecords(event, (job) => send(services, job, getRemainingTimeInMillis() >= DELIVERY_LIMIT_MS), {
      read: readSendJob,
      groupOf: ({ messageId }) => openidOf(messageId),
      failure: 'A queue record could not be handled and comes again, or ends in the dead-letter queue.',
      fieldsOf: ({ messageId }) => ({ messageId }),
      retrySoon: services.retrySoon,
      logger: services.logger,
    });
}

/**
 * What could be cut off in the middle by the function's time-out goes back to the queue instead. A job that
 * is to come up later goes onto the queue anew, so that waiting does not count as a failed receive.
 */
async function send({ deliver, enqueue }: Services, job: SendJob, inTime: boolean): Promise<void> {
  const result: DeliveryResult = inTime ? await deliver(job) : { type: 'later', delayMs: 0 };
  if (result.type === 'later') await enqueue(nextJob(job, result), result.delayMs);
}

function nextJob(
  { dueAtMs: _, ...job }: SendJob,
  { dueAtMs }: Extract<DeliveryResult, { type: 'later' }>,
): SendJob {
  return { ...job, ...(dueAtMs !== undefined && { dueAtMs }) };
}

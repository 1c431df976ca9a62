import type { Context, SQSEvent } from 'aws-lambda';
import { DELIVERY_LIMIT_MS, type DeliveryResult, deliverMessage } from '../lib/delivery/deliver-message.ts';
import { createPacer } from '../lib/delivery/pacer.ts';
import { createTokenSender } from '../lib/delivery/token-sender.ts';
import type { Logger } from '../lib/logger.ts';
import { openidOf } from '../lib/messages/message-id.ts';
import type { Enqueue, SendJob } from '../lib/messages/send-job.ts';
import { answerPerRecord } from '../lib/queue/answer-per-record.ts';
import { createEnqueue, readSendJob } from '../lib/queue/sqs-send-queue.ts';
import { loadSecrets } from '../lib/secrets.ts';
import { readSettings } from '../lib/settings.ts';
import { createDueEntries } from '../lib/table/dynamodb-due-index.ts';
import { createMessageStore } from '../lib/table/dynamodb-message-store.ts';
import { createPaceStore } from '../lib/table/dynamodb-pace-store.ts';
import { createSharedReads } from '../lib/table/shared-reads.ts';
import { createSharedWrites } from '../lib/table/shared-writes.ts';
import { fetchFromSsm, openQueue, openTable } from '../lib/wiring/aws.ts';
import { type Environment, type Overrides, onColdStart } from '../lib/wiring/cold-start.ts';
import { foundation } from '../lib/wiring/foundation.ts';
import { openMetrics } from '../lib/wiring/metrics.ts';
import { answerRules, openWeChat, sendCall } from '../lib/wiring/wechat.ts';

/** The deployed function. */
export const handler = onColdStart(buildServices, createHandler);

/** What this function needs, once per cold start. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(await loadSecrets(env, ['WECHAT_APP_SECRET'], fetchFromSsm(env)), [
    'app',
    'wechat',
    'sending',
    'metrics',
    'table',
    'queue',
  ]);
  const base = foundation(overrides);
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
      write: createSharedWrites(table),
    }),
    dueEntries: createDueEntries(table),
    newClaimId: base.newUuid,
    wechat: createTokenSender({ ...base, measure, tokens: wechat.tokens, ...sendCall(wechat) }),
    rules: answerRules,
    pacer: createPacer({
      ...base,
      measure,
      store: createPaceStore(table, versions),
      ...(maxSendsPerSecond !== undefined && { maxPerSecond: maxSendsPerSecond }),
    }),
  };
  return {
    logger: base.logger,
    enqueue: createEnqueue(sqs, settings.queue.sendQueueUrl),
    deliver: (job: SendJob) => deliverMessage(services, job),
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
  readonly logger: Logger;
}

/** Sends what the queue brings. One user's are sent in turn: WeChat refuses overlapping ones (WeChat contract §3.3, 43108). */
export function createHandler(services: Services) {
  return (event: SQSEvent, { getRemainingTimeInMillis }: Pick<Context, 'getRemainingTimeInMillis'>) =>
    answerPerRecord(event, (job) => send(services, job, getRemainingTimeInMillis() >= DELIVERY_LIMIT_MS), {
      read: readSendJob,
      laneOf: ({ messageId }) => openidOf(messageId),
      failure: 'A queue record could not be handled and comes again, or ends in the dead-letter queue.',
      factsOf: ({ messageId }) => ({ messageId }),
      logger: services.logger,
    });
}

/**
 * What could be cut off in the middle by the function's time-out goes back to the queue instead. A job that is to come up
 * later goes onto the queue anew, so that waiting does not count as a failed receive.
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

import type { Context, SQSEvent } from 'aws-lambda';
import { type CardJob, isCardJob } from '../lib/cards/card-job.ts';
import { deliverCard } from '../lib/cards/deliver-card.ts';
import { createBatchedReads } from '../lib/dynamodb/batched-reads.ts';
import { createBatchedWrites } from '../lib/dynamodb/batched-writes.ts';
import { createCardStore } from '../lib/dynamodb/dynamodb-card-store.ts';
import { createDueIndexWriter } from '../lib/dynamodb/dynamodb-due-index.ts';
import { createMessageStore } from '../lib/dynamodb/dynamodb-message-store.ts';
import { createRateLimitStore } from '../lib/dynamodb/dynamodb-rate-limit-store.ts';
import type { JobResult } from '../lib/job-result.ts';
import { createRateLimiter } from '../lib/limits/rate-limiter.ts';
import type { Logger } from '../lib/logger.ts';
import { DELIVERY_LIMIT_MS, deliverMessage } from '../lib/messages/deliver-message.ts';

import { openidOf } from '../lib/messages/message.ts';
import type { SendJob } from '../lib/messages/send-job.ts';
import type { Apps } from '../lib/runtime/apps.ts';
import { openDynamoDb, openQueue } from '../lib/runtime/aws.ts';
import { cardRules, openCardSender } from '../lib/runtime/cards.ts';
import { openMetrics } from '../lib/runtime/emf-metrics.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import { answerRules, openWeChat, sendCall } from '../lib/runtime/wechat.ts';
import { createTokenSender } from '../lib/sends/send-with-token.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { createRetrySoon, processRecords, type RetrySoon } from '../lib/sqs/process-records.ts';
import { createEnqueue, readSendJob } from '../lib/sqs/sqs-queues.ts';

export const handler = onColdStart(buildServices, createHandler);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(env, ['app', 'wechat', 'sending', 'metrics', 'table', 'queue'], runtime);
  const client = openDynamoDb(env);
  const sqs = openQueue(env);
  const apps = await stage.apps((settings, base, app) => {
    const { appId } = app;
    const measure = openMetrics(settings, base, overrides, app);
    const table = { client, name: settings.table.name, appId };
    const wechat = openWeChat(settings, table, base);
    const { maxSendsPerSecond } = settings.sending;
    const services = {
      ...base,
      store: createMessageStore(table, {
        ...base,
        read: createBatchedReads(table),
        write: createBatchedWrites(table, base),
      }),
      dueEntries: createDueIndexWriter(table),
      newClaimId: base.newUuid,
      wechat: createTokenSender({ ...base, measure, tokens: wechat.tokens, ...sendCall(wechat) }),
      rules: answerRules,
      rateLimiter: createRateLimiter({
        ...base,
        measure,
        store: createRateLimitStore(table, base),
        ...(maxSendsPerSecond !== undefined && { maxPerSecond: maxSendsPerSecond }),
      }),
    };
    const cards = {
      ...base,
      store: createCardStore(table, base),
      newClaimId: base.newUuid,
      wechat: openCardSender(wechat, base, measure),
      rules: cardRules,
    };
    return {
      enqueue: createEnqueue<SendJob | CardJob>(sqs, settings.queue.sendQueueUrl, appId),
      deliver: (job: SendJob) => deliverMessage(services, job),
      deliverCard: (job: CardJob) => deliverCard(cards, job),
      close: wechat.close,
    };
  });
  return {
    logger: runtime.logger,
    apps,
    retrySoon: createRetrySoon(sqs, stage.settings.queue.sendQueueUrl, runtime.logger),
    close: closing(apps, client, sqs),
  };
}

/** What is done for one mini program. */
interface AppServices {
  readonly deliver: (job: SendJob) => Promise<JobResult>;
  readonly deliverCard: (job: CardJob) => Promise<JobResult>;
  enqueue(job: SendJob | CardJob, delayMs: number): Promise<void>;
}

interface Services {
  readonly apps: Pick<Apps<AppServices>, 'of'>;
  readonly retrySoon: RetrySoon;
  readonly logger: Logger;
}

/**
 * Sends what the queue delivers: messages one by one for one user, because WeChat refuses overlaps (WeChat
 * contract §3.3), and changes of cards one by one for one card.
 */
export function createHandler({ apps, retrySoon, logger }: Services) {
  return (event: SQSEvent, { getRemainingTimeInMillis }: Pick<Context, 'getRemainingTimeInMillis'>) => {
    async function takeUp(job: SendJob | CardJob, appId: string | undefined): Promise<void> {
      const { services } = await apps.of(appId);
      await send(services, job, getRemainingTimeInMillis() >= DELIVERY_LIMIT_MS);
    }
    return processRecords(event, takeUp, {
      read: readSendJob,
      groupOf: (job) => (isCardJob(job) ? job.cardId : openidOf(job.messageId)),
      failure: 'A queue record could not be handled and comes again, or ends in the dead-letter queue.',
      fieldsOf: (job) => (isCardJob(job) ? { cardId: job.cardId } : { messageId: job.messageId }),
      retrySoon,
      logger,
    });
  };
}

/**
 * What could be cut off in the middle by the function's time-out goes back to the queue instead. A job that
 * is to come up later goes onto the queue anew, so that waiting does not count as a failed receive.
 */
async function send(services: AppServices, job: SendJob | CardJob, inTime: boolean): Promise<void> {
  const result: JobResult = inTime ? await attempt(services, job) : { type: 'later', delayMs: 0 };
  if (result.type === 'later') await services.enqueue(nextJob(job, result), result.delayMs);
}

function attempt({ deliver, deliverCard }: AppServices, job: SendJob | CardJob): Promise<JobResult> {
  return isCardJob(job) ? deliverCard(job) : deliver(job);
}

function nextJob(
  before: SendJob | CardJob,
  { dueAtMs }: Extract<JobResult, { type: 'later' }>,
): SendJob | CardJob {
  if (isCardJob(before)) return before;
  const { dueAtMs: _, ...job } = before;
  return { ...job, ...(dueAtMs !== undefined && { dueAtMs }) };
}

import type { Context, SQSEvent } from 'aws-lambda';
import { BATCH_SIZE } from '../lib/campaigns/runs/batch.ts';
import { createRunStatusCache, processRunJob } from '../lib/campaigns/runs/process-run-job.ts';
import type { RunRecord } from '../lib/campaigns/runs/run.ts';
import type { EnqueueJobs, RunJob } from '../lib/campaigns/runs/run-job.ts';
import { createPermits, createRunRateLimiters } from '../lib/campaigns/runs/run-rate-limiters.ts';
import type { Clock } from '../lib/clock.ts';
import { createBatchedWrites } from '../lib/dynamodb/batched-writes.ts';
import { runRateLimitKey } from '../lib/dynamodb/campaign-keys.ts';
import { createCampaignStore } from '../lib/dynamodb/dynamodb-campaign-store.ts';
import { createTemplateUsers } from '../lib/dynamodb/dynamodb-grant-store.ts';
import { createMessageStore } from '../lib/dynamodb/dynamodb-message-store.ts';
import { createRateLimitStore } from '../lib/dynamodb/dynamodb-rate-limit-store.ts';
import { createRunStore, runExpiresAt } from '../lib/dynamodb/dynamodb-run-store.ts';
import type { JobResult } from '../lib/job-result.ts';
import { createRateLimiter } from '../lib/limits/rate-limiter.ts';
import type { Logger } from '../lib/logger.ts';
import { DELIVERY_LIMIT_MS } from '../lib/messages/deliver-message.ts';
import type { Apps } from '../lib/runtime/apps.ts';
import { openDynamoDb, openQueue } from '../lib/runtime/aws.ts';
import { openMetrics } from '../lib/runtime/emf-metrics.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import { openCatalogue } from '../lib/runtime/templates.ts';
import { answerRules, openWeChat, sendCall } from '../lib/runtime/wechat.ts';
import { createTokenSender } from '../lib/sends/send-with-token.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { createRetrySoon, processRecords, type RetrySoon } from '../lib/sqs/process-records.ts';
import { createEnqueueJobs, readRunJob } from '../lib/sqs/sqs-queues.ts';

export const handler = onColdStart(buildServices, createHandler);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(
    env,
    ['app', 'wechat', 'sending', 'metrics', 'table', 'campaignQueue'],
    runtime,
  );
  const client = openDynamoDb(env);
  const sqs = openQueue(env);
  const apps = await stage.apps((settings, base, app) => {
    const { appId } = app;
    const measure = openMetrics(settings, base, overrides, app);
    const table = { client, name: settings.table.name, appId };
    const wechat = openWeChat(settings, table, base);
    const { maxSendsPerSecond } = settings.sending;
    const rateLimiter = createRateLimiter({
      ...base,
      measure,
      store: createRateLimitStore(table, base),
      ...(maxSendsPerSecond !== undefined && { maxPerSecond: maxSendsPerSecond }),
    });
    const rateLimitStoreOf = ({ id }: RunRecord) =>
      createRateLimitStore(table, {
        ...base,
        at: { key: runRateLimitKey(table, id), expiresAt: runExpiresAt(id) },
      });
    const runs = createRunStore(table, base);
    const enqueueJobs = createEnqueueJobs(sqs, settings.campaignQueue.url, appId);
    const services = {
      ...base,
      runs,
      enqueueJobs,
      rateLimiter,
      campaigns: createCampaignStore(table, base),
      store: createMessageStore(table, { ...base, write: createBatchedWrites(table, base) }),
      audience: createTemplateUsers(table),
      runStatus: createRunStatusCache({ runs, clock: base.clock }),
      acquirePermit: createPermits(
        rateLimiter,
        createRunRateLimiters({ ...base, storeOf: rateLimitStoreOf }),
      ),
      wechat: createTokenSender({ ...base, measure, tokens: wechat.tokens, ...sendCall(wechat) }),
      rules: answerRules,
      findTemplate: openCatalogue(table, wechat, base).find,
      pageSize: BATCH_SIZE,
      newClaimId: base.newUuid,
      newWorkerId: base.newUuid,
    };
    return {
      enqueueJobs,
      work: (job: RunJob, deadlineMs: number) => processRunJob(services, job, deadlineMs),
      close: wechat.close,
    };
  });
  return {
    logger: runtime.logger,
    clock: runtime.clock,
    apps,
    retrySoon: createRetrySoon(sqs, stage.settings.campaignQueue.url, runtime.logger),
    close: closing(apps, client, sqs),
  };
}

/** What is done for one mini program. */
interface AppServices {
  /** Does a piece of a run's work; no send begins after `deadlineMs`. */
  readonly work: (job: RunJob, deadlineMs: number) => Promise<JobResult>;
  readonly enqueueJobs: EnqueueJobs;
}

interface Services {
  readonly apps: Pick<Apps<AppServices>, 'of'>;
  readonly clock: Clock;
  readonly retrySoon: RetrySoon;
  readonly logger: Logger;
}

/** Plans and sends what the queue brings. */
export function createHandler({ apps, retrySoon, clock, logger }: Services) {
  return (event: SQSEvent, { getRemainingTimeInMillis }: Pick<Context, 'getRemainingTimeInMillis'>) => {
    // A send that has begun is accounted for before the function's time is over.
    const deadlineMs = clock() + getRemainingTimeInMillis() - DELIVERY_LIMIT_MS;
    /** A job for later goes onto the queue anew, so that waiting does not count as a failed receive. */
    async function takeUp(job: RunJob, appId: string | undefined): Promise<void> {
      const { work, enqueueJobs } = (await apps.of(appId)).services;
      const result = await work(job, deadlineMs);
      if (result.type === 'later') await enqueueJobs([job], result.delayMs);
    }
    return processRecords(event, takeUp, {
      read: readRunJob,
      failure: "A campaign's job could not be done and comes again, or ends in the dead-letter queue.",
      fieldsOf: ({ campaignId, runId }) => ({ campaignId, runId }),
      retrySoon,
      logger,
    });
  };
}

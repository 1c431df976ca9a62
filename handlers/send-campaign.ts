import type { Context, SQSEvent } from 'aws-lambda';
import type { EnqueueJobs, JobResult, RunJob } from '../lib/campaigns/runs/job.ts';
import { RUN_PAGE_SIZE } from '../lib/campaigns/runs/page.ts';
import type { RunRecord } from '../lib/campaigns/runs/run.ts';
import { createRunPacers } from '../lib/campaigns/runs/run-pacers.ts';
import { createTurns } from '../lib/campaigns/runs/send-page.ts';
import { createRunLook, workOnRun } from '../lib/campaigns/runs/work-on-run.ts';
import type { Clock } from '../lib/clock.ts';
import { DELIVERY_LIMIT_MS } from '../lib/delivery/deliver-message.ts';
import { createPacer } from '../lib/delivery/pacer.ts';
import { createTokenSender } from '../lib/delivery/token-sender.ts';
import type { Logger } from '../lib/logger.ts';
import { answerPerRecord } from '../lib/queue/answer-per-record.ts';
import { createEnqueueJobs, readRunJob } from '../lib/queue/sqs-campaign-queue.ts';
import { loadSecrets } from '../lib/secrets.ts';
import { readSettings } from '../lib/settings.ts';
import { createCampaignStore } from '../lib/table/dynamodb-campaign-store.ts';
import { createAudienceStore } from '../lib/table/dynamodb-grant-store.ts';
import { createMessageStore } from '../lib/table/dynamodb-message-store.ts';
import { createPaceStore } from '../lib/table/dynamodb-pace-store.ts';
import { createRunStore, runExpiresAt } from '../lib/table/dynamodb-run-store.ts';
import { runPaceKey } from '../lib/table/keys.ts';
import { createSharedWrites } from '../lib/table/shared-writes.ts';
import { fetchFromSsm, openQueue, openTable } from '../lib/wiring/aws.ts';
import { type Environment, type Overrides, onColdStart } from '../lib/wiring/cold-start.ts';
import { foundation } from '../lib/wiring/foundation.ts';
import { openMetrics } from '../lib/wiring/metrics.ts';
import { openCatalogue } from '../lib/wiring/templates.ts';
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
    'campaignQueue',
  ]);
  const base = foundation(overrides);
  const measure = openMetrics(settings, base, overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const wechat = openWeChat(settings, table, base);
  const versions = { ...base, newVersion: base.newUuid };
  const { maxSendsPerSecond } = settings.sending;
  const pacer = createPacer({
    ...base,
    measure,
    store: createPaceStore(table, versions),
    ...(maxSendsPerSecond !== undefined && { maxPerSecond: maxSendsPerSecond }),
  });
  const paceStoreOf = ({ id }: RunRecord) =>
    createPaceStore(table, {
      ...versions,
      place: { key: runPaceKey(table, id), expiresAt: runExpiresAt(id) },
    });
  const runs = createRunStore(table, versions);
  const enqueueJobs = createEnqueueJobs(sqs, settings.campaignQueue.url);
  const services = {
    ...base,
    runs,
    enqueueJobs,
    pacer,
    campaigns: createCampaignStore(table, versions),
    store: createMessageStore(table, { ...versions, write: createSharedWrites(table) }),
    audience: createAudienceStore(table),
    look: createRunLook({ runs, clock: base.clock }),
    takeTurn: createTurns(pacer, createRunPacers({ ...base, storeOf: paceStoreOf })),
    wechat: createTokenSender({ ...base, measure, tokens: wechat.tokens, ...sendCall(wechat) }),
    rules: answerRules,
    findTemplate: openCatalogue(table, wechat, base).find,
    pageSize: RUN_PAGE_SIZE,
    newClaimId: base.newUuid,
    newWorkerId: base.newUuid,
  };
  return {
    logger: base.logger,
    clock: base.clock,
    enqueueJobs,
    work: (job: RunJob, deadlineMs: number) => workOnRun(services, job, deadlineMs),
    async close() {
      await wechat.close();
      table.client.destroy();
      sqs.destroy();
    },
  };
}

interface Services {
  /** Does a piece of a run's work; no send begins after `deadlineMs`. */
  readonly work: (job: RunJob, deadlineMs: number) => Promise<JobResult>;
  readonly enqueueJobs: EnqueueJobs;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Plans and sends what the queue brings. */
export function createHandler({ work, enqueueJobs, clock, logger }: Services) {
  return (event: SQSEvent, { getRemainingTimeInMillis }: Pick<Context, 'getRemainingTimeInMillis'>) => {
    // A send that has begun is accounted for before the function's time is over.
    const deadlineMs = clock() + getRemainingTimeInMillis() - DELIVERY_LIMIT_MS;
    /** A job that is to come up later goes onto the queue anew, so that waiting does not count as a failed receive. */
    async function takeUp(job: RunJob): Promise<void> {
      const result = await work(job, deadlineMs);
      if (result.type === 'later') await enqueueJobs([job], result.delayMs);
    }
    return answerPerRecord(event, takeUp, {
      read: readRunJob,
      failure: "A campaign's job could not be done and comes again, or ends in the dead-letter queue.",
      factsOf: ({ campaignId, runId }) => ({ campaignId, runId }),
      logger,
    });
  };
}

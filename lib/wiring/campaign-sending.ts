import type { RunJob } from '../campaigns/runs/job.ts';
import { RUN_PAGE_SIZE } from '../campaigns/runs/page.ts';
import type { RunRecord } from '../campaigns/runs/run.ts';
import { createTurns } from '../campaigns/runs/send-page.ts';
import { createRunLook, workOnRun } from '../campaigns/runs/work-on-run.ts';
import { createPacer, type Pacer } from '../delivery/pacer.ts';
import { createEnqueueJobs } from '../queue/sqs-campaign-queue.ts';
import { loadSecrets } from '../secrets.ts';
import { readSettings } from '../settings.ts';
import type { Table } from '../table/client.ts';
import { createCampaignStore } from '../table/dynamodb-campaign-store.ts';
import { createAudienceStore } from '../table/dynamodb-grant-store.ts';
import { createMessageStore } from '../table/dynamodb-message-store.ts';
import { createPaceStore } from '../table/dynamodb-pace-store.ts';
import { createRunStore, runExpiresAt } from '../table/dynamodb-run-store.ts';
import { runPaceKey } from '../table/keys.ts';
import { createSharedWrites } from '../table/shared-writes.ts';
import { fetchFromSsm, openQueue, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { type Foundation, foundation } from './foundation.ts';
import { openMetrics } from './metrics.ts';
import { openCatalogue } from './templates.ts';
import { answerRules, openWeChat, weChatSender } from './wechat.ts';

/** What the function that plans and sends campaigns needs. */
export async function wireCampaignSending(env: Environment, overrides?: Overrides) {
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
  const runs = createRunStore(table, versions);
  const enqueueJobs = createEnqueueJobs(sqs, settings.campaignQueue.url);
  const catalogue = openCatalogue(table, wechat, base);
  const services = {
    ...base,
    runs,
    enqueueJobs,
    pacer,
    campaigns: createCampaignStore(table, versions),
    store: createMessageStore(table, { ...versions, write: createSharedWrites(table) }),
    audience: createAudienceStore(table),
    look: createRunLook({ runs, clock: base.clock }),
    takeTurn: createTurns(pacer, createRunPacers(table, base)),
    wechat: weChatSender(wechat, base.logger, measure),
    rules: answerRules,
    findTemplate: (templateId: string) => catalogue.find(templateId),
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

/** A container works on a few runs at a time. */
const MOST_PACERS = 50;

/** The pacers of runs that have a rate of their own. */
function createRunPacers(table: Table, base: Foundation): (run: RunRecord) => Pacer | undefined {
  const pacers = new Map<string, Pacer>();
  return ({ id, content: { maxPerSecond } }) => {
    if (maxPerSecond === undefined) return undefined;
    const known = pacers.get(id);
    if (known) return known;
    const place = { key: runPaceKey(table, id), expiresAt: runExpiresAt(id) };
    const store = createPaceStore(table, { newVersion: base.newUuid, logger: base.logger, place });
    const pacer = createPacer({ ...base, store, maxPerSecond });
    if (pacers.size >= MOST_PACERS) pacers.clear();
    pacers.set(id, pacer);
    return pacer;
  };
}

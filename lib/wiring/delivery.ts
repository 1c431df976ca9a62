import { deliverMessage } from '../delivery/deliver-message.ts';
import { createPacer } from '../delivery/pacer.ts';
import type { SendJob } from '../messages/send-job.ts';
import { createEnqueue } from '../queue/sqs-send-queue.ts';
import { loadSecrets } from '../secrets.ts';
import { readSettings } from '../settings.ts';
import { createDueEntries } from '../table/dynamodb-due-index.ts';
import { createMessageStore } from '../table/dynamodb-message-store.ts';
import { createPaceStore } from '../table/dynamodb-pace-store.ts';
import { createSharedReads } from '../table/shared-reads.ts';
import { createSharedWrites } from '../table/shared-writes.ts';
import { fetchFromSsm, openQueue, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';
import { openMetrics } from './metrics.ts';
import { answerRules, openWeChat, weChatSender } from './wechat.ts';

/** What the function that sends needs. */
export async function wireDelivery(env: Environment, overrides?: Overrides) {
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
    wechat: weChatSender(wechat, base.logger, measure),
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

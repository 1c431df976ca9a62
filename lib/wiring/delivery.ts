import { deliverMessage } from '../delivery/deliver-message.ts';
import type { SendJob } from '../messages/send-job.ts';
import { createEnqueue } from '../queue/send-queue.ts';
import { loadSecrets } from '../secrets.ts';
import { readSettings } from '../settings.ts';
import { createMessageStore } from '../table/message-store.ts';
import { openQueue, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';
import { answerRules, openWeChat, weChatSender } from './wechat.ts';

/** What the function that sends needs. */
export async function wireDelivery(env: Environment, overrides?: Overrides) {
  const settings = readSettings(await loadSecrets(env, ['WECHAT_APP_SECRET']), [
    'app',
    'wechat',
    'table',
    'queue',
  ]);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const wechat = openWeChat(settings, table, base);
  const services = {
    ...base,
    store: createMessageStore(table, { ...base, newVersion: base.newUuid }),
    newClaimId: base.newUuid,
    wechat: weChatSender(wechat, base.logger),
    rules: answerRules,
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

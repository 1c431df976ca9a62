import { createMessageApi } from '../api/message-api.ts';
import { createMessageIds } from '../messages/message-id.ts';
import { createEnqueue } from '../queue/sqs-send-queue.ts';
import { loadSecrets } from '../secrets.ts';
import { readSettings } from '../settings.ts';
import { createDueEntries } from '../table/dynamodb-due-index.ts';
import { createIdempotencyKeys } from '../table/dynamodb-idempotency-keys.ts';
import { createMessageStore } from '../table/dynamodb-message-store.ts';
import { createUnknownMessages } from '../table/dynamodb-unknown-messages.ts';
import { remedyFor } from '../wechat/errcodes.ts';
import { httpServices } from './api.ts';
import { fetchFromSsm, openQueue, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';
import { openNames } from './template-names.ts';
import { openCatalogue } from './templates.ts';
import { openWeChat } from './wechat.ts';

/** What the function that accepts, shows, cancels and settles messages needs. */
export async function wireMessages(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(
    env,
    ['SESSION_SECRET', 'API_KEYS', 'WECHAT_APP_SECRET'],
    fetchFromSsm(env),
  );
  const settings = readSettings(secrets, [
    'app',
    'sessions',
    'apiKeys',
    'wechat',
    'messages',
    'templates',
    'table',
    'queue',
  ]);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const wechat = openWeChat(settings, table, base);
  const open = settings.messages.userSendableTemplates;
  const names = openNames(table, settings, base);
  const { pages } = settings.templates;
  return {
    ...httpServices(settings, base),
    messages: createMessageApi({
      ...base,
      store: createMessageStore(table, { ...base, newVersion: base.newUuid }),
      unknown: createUnknownMessages(table, base.logger),
      enqueue: createEnqueue(sqs, settings.queue.sendQueueUrl),
      keys: createIdempotencyKeys(table, { ...base, newVersion: base.newUuid }),
      dueEntries: createDueEntries(table),
      newMessageId: createMessageIds(base.newTimeOrderedUuid),
      templates: openCatalogue(table, wechat, base),
      names,
      ...(pages !== undefined && { pages }),
      remedyFor: (errcode, errmsg) => remedyFor(errcode, errmsg, 'templates'),
      sendRemedyFor: (errcode, errmsg) => remedyFor(errcode, errmsg, 'send'),
      async isOpenToUsers(templateId) {
        if (open === '*') return true;
        return (await Promise.all(open.map(names.resolveTemplateId))).includes(templateId);
      },
    }),
    async close() {
      await wechat.close();
      table.client.destroy();
      sqs.destroy();
    },
  };
}

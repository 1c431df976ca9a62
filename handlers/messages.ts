import { createHttpHandler, type HttpServices } from '../lib/api/http-handler.ts';
import { createMessageApi, type MessageApi } from '../lib/api/message-api.ts';
import { messageRoutes } from '../lib/api/routes/messages.ts';
import { createMessageIds } from '../lib/messages/message-id.ts';
import { createUserSendable } from '../lib/messages/user-sendable.ts';
import { createEnqueue } from '../lib/queue/sqs-send-queue.ts';
import { loadSecrets } from '../lib/secrets.ts';
import { readSettings } from '../lib/settings.ts';
import { createDueEntries } from '../lib/table/dynamodb-due-index.ts';
import { createIdempotencyKeys } from '../lib/table/dynamodb-idempotency-keys.ts';
import { createMessageStore } from '../lib/table/dynamodb-message-store.ts';
import { createUnknownMessages } from '../lib/table/dynamodb-unknown-messages.ts';
import { remedyFor } from '../lib/wechat/errcodes.ts';
import { httpServices } from '../lib/wiring/api.ts';
import { fetchFromSsm, openQueue, openTable } from '../lib/wiring/aws.ts';
import { type Environment, type Overrides, onColdStart } from '../lib/wiring/cold-start.ts';
import { foundation } from '../lib/wiring/foundation.ts';
import { openNames } from '../lib/wiring/template-names.ts';
import { openCatalogue } from '../lib/wiring/templates.ts';
import { openWeChat } from '../lib/wiring/wechat.ts';

/** The deployed function. */
export const handler = onColdStart(buildServices, createHandler);

/** What this function needs, once per cold start. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(
    await loadSecrets(env, ['SESSION_SECRET', 'API_KEYS', 'WECHAT_APP_SECRET'], fetchFromSsm(env)),
    ['app', 'sessions', 'apiKeys', 'wechat', 'messages', 'templates', 'table', 'queue'],
  );
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const wechat = openWeChat(settings, table, base);
  const names = openNames(table, settings, base);
  const versions = { ...base, newVersion: base.newUuid };
  const { pages } = settings.templates;
  return {
    ...httpServices(settings, base),
    messages: createMessageApi({
      ...base,
      store: createMessageStore(table, versions),
      unknown: createUnknownMessages(table, base.logger),
      enqueue: createEnqueue(sqs, settings.queue.sendQueueUrl),
      keys: createIdempotencyKeys(table, versions),
      dueEntries: createDueEntries(table),
      newMessageId: createMessageIds(base.newTimeOrderedUuid),
      templates: openCatalogue(table, wechat, base),
      names,
      ...(pages !== undefined && { pages }),
      remedyFor: (errcode, errmsg) => remedyFor(errcode, errmsg, 'templates'),
      sendRemedyFor: (errcode, errmsg) => remedyFor(errcode, errmsg, 'send'),
      isOpenToUsers: createUserSendable(settings.messages.userSendableTemplates, names),
    }),
    async close() {
      await wechat.close();
      table.client.destroy();
      sqs.destroy();
    },
  };
}

interface Services extends HttpServices {
  readonly messages: MessageApi;
}

/** Accepts, shows, cancels and settles messages. */
export function createHandler(services: Services) {
  return createHttpHandler(messageRoutes(services.messages), services);
}

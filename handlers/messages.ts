import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { type MessageRouteServices, messageRoutes } from '../lib/api/routes/messages.ts';
import { createAuditTrail } from '../lib/dynamodb/dynamodb-audit-trail.ts';
import { createDueEntries } from '../lib/dynamodb/dynamodb-due-index.ts';
import { createIdempotencyKeys } from '../lib/dynamodb/dynamodb-idempotency-keys.ts';
import { createMessageStore } from '../lib/dynamodb/dynamodb-message-store.ts';
import { createUndeliveredMessages } from '../lib/dynamodb/dynamodb-undelivered-messages.ts';
import { createMessageIds } from '../lib/messages/message.ts';
import { fetchFromSsm, openQueue, openTable } from '../lib/runtime/aws.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openCatalogue, openNames } from '../lib/runtime/templates.ts';
import { openWeChat } from '../lib/runtime/wechat.ts';
import { type Environment, loadSecrets, readSettings } from '../lib/settings/settings.ts';
import { createEnqueue } from '../lib/sqs/sqs-queues.ts';
import { createUserSendable } from '../lib/templates/template-names.ts';
import { remedyFor } from '../lib/wechat/errcodes.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(
    await loadSecrets(env, ['SESSION_SECRET', 'API_KEYS', 'WECHAT_APP_SECRET'], fetchFromSsm(env)),
    ['app', 'sessions', 'apiKeys', 'wechat', 'messages', 'templates', 'table', 'queue'],
  );
  const base = createRuntime(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const wechat = openWeChat(settings, table, base);
  const names = openNames(table, settings, base);
  const versions = { ...base, newVersion: base.newUuid };
  const { pages } = settings.templates;
  const messages: MessageRouteServices = {
    ...base,
    store: createMessageStore(table, versions),
    undelivered: createUndeliveredMessages(table, base.logger),
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
  };
  return {
    ...httpServices(settings, base),
    audit: createAuditTrail(table, base),
    messages,
    async close() {
      await wechat.close();
      table.client.destroy();
      sqs.destroy();
    },
  };
}

interface Services extends HttpServices {
  readonly messages: MessageRouteServices;
}

/** Accepts, shows, cancels and settles messages. */
export function createHandler({ messages, ...http }: Services) {
  return createHttpHandler(messageRoutes(messages), http);
}

import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { type MessageRouteServices, messageRoutes } from '../lib/api/routes/messages.ts';
import { createDueIndexWriter } from '../lib/dynamodb/dynamodb-due-index.ts';
import { createIdempotencyKeys } from '../lib/dynamodb/dynamodb-idempotency-keys.ts';
import { createMessageStore } from '../lib/dynamodb/dynamodb-message-store.ts';
import { createUndeliveredMessages } from '../lib/dynamodb/dynamodb-undelivered-messages.ts';
import { createMessageIds } from '../lib/messages/message.ts';
import type { SendJob } from '../lib/messages/send-job.ts';
import { openAuditTrails } from '../lib/runtime/audit.ts';
import { openDynamoDb, openQueue } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import { openAliasLookup, openCatalogue } from '../lib/runtime/templates.ts';
import { openWeChat } from '../lib/runtime/wechat.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { createEnqueue } from '../lib/sqs/sqs-queues.ts';
import { createUserSendable } from '../lib/templates/alias-lookup.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(
    env,
    ['app', 'sessions', 'apiKeys', 'wechat', 'messages', 'templates', 'table', 'queue'],
    runtime,
  );
  const client = openDynamoDb(env);
  const sqs = openQueue(env);
  const apps = await stage.apps((settings, base) => {
    const { appId } = settings.app;
    const table = { client, name: settings.table.name, appId };
    const wechat = openWeChat(settings, table, base);
    const names = openAliasLookup(table, settings, base);
    const { pages } = settings.templates;
    return {
      ...base,
      store: createMessageStore(table, base),
      undelivered: createUndeliveredMessages(table, base.logger),
      enqueue: createEnqueue<SendJob>(sqs, settings.queue.sendQueueUrl, appId),
      keys: createIdempotencyKeys(table, base),
      dueEntries: createDueIndexWriter(table),
      newMessageId: createMessageIds(base.newTimeOrderedUuid),
      templates: openCatalogue(table, wechat, base),
      names,
      ...(pages !== undefined && { pages }),
      isOpenToUsers: createUserSendable(settings.messages.userSendableTemplates, names),
      close: wechat.close,
    };
  });
  return httpServices(stage, runtime, {
    apps,
    close: closing(apps, client, sqs),
    auditOf: openAuditTrails(client, stage.settings, runtime),
  });
}

/** Accepts, shows, cancels and settles messages. */
export function createHandler(services: HttpServices<MessageRouteServices>) {
  return createHttpHandler(messageRoutes, services);
}

import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { userRoutes } from '../lib/api/routes/users.ts';
import { createCampaignStore } from '../lib/dynamodb/dynamodb-campaign-store.ts';
import { createMessageStore } from '../lib/dynamodb/dynamodb-message-store.ts';
import { createRecipientEraser } from '../lib/dynamodb/dynamodb-recipient-eraser.ts';
import { createRunStore } from '../lib/dynamodb/dynamodb-run-store.ts';
import { createUserEraser } from '../lib/dynamodb/dynamodb-user-eraser.ts';
import { openAuditTrails } from '../lib/runtime/audit.ts';
import { openDynamoDb } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import type { Environment } from '../lib/settings/settings.ts';
import type { EraseServices } from '../lib/users/erase-user.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(env, ['app', 'sessions', 'apiKeys', 'table'], runtime);
  const client = openDynamoDb(env);
  const apps = await stage.apps((settings, base) => {
    const table = { client, name: settings.table.name, appId: settings.app.appId };
    return {
      ...base,
      store: createMessageStore(table, base),
      eraser: createUserEraser(table, base),
      campaigns: createCampaignStore(table, base),
      runs: createRunStore(table, base),
      recipients: createRecipientEraser(table, base),
    };
  });
  return httpServices(stage, runtime, {
    apps,
    close: closing(apps, client),
    auditOf: openAuditTrails(client, stage.settings, runtime),
  });
}

/** Erases users. */
export function createHandler(services: HttpServices<EraseServices>) {
  return createHttpHandler(userRoutes, services);
}

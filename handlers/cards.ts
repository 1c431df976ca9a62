import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { type CardRouteServices, cardRoutes } from '../lib/api/routes/cards.ts';
import type { CardJob } from '../lib/cards/card-job.ts';
import { createCardStore } from '../lib/dynamodb/dynamodb-card-store.ts';
import { openDynamoDb, openQueue } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { createEnqueue } from '../lib/sqs/sqs-queues.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(env, ['app', 'sessions', 'apiKeys', 'table', 'queue'], runtime);
  const client = openDynamoDb(env);
  const sqs = openQueue(env);
  const apps = await stage.apps((settings, base): CardRouteServices => {
    const { appId } = settings.app;
    const table = { client, name: settings.table.name, appId };
    return {
      ...base,
      store: createCardStore(table, base),
      enqueue: createEnqueue<CardJob>(sqs, settings.queue.sendQueueUrl, appId),
    };
  });
  return httpServices(stage, runtime, { apps, close: closing(apps, client, sqs) });
}

/** Activates, changes and shows service cards. */
export function createHandler(services: HttpServices<CardRouteServices>) {
  return createHttpHandler(cardRoutes, services);
}

import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { appRoutes } from '../lib/api/routes/apps.ts';
import { readAppState } from '../lib/apps/app-state.ts';
import { createAccessTokenStore } from '../lib/dynamodb/dynamodb-access-token-store.ts';
import { createRateLimitStore } from '../lib/dynamodb/dynamodb-rate-limit-store.ts';
import { createTemplateStore } from '../lib/dynamodb/dynamodb-template-store.ts';
import { openDynamoDb, openQueue } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import { type App, AppNotReadyError, UnknownAppError } from '../lib/settings/apps.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { countDeadLetters } from '../lib/sqs/sqs-queues.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

/** Settings of a mini program's own that it does nothing with but say so where they are wrong. */
const SHOWN = ['grants', 'messages', 'templates', 'sending'] as const;

/** It holds no AppSecret. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(
    env,
    [...SHOWN, 'app', 'sessions', 'apiKeys', 'table', 'deadLetters'],
    runtime,
  );
  const client = openDynamoDb(env);
  const sqs = openQueue(env);
  const apps = await stage.apps((settings, base, { appId, isStopped }) => {
    const table = { client, name: settings.table.name, appId };
    const rateLimits = createRateLimitStore(table, base);
    const sources = {
      isStopped,
      readToken: createAccessTokenStore(table, base.newUuid).read,
      readRateLimits: async () => (await rateLimits.load()).value,
      templatesSyncedAtMs: createTemplateStore(table, base.logger).lastSyncedAtMs,
      clock: base.clock,
    };
    return { state: () => readAppState(sources) };
  });

  async function stateOf({ appId }: App) {
    try {
      return await (await apps.of(appId)).services.state();
    } catch (error) {
      if (!(error instanceof AppNotReadyError)) throw error;
      runtime.logger.error(error.message, { appid: appId });
      return { status: 'credentials-refused' } as const;
    }
  }

  /** One whose settings are wrong is shown too, and so the others are to a key that is for it. */
  async function find(appId?: string) {
    const all = await apps.list();
    const app = appId === undefined ? all[0] : all.find((each) => each.appId === appId);
    if (!app) throw new UnknownAppError(appId ?? '');
    return { app, services };
  }

  const services = {
    countDeadLetters: async () => {
      const { deadLetters } = await stage.current();
      return countDeadLetters(sqs, deadLetters).catch((error) => {
        runtime.logger.error('The dead-letter queues could not be counted.', { error });
        return undefined;
      });
    },
    async list(appIds?: readonly string[]) {
      const allowed = (await apps.list()).filter(({ appId }) => appIds?.includes(appId) ?? true);
      return Promise.all(
        allowed.map(async (app) => ({
          appId: app.appId,
          ...(app.name !== undefined && { name: app.name }),
          ...(await stateOf(app)),
        })),
      );
    },
  };
  return httpServices(stage, runtime, {
    apps: { of: find },
    close: closing(apps, client, sqs),
  });
}

/** Lists the mini programs and their states. */
export function createHandler(services: HttpServices<Parameters<typeof appRoutes>[0]>) {
  return createHttpHandler(appRoutes, services);
}

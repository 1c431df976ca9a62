import { createHttpHandler, type HttpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { wechatEventRoutes } from '../lib/api/routes/wechat-events.ts';
import { fetchFromSsm, openQueue } from '../lib/runtime/aws.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { type Environment, loadSecrets, readSettings } from '../lib/settings/settings.ts';
import { createEnqueue } from '../lib/sqs/sqs-queues.ts';
import { createPushReceiver } from '../lib/wechat/push/receive-push.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

/** It has nothing to do with the table. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['WECHAT_PUSH_TOKEN', 'WECHAT_PUSH_AES_KEY'], fetchFromSsm(env));
  const { app, push, eventQueue } = readSettings(secrets, ['app', 'push', 'eventQueue']);
  const { token, forwardMessages, ...rest } = push;
  const { clock, logger } = createRuntime(overrides);
  const sqs = openQueue(env);
  return {
    logger,
    forwardMessages,
    enqueue: createEnqueue(sqs, eventQueue.url),
    ...(token !== undefined && { receiver: createPushReceiver({ ...app, ...rest, token }, clock) }),
    async close() {
      sqs.destroy();
    },
  };
}

type Services = Parameters<typeof wechatEventRoutes>[0] & HttpServices;

/** Takes what WeChat pushes and puts it on the queue, so that WeChat has its answer at once. */
export function createHandler(services: Services) {
  return createHttpHandler(wechatEventRoutes(services), services);
}

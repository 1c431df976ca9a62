import { createHttpHandler, type HttpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { type WeChatEventRouteServices, wechatEventRoutes } from '../lib/api/routes/wechat-events.ts';
import { openQueue } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { createEnqueue } from '../lib/sqs/sqs-queues.ts';
import { createPushReceiver } from '../lib/wechat/push/receive-push.ts';
import type { EventJob } from '../lib/wechat-events/event-job.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

/** It has nothing to do with the table. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(env, ['app', 'push', 'eventQueue'], runtime);
  const sqs = openQueue(env);
  const apps = await stage.apps(({ app, push, eventQueue }, { clock, logger }) => {
    const { token, forwardMessages, ...rest } = push;
    return {
      logger,
      forwardMessages,
      enqueue: createEnqueue<EventJob>(sqs, eventQueue.url, app.appId),
      ...(token !== undefined && { receiver: createPushReceiver({ ...app, ...rest, token }, clock) }),
    };
  });
  return {
    logger: runtime.logger,
    apps,
    close: closing(sqs),
  };
}

/** Takes what WeChat pushes and puts it on the queue, so that WeChat has its answer at once. */
export function createHandler(services: HttpServices<WeChatEventRouteServices>) {
  return createHttpHandler(wechatEventRoutes, services);
}

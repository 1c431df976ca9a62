import { createEnqueueEvent } from '../queue/sqs-event-queue.ts';
import { loadSecrets } from '../secrets.ts';
import { readSettings } from '../settings.ts';
import { createPushReceiver } from '../wechat/push/receive-push.ts';
import { fetchFromSsm, openQueue } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';

/** What the function that takes WeChat's messages needs. It has nothing to do with the table. */
export async function wireWeChatEvents(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['WECHAT_PUSH_TOKEN', 'WECHAT_PUSH_AES_KEY'], fetchFromSsm(env));
  const { app, push, eventQueue } = readSettings(secrets, ['app', 'push', 'eventQueue']);
  const { token, forwardMessages, ...rest } = push;
  const { clock, logger } = foundation(overrides);
  const sqs = openQueue(env);
  return {
    logger,
    forwardMessages,
    enqueue: createEnqueueEvent(sqs, eventQueue.url),
    ...(token !== undefined && { receiver: createPushReceiver({ ...app, ...rest, token }, clock) }),
    async close() {
      sqs.destroy();
    },
  };
}

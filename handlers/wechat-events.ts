import { createHttpHandler } from '../lib/api/http-handler.ts';
import { wechatEventRoutes } from '../lib/api/routes/wechat-events.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireWeChatEvents as wire } from '../lib/wiring/wechat-events.ts';

/** What this function needs. */
export type WeChatEventServices = Parameters<typeof wechatEventRoutes>[0] &
  Parameters<typeof createHttpHandler>[1];

/** Takes what WeChat pushes and puts it on the queue, so that WeChat has its answer at once. */
export function createHandler(services: WeChatEventServices) {
  return createHttpHandler(wechatEventRoutes(services), services);
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);

import { createHttpHandler } from '../lib/api/http-handler.ts';
import type { MessageApi } from '../lib/api/message-api.ts';
import { messageRoutes } from '../lib/api/routes/messages.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireMessages as wire } from '../lib/wiring/messages.ts';

/** What this function needs. */
export interface MessageServices extends HttpServices {
  readonly messages: MessageApi;
}

type HttpServices = Parameters<typeof createHttpHandler>[1];

/** Accepts, shows, cancels and settles messages. */
export function createHandler(services: MessageServices) {
  return createHttpHandler(messageRoutes(services.messages), services);
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);

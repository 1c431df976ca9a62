import { createHttpHandler } from '../lib/api/http-handler.ts';
import { sessionRoutes } from '../lib/api/routes/sessions.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireSessions as wire } from '../lib/wiring/sessions.ts';

/** What this function needs. */
export type SessionServices = Parameters<typeof sessionRoutes>[0] & Parameters<typeof createHttpHandler>[1];

/** Trades login codes for session tokens. */
export function createHandler(services: SessionServices) {
  return createHttpHandler(sessionRoutes(services), services);
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);

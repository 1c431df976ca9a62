import { createHttpHandler } from '../lib/api/http-handler.ts';
import { grantRoutes } from '../lib/api/routes/grants.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireGrants as wire } from '../lib/wiring/grants.ts';

/** What this function needs. */
export type GrantServices = Parameters<typeof grantRoutes>[0] & Parameters<typeof createHttpHandler>[1];

/** Records what users answered in the subscribe panel, and says what may be sent. */
export function createHandler(services: GrantServices) {
  return createHttpHandler(grantRoutes(services), services);
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);

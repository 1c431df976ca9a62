import { createHttpHandler } from '../lib/api/http-handler.ts';
import { userRoutes } from '../lib/api/routes/users.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireUsers as wire } from '../lib/wiring/users.ts';

/** What this function needs. */
export type UserServices = Parameters<typeof userRoutes>[0] & Parameters<typeof createHttpHandler>[1];

/** Erases users. */
export function createHandler(services: UserServices) {
  return createHttpHandler(userRoutes(services), services);
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);

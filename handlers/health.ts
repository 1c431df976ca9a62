import { createHttpHandler } from '../lib/api/http-handler.ts';
import { healthRoutes } from '../lib/api/routes/health.ts';
import { routeSpecs } from '../lib/api/routes/index.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireHealth as wire } from '../lib/wiring/health.ts';

/** What this function needs. */
export type HealthServices = Parameters<typeof healthRoutes>[0] & Parameters<typeof createHttpHandler>[1];

/** Says whether the service can reach its table, and answers for every address and method that no route has. */
export function createHandler(services: HealthServices) {
  return createHttpHandler(healthRoutes(services), services, routeSpecs);
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);

import { createHttpHandler } from '../lib/api/http-handler.ts';
import { statisticsRoutes } from '../lib/api/routes/statistics.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireStatistics as wire } from '../lib/wiring/statistics.ts';

/** What this function needs. */
export type StatsServices = Parameters<typeof statisticsRoutes>[0] & Parameters<typeof createHttpHandler>[1];

/** Shows what became of grants and messages, by template and day. */
export function createHandler(services: StatsServices) {
  return createHttpHandler(statisticsRoutes(services), services);
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);

import * as v from 'valibot';
import type { Logger } from '../../logger.ts';
import { ProblemError } from '../problem.ts';
import { describeRoutes, type Route, route } from '../route.ts';

/** The answer of a service that is well. */
export const health = v.object({ status: v.literal('ok') });

/** The routes of `/v1/health` as data. */
export const healthSpecs = describeRoutes({
  getHealth: {
    route: 'GET /v1/health',
    summary: 'Whether the service can reach its table',
    access: { anyone: true },
    answers: { 200: { description: 'It can', schema: health } },
    problems: ['table-unreachable'],
  },
});

interface HealthRouteServices {
  /** Reads something, whatever it is, from the table. Rejects if that fails. */
  readonly readTable: () => Promise<unknown>;
  readonly logger: Logger;
}

/** A silent table is told of this long before Lambda ends the function. */
const RESERVE_MS = 1_000;

/** The route of `/v1/health`. */
export function healthRoutes({ readTable, logger }: HealthRouteServices): readonly Route[] {
  return [
    route(healthSpecs.getHealth, async ({ requestId, limit }) => {
      const over = new AbortController();
      const silence = limit.near(RESERVE_MS, over.signal).then(() => {
        if (!over.signal.aborted) throw new Error('The table does not answer.');
      });
      try {
        await Promise.race([readTable(), silence]);
      } catch (error) {
        logger.error(
          'The table cannot be reached. Check its name, the region and the rights of the function.',
          { requestId, error },
        );
        throw new ProblemError('table-unreachable', 'The service cannot reach its table. Try again later.');
      } finally {
        over.abort();
      }
      return { status: 200, body: { status: 'ok' } };
    }),
  ];
}

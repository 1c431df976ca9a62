import * as v from 'valibot';
import type { Logger } from '../../logger.ts';
import { ProblemError } from '../problem.ts';
import { type Route, route, routeSpec } from '../route.ts';

/** The answer of a service that is well. */
export const health = v.object({ status: v.literal('ok') });

/** `GET /v1/health`. */
export const getHealthSpec = routeSpec({
  method: 'GET',
  path: '/v1/health',
  operationId: 'getHealth',
  summary: 'Whether the service can reach its table',
  access: { anyone: true },
  answers: { 200: { description: 'It can', schema: health } },
  problems: ['table-unreachable'],
});

interface HealthRouteServices {
  /** Reads something, whatever it is, from the table. Rejects if that fails. */
  readonly readTable: () => Promise<unknown>;
  readonly logger: Logger;
}

/** The route of `/v1/health`. */
export function healthRoutes({ readTable, logger }: HealthRouteServices): readonly Route[] {
  return [
    route(getHealthSpec, async ({ requestId }) => {
      try {
        await readTable();
      } catch (error) {
        logger.error(
          'The table cannot be reached. Check its name, the region and the rights of the function.',
          { requestId, error },
        );
        throw new ProblemError('table-unreachable', 'The service cannot reach its table. Try again later.');
      }
      return { status: 200, body: { status: 'ok' } };
    }),
  ];
}

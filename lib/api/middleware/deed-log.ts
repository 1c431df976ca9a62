import type { Logger } from '../../logger.ts';
import { admittedOf, type HttpMiddleware } from '../http-event.ts';

/** Logs what operators change, and by which key: all that takes the scope `manage`, and whatever is done to a thing that the path names. */
export function deedLog(logger: Logger): HttpMiddleware {
  return {
    after: ({ event, context, response }) => {
      const { route, params, caller } = admittedOf(context);
      if (caller.type !== 'operator' || !isDeed(route.spec, params)) return;
      logger.info('operator request done', {
        requestId: event.requestContext.requestId,
        operation: route.spec.operationId,
        // Not `key…`: fields of such names are redacted.
        operator: caller.keyName,
        ...params,
        status: response?.statusCode,
      });
    },
  };
}

type Admitted = ReturnType<typeof admittedOf>;

function isDeed({ method, access }: Admitted['route']['spec'], params: Admitted['params']): boolean {
  if (method === 'GET') return false;
  return access.operator === 'manage' || Object.keys(params).length > 0;
}

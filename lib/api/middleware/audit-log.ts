import { createHash } from 'node:crypto';
import type { Logger } from '../../logger.ts';
import { authorizedOf, type HttpMiddleware } from '../http-event.ts';

/** Logs what operators change, and by which key: all that takes the scope `manage`, and whatever is done to a thing that the path names. */
export function auditLog(logger: Logger): HttpMiddleware {
  return {
    after: ({ event, context, response }) => {
      const { route, params, caller } = authorizedOf(context);
      if (caller.type !== 'operator' || !isAudited(route.spec, params)) return;
      logger.info('operator request done', {
        requestId: event.requestContext.requestId,
        operation: route.spec.operationId,
        // Not `key…`: fields of such names are redacted.
        operator: caller.keyName,
        ...withoutUser(params),
        status: response?.statusCode,
      });
    },
  };
}

/** A log outlives an erased user, so that it holds a digest only: enough to tell whether it was this user. */
function withoutUser({ openid, ...params }: Authorized['params']): Readonly<Record<string, string>> {
  return { ...params, ...(openid !== undefined && { openidSha256: sha256(openid) }) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

type Authorized = ReturnType<typeof authorizedOf>;

function isAudited({ method, access }: Authorized['route']['spec'], params: Authorized['params']): boolean {
  if (method === 'GET') return false;
  return access.operator === 'manage' || Object.keys(params).length > 0;
}

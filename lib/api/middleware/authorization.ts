import { authenticate, type Credentials } from '../authenticate.ts';
import type { FindRoute } from '../find-route.ts';
import type { HttpMiddleware } from '../http-event.ts';

/** Finds the route and lets the caller in, before anything of the body is looked at. */
export function authorization(findRoute: FindRoute, credentials: Credentials): HttpMiddleware {
  return {
    before: async ({ event, context }) => {
      const match = findRoute(event);
      const caller = match.route.spec.access.anyone
        ? ({ type: 'anyone' } as const)
        : await authenticate(credentials, event.headers['authorization']);
      match.route.authorize(caller);
      context.authorized = { ...match, caller };
    },
  };
}

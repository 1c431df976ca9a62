import { ENCODE_UTF8 } from './encoding-remedies.ts';
import type { HttpEvent, RouteMatch } from './http-event.ts';
import { ProblemError } from './problem.ts';
import { isMisencoded } from './read-query.ts';
import type { Route, RouteSpec } from './route.ts';

/** Where a request goes. @throws ProblemError `not-found` or, with `allow`, `method-not-allowed` */
export type FindRoute = (event: HttpEvent) => RouteMatch;

/**
 * Finds the route for a request among `routes`. `elsewhere` are the routes of other functions: for those this one can
 * say only which methods they have, when it is asked what no function has.
 */
export function createRouteFinder(routes: readonly Route[], elsewhere: readonly RouteSpec[] = []): FindRoute {
  const candidates = [...routes, ...elsewhere.map((spec) => ({ spec }))].map((route) => ({
    route,
    pattern: pathPattern(route.spec.path),
  }));
  return (event) => {
    const path = pathOf(event);
    const { method } = event.requestContext.http;
    // What API Gateway could not decode has a % left.
    if (isMisencoded(path) || path.includes('%')) {
      throw new ProblemError('not-found', 'The address is not percent-encoded UTF-8.', {
        remedy: ENCODE_UTF8,
      });
    }
    const methods = new Set<string>();
    for (const { route, pattern } of candidates) {
      const found = pattern.exec(path);
      if (!found) continue;
      if (route.spec.method === method && 'run' in route) return { route, params: { ...found.groups } };
      methods.add(route.spec.method);
    }
    if (methods.size === 0) throw new ProblemError('not-found', 'There is nothing at this address.');
    const allow = [...methods].join(', ');
    throw new ProblemError('method-not-allowed', `Use ${allow} here.`, { headers: { allow } });
  };
}

/** Ids hold no character that a path must encode, so that a part can be taken as it stands. */
function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

/** A stage that is not `$default` stands before the path. */
function pathOf({ rawPath, requestContext: { stage } }: HttpEvent): string {
  const prefix = `/${stage}/`;
  return rawPath.startsWith(prefix) ? rawPath.slice(prefix.length - 1) : rawPath;
}

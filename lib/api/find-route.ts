import type { HttpEvent, RouteMatch } from './http-event.ts';
import { ProblemError } from './problem.ts';
import type { Route } from './route.ts';

/** Where a request goes. @throws ProblemError `not-found` or, with `allow`, `method-not-allowed` */
export type FindRoute = (event: HttpEvent) => RouteMatch;

/** Finds the route for a request among `routes`. */
export function createRouteFinder(routes: readonly Route[]): FindRoute {
  const candidates = routes.map((route) => ({ route, pattern: pathPattern(route.spec.path) }));
  return (event) => {
    const path = pathOf(event);
    const matches = candidates.flatMap(({ route, pattern }) => {
      const found = pattern.exec(path);
      return found ? [{ route, params: { ...found.groups } }] : [];
    });
    if (matches.length === 0) throw new ProblemError('not-found', 'There is nothing at this address.');
    const { method } = event.requestContext.http;
    const match = matches.find(({ route }) => route.spec.method === method);
    if (match) return match;
    const allow = [...new Set(matches.map(({ route }) => route.spec.method))].join(', ');
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

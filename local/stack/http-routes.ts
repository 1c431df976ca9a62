import type { LambdaFunction } from './invoke.ts';

/** One route of the HTTP API and the function behind it. */
export interface HttpRoute {
  /** As serverless.yml has it, `GET /v1/messages/{id}`. */
  readonly key: string;
  readonly called: LambdaFunction;
}

/** The key of the route that takes what no other route has. */
export const DEFAULT_ROUTE = '$default';

/** Stands for every method in a route's key. */
const ANY_METHOD = '*';

/** A route that matches a request, with the values of its `{name}` parts. */
export interface HttpMatch {
  readonly route: HttpRoute;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The route that API Gateway would pick: of those that match, the one with the longest run of literal parts.
 *
 * @param path the request's path with its percent-encoding taken off
 */
export function matchRoute(
  routes: readonly HttpRoute[],
  method: string,
  path: string,
): HttpMatch | undefined {
  const matches = routes.flatMap((route) => {
    const [routeMethod = '', template = ''] = route.key.split(' ');
    if (routeMethod !== ANY_METHOD && routeMethod !== method.toUpperCase()) return [];
    const parameters = matchTemplate(template, path);
    return parameters === undefined ? [] : [{ route, parameters, template }];
  });
  const [best] = matches.sort((a, b) => literalness(b.template).localeCompare(literalness(a.template)));
  return best ?? fallback(routes);
}

function fallback(routes: readonly HttpRoute[]): HttpMatch | undefined {
  const route = routes.find(({ key }) => key === DEFAULT_ROUTE);
  return route && { route, parameters: {} };
}

function matchTemplate(template: string, path: string): Record<string, string> | undefined {
  const parts = template.split('/');
  const values = valuesFor(parts, path.split('/'));
  if (parts.length !== values.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [position, part] of parts.entries()) {
    const value = values[position] ?? '';
    const name = parameterName(part);
    if (name === undefined ? part !== value : value === '') return undefined;
    if (name !== undefined) parameters[name] = value;
  }
  return parameters;
}

/** A last part `{name+}` takes all that is left of the path. */
function valuesFor(parts: readonly string[], values: readonly string[]): readonly string[] {
  if (!parts.at(-1)?.endsWith('+}')) return values;
  const own = parts.length - 1;
  return [...values.slice(0, own), ...(values.length > own ? [values.slice(own).join('/')] : [])];
}

/** '1' for a literal part, '0' for a parameter: comparing as text puts the more literal template first. */
const literalness = (template: string) =>
  template
    .split('/')
    .map((part) => (parameterName(part) === undefined ? '1' : '0'))
    .join('');

const parameterName = (part: string) => /^\{(\w+)\+?\}$/.exec(part)?.[1];

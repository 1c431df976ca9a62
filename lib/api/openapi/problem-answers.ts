import { PROBLEMS, type ProblemCode } from '../problem.ts';
import type { RouteSpec } from '../route.ts';
import { problemExamples } from './examples.ts';

/** Answers of a route that are problems, by status, each naming its codes. */
export function problemAnswers(spec: RouteSpec): Record<string, unknown> {
  return Object.fromEntries(
    byStatus(codesOf(spec)).map(([status, codes]) => [
      status,
      { $ref: `#/components/responses/${nameOf(status)}`, description: inWords(codes) },
    ]),
  );
}

function codesOf(spec: RouteSpec): readonly ProblemCode[] {
  return [...spec.problems, ...commonProblems(spec)];
}

function byStatus(codes: readonly ProblemCode[]): readonly (readonly [number, readonly ProblemCode[]])[] {
  const grouped = Object.groupBy(new Set(codes), (code) => PROBLEMS[code].status);
  return Object.entries(grouped).map(([status, ofStatus = []]) => [Number(status), ofStatus]);
}

/** Problems that follow from the form of a route. */
function commonProblems(spec: RouteSpec): readonly ProblemCode[] {
  return [
    ...when(spec.body, ['malformed-json', 'body-too-large', 'unsupported-media-type', 'invalid-body']),
    ...when(spec.text, ['body-too-large']),
    ...when(!spec.access.anyone, ['missing-token', 'invalid-token']),
    ...when(spec.access.operator, ['missing-scope']),
    ...when(!spec.access.anyone && !(spec.access.user && spec.access.operator), ['wrong-caller']),
    ...when(spec.params, ['not-found']),
    ...when(spec.query, ['invalid-query']),
    ...when(spec.headers, ['invalid-header']),
    'internal-error',
    'timed-out',
  ];
}

function when(condition: unknown, codes: readonly ProblemCode[]): readonly ProblemCode[] {
  return condition ? codes : [];
}

/** What each status of a problem is called among the components. */
const NAMES: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  413: 'ContentTooLarge',
  415: 'UnsupportedMediaType',
  422: 'UnprocessableContent',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
};

/** Statuses that may tell when to come back. */
const MAY_SAY_WHEN: ReadonlySet<number> = new Set([409, 429, 503]);

/** The answers of these routes that are problems, one for each status; a route says which codes of it are its own. */
export function problemResponses(specs: readonly RouteSpec[]): Record<string, unknown> {
  return Object.fromEntries(
    byStatus(specs.flatMap(codesOf)).map(([status, codes]) => [
      nameOf(status),
      problemResponse(status, codes),
    ]),
  );
}

function nameOf(status: number): string {
  const name = NAMES[status];
  if (name === undefined)
    throw new Error(`Give the problems of status ${status} a name in problem-answers.ts.`);
  return name;
}

function inWords(codes: readonly ProblemCode[]): string {
  return codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join('\n\n');
}

function problemResponse(status: number, codes: readonly ProblemCode[]): unknown {
  const example = problemExamples.find(({ code }) => PROBLEMS[code].status === status);
  return {
    description: inWords(codes),
    headers: {
      'x-request-id': { $ref: '#/components/headers/RequestId' },
      ...(status === 401 ? { 'www-authenticate': { $ref: '#/components/headers/WwwAuthenticate' } } : {}),
      ...(MAY_SAY_WHEN.has(status) ? { 'retry-after': { $ref: '#/components/headers/RetryAfter' } } : {}),
    },
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        ...(example ? { example: example.toProblem() } : {}),
      },
    },
  };
}

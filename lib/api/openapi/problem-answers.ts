import { PROBLEMS, type ProblemCode } from '../problem.ts';
import type { RouteSpec } from '../route.ts';

/** Answers of a route that are problems, by status, each naming its codes. */
export function problemAnswers(spec: RouteSpec): Record<string, unknown> {
  const codes = [...new Set([...spec.problems, ...commonProblems(spec)])];
  const byStatus = Object.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, ofStatus = []]) => [
      status,
      problemAnswer(Number(status), ofStatus),
    ]),
  );
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

/** Answers of one problem each, which routes share. */
export function problemResponses(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(PROBLEMS).map(([code, { status, title }]) => [
      code,
      problemResponse(status, [{ code, title }]),
    ]),
  );
}

function problemAnswer(status: number, codes: readonly ProblemCode[]): unknown {
  const [first, ...more] = codes;
  if (first !== undefined && more.length === 0) return { $ref: `#/components/responses/${first}` };
  return problemResponse(
    status,
    codes.map((code) => ({ code, title: PROBLEMS[code].title })),
  );
}

function problemResponse(status: number, problems: readonly { code: string; title: string }[]): unknown {
  return {
    description: problems.map(({ code, title }) => `\`${code}\`: ${title}.`).join('\n\n'),
    headers: {
      'x-request-id': { $ref: '#/components/headers/RequestId' },
      ...(status === 401 ? { 'www-authenticate': { $ref: '#/components/headers/WwwAuthenticate' } } : {}),
      ...(status === 429 || status === 503
        ? { 'retry-after': { $ref: '#/components/headers/RetryAfter' } }
        : {}),
    },
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { properties: { code: { enum: problems.map(({ code }) => code) } } },
          ],
        },
      },
    },
  };
}

import { PROBLEMS, type ProblemCode } from '../../lib/api/problem.ts';
import {
  type AnswerSpec,
  isServedWhileStopped,
  type ObjectSchema,
  type RouteSpec,
} from '../../lib/api/route.ts';
import type { Examples } from './campaign-examples.ts';
import { examples, problemExamples } from './examples.ts';
import { answerSchema, inputSchema, parameterSchema } from './json-schemas.ts';

/** A route as an operation of the API document. */
export function operationOf(spec: RouteSpec): Record<string, unknown> {
  const parameters = [
    ...parametersOf('path', spec.params),
    ...parametersOf('query', spec.query),
    ...parametersOf('header', spec.headers),
    ...when(isOfApp(spec), [{ $ref: '#/components/parameters/AppId' }]),
  ];
  const shown: Examples = examples[spec.operationId] ?? {};
  const requestBody = bodyOf(spec, shown);
  return {
    operationId: spec.operationId,
    tags: [tagOf(spec.path)],
    summary: spec.summary,
    ...(spec.description !== undefined && { description: spec.description }),
    security: securityOf(spec),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
    responses: {
      ...Object.fromEntries(
        Object.entries(spec.answers).map(([status, answer]) => [status, answerOf(answer, shown.answer)]),
      ),
      ...problemAnswers(spec),
    },
  };
}

function securityOf({ access }: RouteSpec): readonly unknown[] {
  return [
    ...(access.user ? [{ session: [] }] : []),
    ...(access.operator ? [{ apiKey: [access.operator] }] : []),
  ];
}

function parametersOf(
  place: 'path' | 'query' | 'header',
  schema: ObjectSchema | undefined,
): readonly unknown[] {
  return Object.entries(schema?.entries ?? {}).map(([name, entry]) => {
    const { description, ...rest } = parameterSchema(entry);
    return {
      name,
      in: place,
      ...(description !== undefined && { description }),
      required: !entry.type.includes('optional'),
      schema: rest,
    };
  });
}

function bodyOf({ body, csv, text }: RouteSpec, shown: Examples): object | undefined {
  if (text) {
    const { text: examplesOf = {} } = shown;
    const content = Object.entries(text.mediaTypes).map(([mediaType, schema]) => [
      mediaType,
      { schema: inputSchema(schema), ...(mediaType in examplesOf && { example: examplesOf[mediaType] }) },
    ]);
    return { required: true, description: text.description, content: Object.fromEntries(content) };
  }
  if (!body) return undefined;
  const json = { schema: inputSchema(body), ...(shown.body && { examples: shown.body }) };
  const rows = { schema: { type: 'string', description: csv }, ...(shown.csv && { example: shown.csv }) };
  return { required: true, content: { 'application/json': json, ...(csv && { 'text/csv': rows }) } };
}

function answerOf({ description, schema, mediaType }: AnswerSpec, example: unknown) {
  return {
    description,
    headers: { 'x-request-id': { $ref: '#/components/headers/RequestId' } },
    ...(schema && {
      content: {
        [mediaType ?? 'application/json']: {
          schema: answerSchema(schema),
          ...(example !== undefined && { example }),
        },
      },
    }),
  };
}

/** Answers of a route that are problems, by status, each naming its codes. */
function problemAnswers(spec: RouteSpec): Record<string, unknown> {
  return Object.fromEntries(
    byStatus(codesOf(spec)).map(([status, codes]) => [
      status,
      { $ref: `#/components/responses/${nameOf(status)}`, description: inWords(codes) },
    ]),
  );
}

function codesOf(spec: RouteSpec): readonly ProblemCode[] {
  return [...(spec.problems ?? []), ...commonProblems(spec)];
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
    ...when(isOfApp(spec), ['unknown-app', 'app-not-ready']),
    ...when(isOfApp(spec) && !isServedWhileStopped(spec), ['sending-stopped']),
    'internal-error',
    'timed-out',
  ];
}

function when<const T>(condition: unknown, items: readonly T[]): readonly T[] {
  return condition ? items : [];
}

/** WeChat's address names the mini program by itself, and health is the stage's. */
function isOfApp({ path }: RouteSpec): boolean {
  return !/^\/v1\/(wechat|health)\b/.test(path);
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

/** Problems of these routes as answers, one for each status; a route says which codes of it are its own. */
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
    throw new Error(`Give the problems of status ${status} a name in local/openapi/operation.ts.`);
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
      ...(status === 401 && { 'www-authenticate': { $ref: '#/components/headers/WwwAuthenticate' } }),
      ...(MAY_SAY_WHEN.has(status) && { 'retry-after': { $ref: '#/components/headers/RetryAfter' } }),
    },
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        ...(example && { example: example.toProblem() }),
      },
    },
  };
}

/** The parts of the API, by the first word of their paths; a generated client has a module for each. */
export const TAGS: Readonly<Record<string, { readonly name: string; readonly description: string }>> = {
  sessions: { name: 'sessions', description: "A user's login." },
  grants: { name: 'grants', description: 'What users allowed, and how much of it is left.' },
  cards: { name: 'cards', description: 'Service cards: activated by a pay order or a tap, and moved on.' },
  messages: { name: 'messages', description: 'Messages to single users, now or at a time.' },
  campaigns: { name: 'campaigns', description: 'One message to many users, their runs and recipients.' },
  templates: { name: 'templates', description: "The account's templates, their rules and names." },
  apps: { name: 'apps', description: 'The mini programs of the stage, and their states.' },
  'template-library': {
    name: 'template library',
    description: "WeChat's public library, of which templates are made.",
  },
  stats: { name: 'statistics', description: 'What became of grants and messages, by template and day.' },
  audit: { name: 'audit', description: 'Who changed what.' },
  users: { name: 'users', description: 'Erasing all that is stored of a user.' },
  wechat: { name: 'wechat', description: "For WeChat's servers only." },
  health: { name: 'health', description: 'Whether the service is well.' },
};

/** The part of the API to which a path belongs. @throws Error for one that has no part yet */
function tagOf(path: string): string {
  const [, , word = ''] = path.split('/');
  const tag = TAGS[word];
  if (!tag) throw new Error(`${path}: name its part of the API in local/openapi/operation.ts.`);
  return tag.name;
}

import * as v from 'valibot';
import { type Access, authorize, type Caller, type CallerOf } from './access.ts';
import { type ProblemCode, ProblemError } from './problem.ts';
import { parseInput } from './validate.ts';

/** A route as it is written down: requests are checked against it, and `openapi.yaml` is made from it. */
interface RouteDescription {
  /** Its method and its path, with `{name}` for a part that `params` describes. */
  readonly route: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /v1/${string}`;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  /** Parts of the path. What does not fit cannot exist, so it is `not-found`. */
  readonly params?: ObjectSchema;
  /** A `v.strictObject` whose entries take text; a `v.object` where others add parameters of theirs. */
  readonly query?: ObjectSchema;
  /** A `v.object` of lower-case names, only of those the route reads. */
  readonly headers?: ObjectSchema;
  /** A `v.strictObject`: unknown fields are refused. Without it the body is not read. */
  readonly body?: v.GenericSchema;
  /** Beside JSON the route takes `text/csv`; this says what is in it. */
  readonly csv?: string;
  /** The route takes a body of any kind as text and checks it itself; these kinds are usual. */
  readonly text?: {
    readonly description: string;
    readonly mediaTypes: Readonly<Record<string, v.GenericSchema>>;
  };
  readonly answers: Readonly<Record<number, AnswerSpec>>;
  /** The problems that this route adds to those that every route of its kind may answer. Default none. */
  readonly problems?: readonly ProblemCode[];
  /** It is served while the app's sending is stopped, though it changes something: it sends nothing. */
  readonly whileStopped?: true;
  /** Default {@link DEFAULT_MAX_BODY_BYTES}. */
  readonly maxBodyBytes?: number;
}

/** A route as data. */
export interface RouteSpec extends Omit<RouteDescription, 'route'> {
  readonly method: string;
  readonly path: string;
  /** Its name in the API document, a verb phrase in camelCase. */
  readonly operationId: string;
}

/** A schema of an object whose entries are known, so that each can be documented by itself. */
export type ObjectSchema = v.GenericSchema & { readonly entries: Readonly<Record<string, v.GenericSchema>> };

/** An answer of a route; without a schema it has no body. */
export interface AnswerSpec {
  readonly description: string;
  readonly schema?: v.GenericSchema;
  /** The answer is bare text; without it, JSON. */
  readonly mediaType?: 'text/plain';
}

/** The largest body that a route takes unless it says otherwise. */
export const DEFAULT_MAX_BODY_BYTES = 256 * 1024;

/** How long an invocation may still take. */
export interface TimeLimit {
  remainingMs(): number;
  /** Resolves when no more than `reserveMs` are left, or once `over` is aborted. */
  near(reserveMs: number, over: AbortSignal): Promise<void>;
}

type Part = 'params' | 'query' | 'headers' | 'body';

type PartOf<S extends RouteSpec, P extends Part> = S extends {
  readonly [K in P]: infer T extends v.GenericSchema;
}
  ? v.InferOutput<T>
  : undefined;

type TextOf<S extends RouteSpec> = S extends { readonly text: object } ? string : undefined;

/** A request that passed every check of its route. */
export interface RouteRequest<S extends RouteSpec> {
  readonly caller: CallerOf<S['access']>;
  readonly params: PartOf<S, 'params'>;
  readonly query: PartOf<S, 'query'>;
  readonly headers: PartOf<S, 'headers'>;
  /** Undefined when the route takes CSV and that came. */
  readonly body: S extends { readonly csv: string } ? PartOf<S, 'body'> | undefined : PartOf<S, 'body'>;
  /** The text of a CSV body, for a route that takes one. */
  readonly csv: string | undefined;
  readonly text: TextOf<S>;
  readonly requestId: string;
  readonly limit: TimeLimit;
}

type DeepReadonly<T> = T extends readonly (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** What a route answers by a schema. */
export type AnswerOf<S extends v.GenericSchema> = DeepReadonly<v.InferOutput<S>>;

type BodyOf<A extends AnswerSpec> = A extends { readonly schema: infer T extends v.GenericSchema }
  ? { readonly body: AnswerOf<T> }
  : { readonly body?: never };

type RouteReply<S extends RouteSpec> = {
  [Status in keyof S['answers'] & number]: {
    readonly status: Status;
    readonly headers?: Readonly<Record<string, string>>;
  } & BodyOf<S['answers'][Status]>;
}[keyof S['answers'] & number];

/** A request whose parts are not checked yet. */
interface UncheckedRequest extends Readonly<Record<Part, unknown>> {
  readonly caller: Caller;
  readonly csv?: string | undefined;
  readonly text?: string | undefined;
  readonly requestId: string;
  readonly limit: TimeLimit;
}

/** What every route answers, whatever its types. */
interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A route with what it does. */
export interface Route {
  readonly spec: RouteSpec;
  /** Checks who calls, before the body is looked at. @throws ProblemError */
  authorize(caller: Caller): void;
  /** Checks every part and answers. @throws ProblemError */
  run(request: UncheckedRequest): Promise<Reply>;
}

/** Whether a route is served while its app's sending is stopped: what is only looked at, or removed, always is. */
export function isServedWhileStopped({ method, whileStopped }: RouteSpec): boolean {
  return whileStopped === true || method === 'GET' || method === 'DELETE';
}

/** Routes as data, by the names of their operations; each keeps its exact types for {@link route}. */
export function describeRoutes<const D extends Readonly<Record<string, RouteDescription>>>(
  routes: D,
): { readonly [Name in keyof D]: D[Name] & Pick<RouteSpec, 'method' | 'path' | 'operationId'> };
export function describeRoutes(
  routes: Readonly<Record<string, RouteDescription>>,
): Readonly<Record<string, RouteSpec>> {
  return Object.fromEntries(
    Object.entries(routes).map(([operationId, { route, ...rest }]) => {
      const [method = '', path = ''] = route.split(' ');
      return [operationId, { operationId, method, path, ...rest }];
    }),
  );
}

/** Joins a route to what it does. `handle` gets parsed, typed parts and answers only what it declares. */
export function route<S extends RouteSpec, const R extends RouteReply<S>>(
  spec: S,
  handle: (request: RouteRequest<S>) => Promise<R>,
): Route {
  return {
    spec,
    authorize: (caller) => void authorize(spec.access, caller),
    run: async (request) =>
      handle({
        caller: authorize<S['access']>(spec.access, request.caller),
        params: parsePart(spec, 'params', request.params),
        query: parsePart(spec, 'query', request.query),
        headers: parsePart(spec, 'headers', request.headers),
        body: parseBody(spec, request),
        csv: request.csv,
        text: textOf(spec, request),
        requestId: request.requestId,
        limit: request.limit,
      }),
  };
}

function parseBody<S extends RouteSpec>(spec: S, request: UncheckedRequest): RouteRequest<S>['body'];
function parseBody(spec: RouteSpec, { body, csv }: UncheckedRequest): unknown {
  return csv === undefined ? parsePart(spec, 'body', body) : undefined;
}

function textOf<S extends RouteSpec>(spec: S, request: UncheckedRequest): TextOf<S>;
function textOf(spec: RouteSpec, { text = '' }: UncheckedRequest): unknown {
  return spec.text && text;
}

const PROBLEM_OF = { query: 'invalid-query', headers: 'invalid-header', body: 'invalid-body' } as const;

function parsePart<S extends RouteSpec, P extends Part>(spec: S, part: P, input: unknown): PartOf<S, P>;
function parsePart(spec: RouteSpec, part: Part, input: unknown): unknown {
  const schema = spec[part];
  if (!schema) return undefined;
  if (part !== 'params') return parseInput(PROBLEM_OF[part], schema, input);
  if (v.is(schema, input)) return v.parse(schema, input);
  throw new ProblemError('not-found', 'There is nothing at this address.');
}

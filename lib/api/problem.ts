import * as v from 'valibot';
import { type BilingualText, bilingualText } from '../bilingual-text.ts';
import { ContentionError } from '../retry.ts';
import { REMEDIES } from './remedies.ts';
import { count, named } from './schemas/common.ts';

/**
 * Every problem that the API answers: the stable code that a program may branch on, with its HTTP status and
 * title. A code never changes its meaning or its status; a new case gets a new code.
 */
export const PROBLEMS = {
  'malformed-json': { status: 400, title: 'The body is not JSON in UTF-8' },
  'missing-token': { status: 401, title: 'A token is needed' },
  'invalid-token': { status: 401, title: 'The token is not valid' },
  'code-invalid': { status: 401, title: 'The login code is invalid, expired or used' },
  'missing-scope': { status: 403, title: 'The API key lacks a scope' },
  'wrong-caller': { status: 403, title: 'Not open to this kind of caller' },
  'invalid-signature': { status: 403, title: 'Not signed by WeChat for this mini program' },
  'user-blocked': { status: 403, title: 'WeChat blocks this user' },
  'template-not-open': { status: 403, title: 'Users may not send this template' },
  'not-found': { status: 404, title: 'Not found' },
  'unknown-app': { status: 404, title: 'The mini program is not known' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'no-grant': { status: 409, title: 'The user has no grant left for this template' },
  'idempotency-conflict': { status: 409, title: 'The idempotency key was used for something else' },
  'too-many-waiting': { status: 409, title: 'Too many messages wait for this user' },
  'alias-taken': { status: 409, title: 'Another template has this alias' },
  'alias-in-settings': { status: 409, title: 'The alias is fixed by the settings' },
  'sending-stopped': { status: 409, title: 'Sending is stopped for this mini program' },
  'template-in-use': { status: 409, title: 'Messages or campaigns need the template' },
  'already-sending': { status: 409, title: 'The message is being sent or has ended' },
  'campaign-not-active': { status: 409, title: 'The campaign is paused or has ended' },
  'campaign-ended': { status: 409, title: 'The campaign has ended' },
  'campaign-under-way': { status: 409, title: 'A run of the campaign has not ended' },
  'not-for-recipients': { status: 409, title: 'The campaign is for its grantees' },
  'upload-in-progress': { status: 409, title: 'Other recipients are being added' },
  'run-not-running': { status: 409, title: 'The run is paused already' },
  'run-not-paused': { status: 409, title: 'The run is running already' },
  'run-over': { status: 409, title: 'The run has ended' },
  'run-not-over': { status: 409, title: 'The run has not ended' },
  'card-exists': { status: 409, title: 'The code has a card already' },
  'card-expired': { status: 409, title: 'The time of the card is over' },
  'card-state-order': { status: 409, title: 'The card cannot come into this state' },
  'not-unknown': { status: 409, title: 'The fate of the message is known' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
  'invalid-body': { status: 422, title: 'The body breaks a rule' },
  'invalid-query': { status: 422, title: 'The query breaks a rule' },
  'invalid-header': { status: 422, title: 'A header breaks a rule' },
  'invalid-data': { status: 422, title: 'The data does not fit the template' },
  'unknown-template': { status: 422, title: 'The template is not known' },
  'invalid-schedule': { status: 422, title: 'The schedule cannot run' },
  'invalid-variables': { status: 422, title: 'Variables are missing or do not fit the template' },
  'invalid-csv': { status: 422, title: 'The CSV cannot be read' },
  'too-many-recipients': { status: 422, title: 'The campaign has too many recipients' },
  'too-many-templates': { status: 422, title: 'The user has answers for too many templates' },
  'too-many-devices': { status: 422, title: 'The user has subscribed to too many devices' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
  busy: { status: 503, title: 'Too many requests change the same record' },
  'timed-out': { status: 503, title: 'The service did not finish in time' },
  'not-started': { status: 503, title: 'The time was up before this entry was begun' },
  'wechat-credentials': { status: 502, title: 'WeChat refuses the credentials of this service' },
  'wechat-refused': { status: 502, title: 'WeChat refused the request' },
  'wechat-unavailable': { status: 503, title: 'WeChat could not be asked' },
  'app-not-ready': { status: 503, title: 'The settings of the mini program are wrong' },
  'table-unreachable': { status: 503, title: 'The table cannot be reached' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

/** The stable slug of a problem. */
export type ProblemCode = keyof typeof PROBLEMS;

/** The code as callers see it. */
export const problemCode = v.pipe(
  v.picklist(Object.keys(PROBLEMS)),
  v.description('Stable: branch on it, not on the texts.'),
);

/** A field of the input and the rule that it breaks, in both languages. */
export const inputErrorSchema = v.object({
  path: v.pipe(v.string(), v.description('Dotted; empty for the whole.')),
  message: v.pipe(v.string(), v.description('The rule that it breaks, in English.')),
  zh: v.pipe(v.string(), v.description('The same in Chinese.')),
  code: v.exactOptional(
    v.pipe(v.string(), v.description('Of a value in data: what is wrong with it, stable.')),
  ),
  rule: v.exactOptional(bilingualText),
  length: v.exactOptional(v.pipe(count, v.description('UTF-16 units of the value.'))),
  limit: v.exactOptional(v.pipe(count, v.description('UTF-16 units that WeChat takes.'))),
  suggestion: v.exactOptional(bilingualText),
});

/** See {@link inputErrorSchema}. */
export type InputError = Readonly<v.InferOutput<typeof inputErrorSchema>>;

/** WeChat's own answer, where it is the cause. */
export const shownWeChatAnswer = v.pipe(
  v.object({ errcode: count, errmsg: v.exactOptional(v.string()), rid: v.exactOptional(v.string()) }),
  v.description("WeChat's own answer, where it is the cause; only operators get more than its errcode."),
);

/** Why a request was refused: `application/problem+json` (RFC 9457). */
export const problemSchema = v.object({
  type: v.pipe(v.string(), v.description('`urn:qingniao:problem:` and the code.')),
  title: v.string(),
  status: count,
  detail: v.pipe(v.string(), v.description('What is wrong and what to do next.')),
  code: problemCode,
  errors: v.exactOptional(v.pipe(v.array(inputErrorSchema), v.description('Each wrong field of the input.'))),
  wechat: v.exactOptional(shownWeChatAnswer),
  remedy: v.pipe(named(bilingualText), v.description('What to do next.')),
});

/** See {@link problemSchema}. */
export type Problem = Readonly<v.InferOutput<typeof problemSchema>>;

/** What a problem says besides its code and detail. `remedy` stands in for that of {@link REMEDIES}. */
export interface ProblemExtras {
  readonly errors?: readonly InputError[];
  readonly wechat?: Problem['wechat'];
  readonly remedy?: BilingualText;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One entry of a problem's errors, from a text in both languages. */
export function inputError(path: string, { en, zh }: BilingualText): InputError {
  return { path, message: en, zh };
}

/** Refuses input, naming every error by its path; `note` is said besides. */
export function invalidInput(code: ProblemCode, errors: readonly InputError[], note = ''): ProblemError {
  const paths = new Set(errors.map(({ path }) => path || 'the whole'));
  return new ProblemError(code, `Correct ${[...paths].join(', ')}.${note}`, { errors });
}

/**
 * Thrown by a route for every answer that is not what the caller asked for; status and title follow from the
 * code. `detail` goes to the caller as it is: it says what to do next and holds no secret.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly extras: ProblemExtras;
  /** The HTTP status, under the name by which middy's middlewares know it. */
  readonly statusCode: number;

  /** `cause` is for the log and never answered. */
  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}, cause?: unknown) {
    super(detail, { cause });
    this.code = code;
    this.extras = extras;
    this.statusCode = PROBLEMS[code].status;
  }

  /** The body that the caller gets; a batch puts it beside the entry that it is about. */
  toProblem(): Problem {
    const { headers: _, errors, wechat, remedy } = this.extras;
    return {
      type: `urn:qingniao:problem:${this.code}`,
      ...PROBLEMS[this.code],
      detail: this.message,
      code: this.code,
      remedy: { ...(remedy ?? REMEDIES[this.code]) },
      ...(errors && { errors: [...errors] }),
      ...(wechat && { wechat }),
    };
  }
}

/** How the AWS SDK marks a call that it made as often as it may: the service was slow, throttled or away. */
const retriesExhausted = v.object({ $metadata: v.object({ attempts: v.pipe(v.number(), v.minValue(3)) }) });

/** The problem for what was thrown; undefined for a failure that nobody foresaw. */
export function asProblem(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (error instanceof ContentionError) return new ProblemError('busy', error.message);
  if (!v.is(retriesExhausted, error)) return undefined;
  return new ProblemError(
    'timed-out',
    'What the service keeps its records in did not answer in time, however often it was asked.',
    {},
    error,
  );
}

/** The problem for a failure that nobody foresaw. It says nothing of it. */
export function internalError(): ProblemError {
  return new ProblemError(
    'internal-error',
    'Try again. If it stays, tell the owner the x-request-id of this answer.',
  );
}

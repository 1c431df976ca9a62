import type { BilingualText } from '../bilingual-text.ts';
import type { WeChatAnswer } from '../wechat-answer.ts';
import { REMEDIES } from './remedies.ts';

/**
 * Every problem that the API answers: the stable code that a program may branch on, with its HTTP status and title.
 * A code never changes its meaning or its status; a new case gets a new code.
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
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'no-grant': { status: 409, title: 'The user has no grant left for this template' },
  'idempotency-conflict': { status: 409, title: 'The idempotency key was used for something else' },
  'too-many-waiting': { status: 409, title: 'Too many messages wait for this user' },
  'alias-taken': { status: 409, title: 'Another template has this alias' },
  'alias-in-settings': { status: 409, title: 'The alias is fixed by the settings' },
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
  'rate-limited': { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
  busy: { status: 503, title: 'Too many requests change the same record' },
  'timed-out': { status: 503, title: 'The service did not finish in time' },
  'not-started': { status: 503, title: 'The time was up before this entry was begun' },
  'wechat-credentials': { status: 502, title: 'WeChat refuses the credentials of this service' },
  'wechat-refused': { status: 502, title: 'WeChat refused the request' },
  'wechat-unavailable': { status: 503, title: 'WeChat could not be asked' },
  'table-unreachable': { status: 503, title: 'The table cannot be reached' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

/** The stable slug of a problem. */
export type ProblemCode = keyof typeof PROBLEMS;

/** A field of the input and the rule that it breaks, in both languages. */
export interface InputError {
  /** Dotted (`messages.0.data`), and empty for the whole. */
  readonly path: string;
  /** English. */
  readonly message: string;
  /** Chinese. */
  readonly zh: string;
  /** Of a message's data: what is wrong, the rule, the length of the value and what to do about it. */
  readonly code?: string;
  readonly rule?: BilingualText;
  readonly length?: number;
  readonly limit?: number;
  readonly suggestion?: BilingualText;
}

/** What comes along with a problem besides its code and detail. */
export interface ProblemExtras {
  readonly errors?: readonly InputError[];
  /** WeChat's own answer, where it is the cause; the errcode alone for whoever is no operator. */
  readonly wechat?: WeChatAnswer | Pick<WeChatAnswer, 'errcode'>;
  /** What to do next, where more is known than {@link REMEDIES} says of the code. */
  readonly remedy?: BilingualText;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The body of a problem answer, `application/problem+json` of RFC 9457. */
export interface Problem extends Omit<ProblemExtras, 'headers' | 'remedy'> {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  /** What to do next. */
  readonly remedy: BilingualText;
}

/** One entry of a problem's errors, from a text in both languages. */
export function inputError(path: string, { en, zh }: BilingualText): InputError {
  return { path, message: en, zh };
}

/**
 * Thrown by a route for every answer that is not what the caller asked for; status and title follow from the code.
 * `detail` goes to the caller as it is: it says what to do next and holds no secret.
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
    const { headers: _, ...members } = this.extras;
    return {
      type: `urn:qingniao:problem:${this.code}`,
      ...PROBLEMS[this.code],
      detail: this.message,
      code: this.code,
      remedy: REMEDIES[this.code],
      ...members,
    };
  }
}

import type { Schemas } from './schemas.ts';

/** What to do next, in both languages. */
export type Remedy = Schemas['BilingualText'];

/** What is wrong with one field of the input. */
export type InputError = Schemas['InputError'];

/**
 * Codes that are the client's own:
 * `no-answer` when the service was not reached, or gave no whole answer in time: the request may have been done all the same;
 * `foreign-answer` when something else answered, such as a proxy or a page that asks for a login.
 */
export type ClientProblemCode = 'no-answer' | 'foreign-answer';

/** Any other text: a newer service may know more codes. */
type OtherCode = string & Record<never, never>;

/** What a {@link QingniaoProblem} is made from. */
export interface ProblemFacts {
  /** The request, such as `POST /v1/messages`, without its query. */
  readonly call: string;
  readonly status: number;
  readonly code: Schemas['ProblemCode'] | ClientProblemCode | OtherCode;
  /** What is wrong, in a few words. */
  readonly title: string;
  readonly detail: string;
  readonly remedy: Remedy;
  readonly errors?: readonly InputError[] | undefined;
  readonly wechat?: Schemas['WeChatAnswer'] | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/**
 * Thrown for every request that was not done, or of which nothing is known. Branch on `code`. No member of it holds
 * a key, a token or what was sent.
 */
export class QingniaoProblem extends Error {
  override readonly name = 'QingniaoProblem';
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** The service's own code, which never changes its meaning, or one of {@link ClientProblemCode}. */
  readonly code: ProblemFacts['code'];
  /** What is wrong, in a few words of English. */
  readonly title: string;
  /** The same in sentences. */
  readonly detail: string;
  /** What to do next, in both languages. */
  readonly remedy: Remedy;
  /** Each wrong field of the input; empty for other problems. */
  readonly errors: readonly InputError[];
  /** What WeChat answered, where that is the cause. */
  readonly wechat: Schemas['WeChatAnswer'] | undefined;
  /** Names the request in the service's logs. */
  readonly requestId: string | undefined;
  /** How long the service asks to wait before the next try. */
  readonly retryAfterSeconds: number | undefined;

  constructor(facts: ProblemFacts) {
    const {
      call,
      status,
      code,
      title,
      detail,
      remedy,
      errors = [],
      wechat,
      requestId,
      retryAfterSeconds,
    } = facts;
    super(`${call}: ${status === 0 ? '' : `${status} `}${code}: ${detail}`);
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.remedy = remedy;
    this.errors = errors;
    this.wechat = wechat;
    this.requestId = requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

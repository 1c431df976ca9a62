import * as v from 'valibot';
import type { HttpAnswer } from '../http/http-client.ts';
import type { SendAnswer } from '../sends/judge-answer.ts';
import type { WeChatAnswer } from '../wechat-answer.ts';

/** A number, or the same as text. */
const errcode = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.trim(), v.regex(/^-?\d+(\.0+)?$/), v.transform(Number))]),
  v.safeInteger(),
);

/**
 * The members that any answer of WeChat's may have (WeChat contract §0.1). What is odd about the others takes
 * nothing from the errcode.
 */
const envelope = v.looseObject({
  errcode: v.nullish(errcode),
  errmsg: v.fallback(v.string(), ''),
  rid: v.fallback(v.optional(v.string()), undefined),
});

/** With a comma before it on `/sns`, without one elsewhere (WeChat contract §0.2). */
const RID = /,?\s*\brid:\s*([0-9a-f]+-[0-9a-f]+-[0-9a-f]+)/i;

/**
 * An answer of WeChat's, and whether it names an errcode: without one it stands for success on most calls.
 */
interface ReadAnswer {
  readonly answer: WeChatAnswer;
  readonly namesErrcode: boolean;
  readonly body: unknown;
}

/**
 * Reads an answer by its text: WeChat's content types cannot be relied on (WeChat contract §0.1). Undefined
 * when it is not JSON.
 */
export function readAnswer(text: string): ReadAnswer | undefined {
  const body = parseJson(text);
  const result = v.safeParse(envelope, body);
  if (!result.success) return undefined;
  const { errcode, errmsg } = result.output;
  const rid = result.output.rid ?? RID.exec(errmsg)?.[1];
  return {
    body,
    namesErrcode: errcode !== undefined && errcode !== null,
    answer: { errcode: errcode ?? 0, errmsg, ...(rid !== undefined && { rid }) },
  };
}

/** A byte-order mark, and control characters that a text of WeChat's holds unescaped, leave JSON readable. */
function parseJson(text: string): unknown {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters meant.
  const cleaned = text.replace(/^\uFEFF/, '').replace(/[\u0000-\u001f]/g, ' ');
  try {
    return JSON.parse(cleaned, keepLongInteger);
  } catch {
    return undefined;
  }
}

/**
 * The result of a call that either works or does not: errcode absent or 0, and the expected fields there.
 *
 * @throws WeChatError
 */
export function expectResult<S extends v.GenericSchema>(
  call: string,
  schema: S,
  http: HttpAnswer,
): v.InferOutput<S> {
  if (http.type === 'not-sent')
    throw new WeChatError('wechat-not-reached', call, `could not be reached: ${http.reason}.`);
  if (http.type === 'no-answer')
    throw new WeChatError('wechat-no-answer', call, `gave no answer: ${http.reason}.`);
  const read = readAnswer(http.text);
  if (!read) throw new WeChatError('wechat-unreadable', call, `answered HTTP ${http.status} without JSON.`);
  if (read.answer.errcode !== 0) {
    throw new WeChatError(
      'wechat-refused',
      call,
      `refused with errcode ${read.answer.errcode}.`,
      read.answer,
    );
  }
  const result = v.safeParse(schema, read.body);
  if (result.success) return result.output;
  const missing = result.issues.map((issue) => v.getDotPath(issue)).join(', ');
  throw new WeChatError(
    'wechat-unreadable',
    call,
    `answered HTTP ${http.status} without a usable ${missing}.`,
  );
}

const withMsgid = v.object({ msgid: v.union([v.string(), v.pipe(v.number(), v.transform(String))]) });

/**
 * An answer with an errcode is WeChat's own, whatever the HTTP status that a gateway gave it: most often 200
 * (§0.1). Without one a 5xx says nothing about the message, which may have been taken. Only an HTTP 4xx comes
 * from a gateway that turned the request away before WeChat saw it (§9.3): probably nothing was sent, and the
 * grant stays reserved.
 */
export function readSendAnswer(http: HttpAnswer): SendAnswer {
  if (http.type !== 'answered') return http;
  const read = readAnswer(http.text);
  // Documented for these calls, unlike for others: without an errcode it is no answer of WeChat's (§3.2, §8.2).
  if (!read?.namesErrcode) {
    const reason = `HTTP ${http.status} without a readable errcode`;
    return { type: isTurnedAway(http.status) ? 'turned-away' : 'no-answer', reason };
  }
  const msgid = v.safeParse(withMsgid, read.body);
  return { type: 'answered', ...read.answer, ...(msgid.success && { msgid: msgid.output.msgid }) };
}

function isTurnedAway(status: number): boolean {
  return status >= 400 && status < 500;
}

/**
 * A reviver for JSON.parse: WeChat's ids are integers above 2^53, which a number cannot hold, so they are
 * taken from the raw text (WeChat contract §0.1). Numbers that fit stay numbers.
 */
export function keepLongInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  const unsafe = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return unsafe ? (context?.source ?? value) : value;
}

type WeChatErrorCode = 'wechat-refused' | 'wechat-not-reached' | 'wechat-no-answer' | 'wechat-unreadable';

/**
 * A call of WeChat's that brought no result. The message names the call and never its query, which holds
 * secrets.
 *
 * - `wechat-refused`: WeChat answered with an errcode: `errcode`, `errmsg` and `rid`.
 * - `wechat-not-reached`: certain that nothing left.
 * - `wechat-no-answer`: the request may have arrived.
 * - `wechat-unreadable`: an answer came that is none of WeChat's.
 */
export class WeChatError extends Error {
  override readonly name = 'WeChatError';
  readonly code: WeChatErrorCode;
  readonly call: string;
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly rid?: string;

  constructor(code: WeChatErrorCode, call: string, what: string, answer?: WeChatAnswer) {
    super(`WeChat's ${call} ${what}`);
    this.code = code;
    this.call = call;
    if (!answer) return;
    this.errcode = answer.errcode;
    this.errmsg = answer.errmsg;
    if (answer.rid !== undefined) this.rid = answer.rid;
  }
}

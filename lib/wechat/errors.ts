import type { WeChatAnswer } from '../wechat-answer.ts';

/** What went wrong with a call of WeChat's. */
export type WeChatErrorCode =
  | 'wechat-refused'
  | 'wechat-not-reached'
  | 'wechat-no-answer'
  | 'wechat-unreadable';

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

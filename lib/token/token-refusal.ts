import type { WeChatAnswer } from '../wechat-answer.ts';

/** WeChat's refusals of an access token (WeChat contract §2.3). */
const TOKEN_REFUSALS: ReadonlySet<number> = new Set([40001, 42001, 40014]);

/** What WeChat said of the access token, where an answer refuses it; undefined for any other answer. */
export function tokenRefusal({ errcode, errmsg = '', rid }: Partial<WeChatAnswer>): WeChatAnswer | undefined {
  if (errcode === undefined || !TOKEN_REFUSALS.has(errcode)) return undefined;
  return { errcode, errmsg, ...(rid !== undefined && { rid }) };
}

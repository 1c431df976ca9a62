import * as v from 'valibot';
import { type WeChatAnswer, weChatAnswer } from '../wechat-answer.ts';

/** WeChat's answer, as the failure itself or within it. */
const refusal = v.union([
  v.pipe(
    v.object({ wechat: weChatAnswer }),
    v.transform(({ wechat }) => wechat),
  ),
  weChatAnswer,
]);

/**
 * WeChat could not be asked for its templates, or refused to tell.
 *
 * `wechat` is there when WeChat answered with an errcode, be it to this call or to the one for the access
 * token.
 */
export class TemplateCallError extends Error {
  override readonly name = 'TemplateCallError';
  readonly code = 'template-lookup-failed';
  readonly wechat: WeChatAnswer | undefined;
  /** One sentence, for operators: it may name a proxy. */
  readonly reason: string;

  constructor(cause: unknown) {
    const wechat = refusalIn(cause);
    const reason = wechat ? `It refused with errcode ${wechat.errcode}.` : ownWords(cause);
    super(`WeChat could not be asked for its templates. ${reason} Try again in a minute.`, { cause });
    this.wechat = wechat;
    this.reason = reason;
  }
}

/** Failures whose message is a sentence of ours, without a secret. */
const failedCall = v.object({
  code: v.picklist(['token-unavailable', 'wechat-not-reached', 'wechat-no-answer', 'wechat-unreadable']),
  message: v.string(),
});

function ownWords(cause: unknown): string {
  const failed = v.safeParse(failedCall, cause);
  return failed.success ? failed.output.message : 'It could not be reached.';
}

function refusalIn(cause: unknown): WeChatAnswer | undefined {
  const found = v.safeParse(refusal, cause);
  return found.success ? found.output : undefined;
}

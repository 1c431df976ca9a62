import * as v from 'valibot';

/** WeChat's own words about a call that it refused. */
export interface WeChatRefusal {
  readonly errcode: number;
  readonly errmsg: string;
  readonly rid?: string;
}

const Refusal = v.object({ errcode: v.number(), errmsg: v.string(), rid: v.optional(v.string()) });
const NestedRefusal = v.object({ wechat: Refusal });

/**
 * WeChat could not be asked for its templates, or refused to tell.
 *
 * `wechat` is there when WeChat answered with an errcode, be it to this call or to the one for the access token.
 */
export class TemplateLookupError extends Error {
  override readonly name = 'TemplateLookupError';
  readonly code = 'template-lookup-failed';
  readonly wechat: WeChatRefusal | undefined;
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
const Told = v.object({
  code: v.picklist(['token-unavailable', 'wechat-not-reached', 'wechat-no-answer', 'wechat-unreadable']),
  message: v.string(),
});

function ownWords(cause: unknown): string {
  const told = v.safeParse(Told, cause);
  return told.success ? told.output.message : 'It could not be reached.';
}

function refusalIn(cause: unknown): WeChatRefusal | undefined {
  const found = [v.safeParse(Refusal, cause), v.safeParse(NestedRefusal, cause)];
  for (const { success, output } of found) {
    if (!success) continue;
    const { errcode, errmsg, rid } = 'wechat' in output ? output.wechat : output;
    return { errcode, errmsg, ...(rid === undefined ? {} : { rid }) };
  }
  return undefined;
}

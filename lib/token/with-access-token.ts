import type { WeChatAnswer } from '../wechat-answer.ts';
import type { AccessTokens } from './access-tokens.ts';
import { TokenUnavailableError } from './token-unavailable-error.ts';

interface TokenCall<T> {
  readonly call: (accessToken: string) => Promise<T>;
  /** WeChat's refusal of the token; undefined for any other answer. */
  readonly refusalOf: (result: T) => WeChatAnswer | undefined;
  /** Whether there is time left for asking for a token, or for the call itself. By default there is. */
  readonly hasTimeFor?: (step: 'token' | 'call') => boolean;
}

/** An expired token, its refused replacement, that one once more, and the forced one. */
const MAX_CALLS = 4;

/**
 * Makes a call with an access token. When WeChat refuses the token, WeChat is asked for it and the call is
 * repeated with what it gives, be it the same one: refusals of good tokens happen. Only where the same token
 * is refused a second time, a new one is forced and the call made once more. Repeating is safe even for a
 * send: WeChat turned the call away before anything was done (WeChat contract §2.3).
 *
 * @throws TokenUnavailableError also when every token was refused, and whatever `call` throws
 */
export async function withAccessToken<T>(
  tokens: AccessTokens,
  { call, refusalOf, hasTimeFor = () => true }: TokenCall<T>,
): Promise<T> {
  let token = await tokens.get();
  let refused: string | undefined;
  let forced = false;
  for (let calls = 1; ; calls++) {
    if (!hasTimeFor('call')) throw new TokenUnavailableError({ reason: TOO_LATE });
    const askedAtMs = tokens.now();
    const result = await call(token);
    const refusal = refusalOf(result);
    if (!refusal) return result;
    if (forced || calls === MAX_CALLS) throw await tokens.giveUp(token, refusal);
    if (!hasTimeFor('token')) throw new TokenUnavailableError({ reason: OUT_OF_TIME });
    forced = token === refused;
    refused = token;
    token = forced ? await tokens.force(token, refusal) : await tokens.replace(token, askedAtMs);
  }
}

const OUT_OF_TIME = 'WeChat refused the one at hand, and there was no time left to try another';
/** A slow read of the table is enough for that. */
const TOO_LATE = 'getting it took so long that there was no time left for the request';

/** WeChat's refusals of an access token (WeChat contract §2.3). */
const TOKEN_REFUSALS: ReadonlySet<number> = new Set([40001, 42001, 40014]);

/** What WeChat said of the access token, where an answer refuses it; undefined for any other answer. */
export function tokenRefusal({ errcode, errmsg = '', rid }: Partial<WeChatAnswer>): WeChatAnswer | undefined {
  if (errcode === undefined || !TOKEN_REFUSALS.has(errcode)) return undefined;
  return { errcode, errmsg, ...(rid !== undefined && { rid }) };
}

import * as v from 'valibot';
import { type WeChatAnswer, weChatAnswer } from '../wechat-answer.ts';
import type { StoredFailure } from './access-token-store.ts';

/**
 * No valid access token can be had now. Nothing was sent with an old one; what needs a token waits.
 * `wechat` is there when WeChat answered with an errcode.
 */
export class TokenUnavailableError extends Error {
  override readonly name = 'TokenUnavailableError';
  readonly code = 'token-unavailable';
  readonly reason: string;
  readonly wechat?: WeChatAnswer;

  constructor({ reason, wechat }: Omit<StoredFailure, 'untilMs'>, cause?: unknown) {
    super(`No access token can be had: ${reason}. ${nextStep(wechat?.errcode)}`, { cause });
    this.reason = reason;
    if (wechat) this.wechat = wechat;
  }
}

/** Any failure to fetch a token, as {@link TokenUnavailableError}. */
export function asUnavailable(cause: unknown): TokenUnavailableError {
  if (cause instanceof TokenUnavailableError) return cause;
  const refused = v.safeParse(weChatAnswer, cause);
  if (!refused.success) return new TokenUnavailableError({ reason: unansweredReason(cause) }, cause);
  const wechat = refused.output;
  return new TokenUnavailableError(
    { reason: `WeChat refuses with errcode ${wechat.errcode}`, wechat },
    cause,
  );
}

/** A failed call of WeChat's, in its own words, which name no secret and, where there is one, the proxy. */
const unanswered = v.object({
  code: v.picklist(['wechat-not-reached', 'wechat-no-answer', 'wechat-unreadable']),
  message: v.string(),
});

function unansweredReason(cause: unknown): string {
  const failed = v.safeParse(unanswered, cause);
  return failed.success ? failed.output.message.replace(/\.$/, '') : 'WeChat gave no usable answer';
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

const PASSING: ReadonlySet<number | undefined> = new Set([undefined, -1, 45011, 45009]);

/** Whether what keeps a token from us passes by itself: no answer, busy, the quotas of a minute and of a day. */
export function isPassing(errcode: number | undefined): boolean {
  return PASSING.has(errcode);
}

function nextStep(errcode: number | undefined): string {
  if (isPassing(errcode)) return 'It is tried again by itself; check the connection to WeChat if this lasts.';
  return "Check WECHAT_APP_ID, the AppSecret and the IP allow-list in WeChat's console, and that nothing else fetches tokens for this appid.";
}

/** Pauses of the endpoint (WeChat contract §9.2); what only a person can mend is tried each minute. */
const PAUSES_MS: ReadonlyMap<number | undefined, number> = new Map([
  [undefined, 2 * SECOND_MS],
  [-1, 2 * SECOND_MS],
  [45011, MINUTE_MS],
  [45009, 15 * MINUTE_MS],
  [89507, 60 * MINUTE_MS],
  // WeChat says 24 hours; an administrator may lift it earlier, and a call an hour does no harm.
  [89506, 60 * MINUTE_MS],
]);

/** How long all functions wait before one of them asks WeChat for a token again. */
export function pauseAfterMs({ wechat }: TokenUnavailableError): number {
  return PAUSES_MS.get(wechat?.errcode) ?? MINUTE_MS;
}

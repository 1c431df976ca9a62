import * as v from 'valibot';

/** WeChat's own words about why it gives no token. */
const refusal = v.object({ errcode: v.number(), errmsg: v.string(), rid: v.exactOptional(v.string()) });

/**
 * No valid access token can be had now. Nothing was sent with an old one; what needs a token waits.
 * `wechat` is there when WeChat answered with an errcode.
 */
export class TokenUnavailableError extends Error {
  override readonly name = 'TokenUnavailableError';
  readonly code = 'token-unavailable';
  readonly wechat?: v.InferOutput<typeof refusal>;

  constructor(reason: string, options: { cause?: unknown; wechat?: v.InferOutput<typeof refusal> } = {}) {
    super(
      `No access token can be had: ${reason}. Check WECHAT_APP_ID, the AppSecret and the IP allow-list in WeChat's console.`,
      { cause: options.cause },
    );
    if (options.wechat) this.wechat = options.wechat;
  }
}

/** Any failure to fetch a token, told as {@link TokenUnavailableError}. */
export function asUnavailable(cause: unknown): TokenUnavailableError {
  if (cause instanceof TokenUnavailableError) return cause;
  const refused = v.safeParse(refusal, cause);
  if (!refused.success) return new TokenUnavailableError('WeChat did not answer', { cause });
  return new TokenUnavailableError(`WeChat refuses with errcode ${refused.output.errcode}`, {
    cause,
    wechat: refused.output,
  });
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** How long the endpoint is left alone after a refusal (WeChat contract §9.2); what only a person can mend is tried each minute. */
const PAUSES_MS = new Map([
  [-1, 2 * SECOND_MS],
  [45011, MINUTE_MS],
  [45009, 15 * MINUTE_MS],
  [89507, 60 * MINUTE_MS],
  [89506, 60 * MINUTE_MS],
]);

/** How long a process waits before it asks WeChat for a token again. */
export function pauseAfterMs({ wechat }: TokenUnavailableError): number {
  if (!wechat) return 2 * SECOND_MS;
  return PAUSES_MS.get(wechat.errcode) ?? MINUTE_MS;
}

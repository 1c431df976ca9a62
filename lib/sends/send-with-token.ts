import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import type { AccessTokens } from '../token/access-tokens.ts';
import { TokenUnavailableError } from '../token/token-unavailable-error.ts';
import { tokenRefusal, withAccessToken } from '../token/with-access-token.ts';
import type { SendAnswer } from './judge-answer.ts';
import { REQUEST_LIMIT_MS } from './perform-send.ts';
import type { OutgoingMessage } from './send-port.ts';

export interface TokenSenderServices<Request = OutgoingMessage> {
  readonly tokens: AccessTokens;
  /** One request, with this token. */
  readonly call: (accessToken: string, request: Request) => Promise<SendAnswer>;
  /** Whether an errcode is documented for sends. */
  readonly isDocumented: (errcode: number) => boolean;
  readonly measure: Measure;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The way to WeChat, for messages and recipients alike or whatever else a request is made of. */
export interface TokenSender<Request = OutgoingMessage> {
  /**
   * Whether an access token can be had now. Asked before a send is claimed, so that an outage costs no grant.
   */
  ready(): Promise<boolean>;
  /**
   * One request. Returns within {@link REQUEST_LIMIT_MS}, never throws for what WeChat or the network does.
   */
  send(request: Request): Promise<SendAnswer>;
}

/**
 * The longest that WeChat's answer to one call may take, and that getting a token takes: a wait for others,
 * and a fetch.
 */
const LONGEST_MS = { call: 10_000, token: 15_000 };

/** Sends with the access token that all functions share, and measures what WeChat refuses. */
export function createTokenSender<Request extends Pick<OutgoingMessage, 'expiresAtMs'>>(
  services: TokenSenderServices<Request>,
): TokenSender<Request> {
  const { tokens, call, isDocumented, measure, clock, logger } = services;

  function count(name: 'WeChatErrors' | 'TokenUnavailable', errcode: number | undefined): void {
    measure({ name, values: [1], dimensions: { Errcode: String(errcode ?? 'none') } });
  }

  function recordRefusal({ errcode, errmsg, rid }: Extract<SendAnswer, { type: 'answered' }>): void {
    count('WeChatErrors', errcode);
    if (isDocumented(errcode)) return;
    const fields = { errcode, errmsg, rid };
    logger.warn(
      'WeChat refused a send with an errcode that is not documented for it. Look its rid up.',
      fields,
    );
  }

  return {
    async ready() {
      try {
        await tokens.get();
        return true;
      } catch (error) {
        if (!(error instanceof TokenUnavailableError)) throw error;
        logger.error(error.message, { wechat: error.wechat });
        count('TokenUnavailable', error.wechat?.errcode);
        return false;
      }
    },

    async send(request) {
      const untilMs = clock() + REQUEST_LIMIT_MS;
      const { expiresAtMs = Number.POSITIVE_INFINITY } = request;
      try {
        return await withAccessToken(tokens, {
          async call(token) {
            // Getting a token may have taken long.
            if (clock() >= expiresAtMs) return { type: 'expired' };
            const answer = await call(token, request);
            if (answer.type === 'answered' && answer.errcode !== 0) recordRefusal(answer);
            return answer;
          },
          refusalOf: (answer) => (answer.type === 'answered' ? tokenRefusal(answer) : undefined),
          // A token is worth getting only for a call that can still be made.
          hasTimeFor: (step) =>
            clock() + LONGEST_MS.call + (step === 'token' ? LONGEST_MS.token : 0) <= untilMs,
        });
      } catch (error) {
        // Thrown only where nothing was accepted for sending: the token could not be had, or was refused.
        if (!(error instanceof TokenUnavailableError)) throw error;
        count('TokenUnavailable', error.wechat?.errcode);
        return { type: 'no-token', reason: error.message };
      }
    },
  };
}

import type { CardReading } from '../cards/card.ts';
import type { CardRequest, CardSender } from '../cards/deliver-card.ts';
import type { CardRules } from '../cards/judge-card-answer.ts';
import type { Measure } from '../metrics.ts';
import { createTokenSender } from '../sends/send-with-token.ts';
import { TokenUnavailableError } from '../token/token-unavailable-error.ts';
import { tokenRefusal, withAccessToken } from '../token/with-access-token.ts';
import { cardRule, isCardErrcode } from '../wechat/errcodes/card-rules.ts';
import { remedyFor } from '../wechat/errcodes.ts';
import { WeChatError } from '../wechat/read-answer.ts';
import { changeServiceCard, readServiceCard } from '../wechat/service-cards.ts';
import type { Runtime } from './runtime.ts';
import { refusalOrThrow, type WeChatClient } from './wechat.ts';

/** The calls about service cards, with the access token that all functions share. */
export function openCardSender(
  { http, tokens }: WeChatClient,
  { clock, logger }: Runtime,
  measure: Measure,
): CardSender {
  const sender = createTokenSender<CardRequest>({
    clock,
    logger,
    measure,
    tokens,
    call: (token, request) => changeServiceCard(http, token, request),
    isDocumented: isCardErrcode,
  });
  return {
    ready: () => sender.ready(),
    send: (request) => sender.send(request),
    async read(card) {
      try {
        const reading = await withAccessToken<CardReading | WeChatError>(tokens, {
          call: (token) => readServiceCard(http, token, card).catch(refusalOrThrow),
          refusalOf: (answer) => (answer instanceof WeChatError ? tokenRefusal(answer) : undefined),
        });
        return reading instanceof WeChatError ? undefined : reading;
      } catch (error) {
        if (!(error instanceof WeChatError || error instanceof TokenUnavailableError)) throw error;
        logger.warn(error.message);
        return undefined;
      }
    },
  };
}

/** WeChat's outcome table of cards. */
export const cardRules: CardRules = {
  ruleOf: cardRule,
  remedyOf: (errcode, errmsg) => remedyFor(errcode, errmsg, 'cards'),
};

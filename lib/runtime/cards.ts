import type { CardRequest, CardSender } from '../cards/deliver-card.ts';
import type { CardRules } from '../cards/judge-card-answer.ts';
import type { Measure } from '../metrics.ts';
import { createTokenSender } from '../sends/send-with-token.ts';
import { TokenUnavailableError } from '../token/token-unavailable-error.ts';
import { cardRule, isCardErrcode } from '../wechat/errcodes/card-rules.ts';
import { remedyFor } from '../wechat/errcodes.ts';
import { WeChatError } from '../wechat/read-answer.ts';
import { changeServiceCard, readServiceCard } from '../wechat/service-cards.ts';
import type { Runtime } from './runtime.ts';
import { callWithToken, type WeChatClient } from './wechat.ts';

/** The calls about service cards, with the access token that all functions share. */
export function openCardSender(
  wechat: WeChatClient,
  { clock, logger }: Runtime,
  measure: Measure,
): CardSender {
  const sender = createTokenSender<CardRequest>({
    clock,
    logger,
    measure,
    tokens: wechat.tokens,
    call: (token, request) => changeServiceCard(wechat.http, token, request),
    isDocumented: isCardErrcode,
  });
  return {
    ...sender,
    async read(card) {
      try {
        return await callWithToken(wechat, (http, token) => readServiceCard(http, token, card));
      } catch (error) {
        if (!(error instanceof WeChatError || error instanceof TokenUnavailableError)) throw error;
        if (error.code !== 'wechat-refused') logger.warn(error.message);
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

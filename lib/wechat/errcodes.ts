import type { BilingualText } from '../bilingual-text.ts';
import type { AnswerRule } from '../sends/judge-answer.ts';
import { ACCOUNT_REMEDIES, ACCOUNT_SEND_RULES } from './errcodes/account-rules.ts';
import { CARD_REMEDIES, LOGIN_REMEDIES, TEMPLATE_REMEDIES } from './errcodes/call-remedies.ts';
import { allowAddress, mendField } from './errcodes/named-in-errmsg.ts';
import { SEND_RULES, UNLISTED } from './errcodes/send-rules.ts';

/**
 * What an answer to a send means for the message and its grant. A code that the table does not list is a
 * refusal, too.
 */
export function sendRule(errcode: number): AnswerRule {
  return SEND_RULES.get(errcode) ?? UNLISTED;
}

/** The calls whose refusals have a remedy. */
type RefusedCall = 'send' | 'token' | 'login' | 'templates' | 'cards';

/**
 * What a person can do about a refusal. Of the text only the field's key and the IP address are read (WeChat
 * contract §0.2).
 */
export function remedyFor(errcode: number, errmsg: string, call: RefusedCall): BilingualText {
  if (errcode === 40164) return allowAddress(errmsg);
  if (call === 'send' && errcode === 47003) return mendField(errmsg) ?? listed(errcode, call);
  return listed(errcode, call);
}

/** What is wrong with the account is so for every call. */
const OF_ACCOUNT: ReadonlyMap<number, BilingualText> = new Map([
  ...ACCOUNT_SEND_RULES.map(([errcode, { remedy }]) => [errcode, remedy] as const),
  ...ACCOUNT_REMEDIES,
]);

function listed(errcode: number, call: RefusedCall): BilingualText {
  return ofCall(errcode, call) ?? OF_ACCOUNT.get(errcode) ?? unlisted(errcode);
}

function ofCall(errcode: number, call: RefusedCall): BilingualText | undefined {
  switch (call) {
    case 'send':
      return SEND_RULES.get(errcode)?.remedy;
    case 'token':
      return undefined;
    case 'login':
      return LOGIN_REMEDIES.get(errcode);
    case 'cards':
      return CARD_REMEDIES.get(errcode) ?? ofAccessToken(errcode) ?? ofRecipient(errcode);
    case 'templates':
      return TEMPLATE_REMEDIES.get(errcode) ?? ofAccessToken(errcode);
  }
}

/** On every call that carries an access token, these codes are about that token (WeChat contract §2.3). */
function ofAccessToken(errcode: number): BilingualText | undefined {
  const rule = SEND_RULES.get(errcode);
  return rule?.class === 'token' || errcode === 41001 ? rule?.remedy : undefined;
}

/** Who a message and a card are for is the same (WeChat contract §3.3, §8.2). */
function ofRecipient(errcode: number): BilingualText | undefined {
  return errcode === 40003 ? SEND_RULES.get(errcode)?.remedy : undefined;
}

function unlisted(errcode: number): BilingualText {
  return {
    en: `WeChat answered errcode ${errcode}, which is not documented for this call. Look its rid up within 7 days by WeChat's call /cgi-bin/openapi/rid/get, which shows the request that arrived.`,
    zh: `微信返回了文档中没有的错误码 ${errcode}。请在 7 天内用 rid 调用微信接口 /cgi-bin/openapi/rid/get，查看微信实际收到的请求。`,
  };
}

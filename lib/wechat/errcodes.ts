import { ACCOUNT_REMEDIES } from './errcodes/account.ts';
import { CARD_REMEDIES } from './errcodes/cards.ts';
import { LOGIN_REMEDIES } from './errcodes/login.ts';
import { allowAddress, mendField } from './errcodes/named-in-errmsg.ts';
import { SEND_RULES, UNLISTED } from './errcodes/send.ts';
import { TEMPLATE_REMEDIES } from './errcodes/templates.ts';
import type { Remedy, SendPolicy } from './errcodes/types.ts';

/** What an answer to a send means for the message and its grant. A code that the table does not list is `unknown`. */
export function sendRule(errcode: number): SendPolicy {
  return SEND_RULES.get(errcode) ?? UNLISTED;
}

/** The calls whose refusals have a remedy. */
export type RefusedCall = 'send' | 'token' | 'login' | 'templates';

/** What a person can do about a refusal. Of the text only the field's key and the IP address are read (WeChat contract §0.2). */
export function remedyFor(errcode: number, errmsg: string, call: RefusedCall): Remedy {
  if (errcode === 40164) return allowAddress(errmsg);
  if (call === 'send' && errcode === 47003) return mendField(errmsg) ?? listed(errcode, call);
  return listed(errcode, call);
}

function listed(errcode: number, call: RefusedCall): Remedy {
  return ofCall(errcode, call) ?? ACCOUNT_REMEDIES.get(errcode) ?? unlisted(errcode);
}

function ofCall(errcode: number, call: RefusedCall): Remedy | undefined {
  switch (call) {
    case 'send':
      return SEND_RULES.get(errcode)?.remedy;
    case 'token':
      return undefined;
    case 'login':
      return LOGIN_REMEDIES.get(errcode);
    case 'templates':
      return TEMPLATE_REMEDIES.get(errcode) ?? CARD_REMEDIES.get(errcode) ?? ofAccessToken(errcode);
  }
}

/** On every call that carries an access token, these codes are about that token (WeChat contract §2.3). */
function ofAccessToken(errcode: number): Remedy | undefined {
  const rule = SEND_RULES.get(errcode);
  return rule?.class === 'token' || errcode === 41001 ? rule?.remedy : undefined;
}

function unlisted(errcode: number): Remedy {
  return {
    en: `WeChat answered errcode ${errcode}, which is not documented for this call. Look the rid up within 7 days in the console (开发管理 → 接口报错查询).`,
    zh: `微信返回了文档中没有的错误码 ${errcode}。请在 7 天内用 rid 到公众平台“开发管理 → 接口报错查询”中查看详情。`,
  };
}

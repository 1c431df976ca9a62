import { ACCOUNT_REMEDIES } from './errcodes/account.ts';
import { LOGIN_REMEDIES } from './errcodes/login.ts';
import { SEND_RULES, UNLISTED } from './errcodes/send.ts';
import type { Remedy, SendPolicy } from './errcodes/types.ts';

/** What an answer to a send means for the message and its grant. A code that the table does not list is `unknown`. */
export function sendRule(errcode: number): SendPolicy {
  return SEND_RULES.get(errcode) ?? UNLISTED;
}

/** The calls whose refusals have a remedy. */
export type RefusedCall = 'send' | 'login' | 'templates';

/** What a person can do about a refusal. Of the text only the field's key and the IP address are read (WeChat contract §0.2). */
export function remedyFor(errcode: number, errmsg: string, call: RefusedCall): Remedy {
  if (errcode === 40164) return allowAddress(errmsg);
  if (call === 'send' && errcode === 47003) return mendField(errmsg) ?? listed(errcode, call);
  return listed(errcode, call);
}

function listed(errcode: number, call: RefusedCall): Remedy {
  const own = call === 'send' ? SEND_RULES.get(errcode)?.remedy : LOGIN_REMEDIES.get(errcode);
  return (call === 'templates' ? undefined : own) ?? ACCOUNT_REMEDIES.get(errcode) ?? unlisted(errcode);
}

function unlisted(errcode: number): Remedy {
  return {
    en: `WeChat answered errcode ${errcode}, which is not documented for this call. Look the rid up within 7 days in the console (开发管理 → 接口报错查询).`,
    zh: `微信返回了文档中没有的错误码 ${errcode}。请在 7 天内用 rid 到公众平台“开发管理 → 接口报错查询”中查看详情。`,
  };
}

/** The text is cut off for long keys, so the key may be missing (WeChat contract §3.5). */
function mendField(errmsg: string): Remedy | undefined {
  const key = /data\.([A-Za-z_]+\d+)\.value/.exec(errmsg)?.[1];
  if (key === undefined) return undefined;
  return {
    en: `The value of ${key} is empty or breaks the rule of its field. Correct data.${key}; the template may have changed since it was last read.`,
    zh: `字段 ${key} 的值为空或不符合规则。请修改 data.${key}；模板也可能在上次同步后有改动。`,
  };
}

/** The address in the text is the one to allow (WeChat contract §2.2). */
function allowAddress(errmsg: string): Remedy {
  const address = /invalid ip ([0-9a-f.:]+)/i.exec(errmsg)?.[1];
  const en = address ? `the address ${address}` : 'the address of this service';
  const zh = address ? ` ${address} ` : '本服务的出口 IP ';
  return {
    en: `WeChat's IP allow-list lacks ${en}. Add it under 开发管理 → 开发设置 → IP 白名单; it takes some minutes to work.`,
    zh: `IP 白名单中没有${zh.trimEnd()}。请到“开发管理 → 开发设置 → IP 白名单”添加，几分钟后生效。`,
  };
}

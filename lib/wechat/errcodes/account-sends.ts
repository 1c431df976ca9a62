import { ACCOUNT_REMEDIES } from './account.ts';
import { allowAddress } from './named-in-errmsg.ts';
import { rule, type SendClass, type SendPolicy, type SendRule } from './types.ts';

function stopping(reason: SendClass, stops: 'account' | 'template' = 'account'): SendPolicy {
  return { class: reason, retry: 'none', grant: 'refund', stops };
}

/** Refusals that the calls for an access token meet as well, and that have their words there (WeChat contract §2.2). */
function known(errcode: number, reason: SendClass): [number, SendRule][] {
  const remedy = ACCOUNT_REMEDIES.get(errcode);
  return remedy ? [[errcode, { errcode, ...stopping(reason), remedy }]] : [];
}

/**
 * Refusals of a send that are about the account, the service's set-up, or one whole template (WeChat contract §9.1): each message fails and
 * gets its grant back, and where several meet the same one in a row, sending stops.
 */
export const ACCOUNT_SEND_RULES: readonly [number, SendRule][] = [
  rule(
    43107,
    stopping('ban', 'template'),
    "WeChat has banned this template or the whole account from sending. Read the site mail in WeChat's console.",
    '该模板或整个账号的发送能力被微信封禁。请登录公众平台查看站内信。',
  ),
  rule(
    48004,
    stopping('ban'),
    "WeChat has barred the account from this API for breaking its rules. Read the site mail in WeChat's console and appeal there.",
    '账号因违规被微信禁止调用此接口。请登录公众平台查看站内信，并按指引申诉。',
  ),
  rule(
    50002,
    stopping('ban'),
    "WeChat restricts the account, most often for breaking its rules. Read the site mail in WeChat's console.",
    '账号被微信限制，通常是因为违规。请登录公众平台查看站内信。',
  ),
  rule(
    48001,
    stopping('permission'),
    'The account may not call this API. Open 订阅消息 (功能) in the console of this mini program.',
    '账号没有此接口的权限。请在公众平台为该小程序开通“订阅消息”功能。',
  ),
  rule(
    61007,
    stopping('permission'),
    'The mini program has not given the third-party platform the right to send subscribe messages. Have its administrator authorise permission set 18 again.',
    '小程序没有把订阅消息权限授予第三方平台。请管理员重新授权（权限集 18）。',
  ),
  rule(
    43003,
    stopping('configuration'),
    'WeChat wants HTTPS. WECHAT_API_BASE_URL, or a proxy before WeChat, uses plain HTTP: make it https://api.weixin.qq.com.',
    '微信要求使用 HTTPS。WECHAT_API_BASE_URL 或中间的代理用了 HTTP，请改为 https://api.weixin.qq.com。',
  ),
  rule(
    40234,
    stopping('configuration'),
    'The account has "API security" (request signing) turned on, which this service does not speak. Have its administrator turn it off in WeChat\'s console.',
    '账号开启了“API 安全”（请求签名），本服务不支持。请管理员到公众平台关闭。',
  ),
  [40164, { errcode: 40164, ...stopping('configuration'), remedy: allowAddress('') }],
  ...[50004, 50007].flatMap((errcode) => known(errcode, 'ban')),
  ...[40013, 40125, 40243, 89501, 89503, 89506, 89507].flatMap((errcode) => known(errcode, 'configuration')),
];

import type { BilingualText } from '../../bilingual-text.ts';
import type { AnswerClass, AnswerRule } from '../../sends/judge-answer.ts';
import { allowAddress } from './named-in-errmsg.ts';

/** A row of the outcome table: what an errcode means for a send, and what a person can do about it. */
export type SendRule = AnswerRule & { readonly remedy: BilingualText };

/** A row of the outcome table by its errcode. */
export function rule(errcode: number, answerRule: AnswerRule, en: string, zh: string): [number, SendRule] {
  return [errcode, { ...answerRule, remedy: { en, zh } }];
}

/** Remedies by errcode, out of rows that each give one remedy to several. */
export function remedies(
  ...rows: readonly (readonly [errcodes: readonly number[], en: string, zh: string])[]
): ReadonlyMap<number, BilingualText> {
  return new Map(rows.flatMap(([errcodes, en, zh]) => errcodes.map((errcode) => [errcode, { en, zh }])));
}

/** Refusals that concern the account, whichever call meets them (WeChat contract §2.2, §9.2). */
export const ACCOUNT_REMEDIES: ReadonlyMap<number, BilingualText> = remedies(
  [[-1], 'WeChat is busy. Try again in a few seconds.', '微信系统繁忙，请过几秒再试。'],
  [
    [40001, 40125],
    "The AppSecret is not this mini program's. Copy it again from 开发管理 → 开发设置 in the console and store it.",
    'AppSecret 与小程序不符。请到公众平台“开发管理 → 开发设置”重新获取并更新配置。',
  ],
  [
    [40002, 41002, 41004, 43002],
    'WeChat could not read the request, which is a fault of this service. Please report it with the rid.',
    '微信无法解析请求，这是本服务的错误，请附上 rid 反馈给我们。',
  ],
  [
    [40013],
    'WeChat does not know this appid. Correct WECHAT_APP_ID.',
    '微信不认识这个 AppID，请检查 WECHAT_APP_ID 是否填写正确。',
  ],
  [
    [40243],
    'The AppSecret is frozen. An administrator can release it under 开发管理 → 开发设置 in the console.',
    'AppSecret 已被冻结。请管理员到公众平台“开发管理 → 开发设置”解冻。',
  ],
  [
    [45009],
    "The day's quota of this call is used up. It comes back tomorrow, or at once with a call of clear_quota, of which WeChat allows ten a month.",
    '该接口当日调用额度已用完。明天自动恢复，也可以调用 clear_quota 清零（每月 10 次）。',
  ],
  [[45011], 'Too many calls in this minute. Wait for the next one.', '本分钟调用次数过多，请下一分钟再试。'],
  [
    [50004, 50007],
    "WeChat has frozen the account or its token interface. Read the site mail in WeChat's console.",
    '账号或获取 token 的接口被冻结。请登录公众平台查看站内信。',
  ],
  [
    [89501],
    'WeChat asks the administrator to approve this address first. Approve it, then try again.',
    '此 IP 正等待管理员确认。请管理员在微信中确认后重试。',
  ],
  [
    [89503],
    'WeChat finds the call risky and asks the administrator to approve this address. Approve it, then try again.',
    '微信认为调用有风险，需要管理员确认此 IP。请确认后重试。',
  ],
  [
    [89506],
    "The administrator refused this address, so it is blocked for 24 hours. After that, have it approved in WeChat's message to them.",
    '管理员拒绝了此 IP，24 小时内不能再调用。请在 24 小时后重试，并让管理员在微信通知中确认。',
  ],
  [
    [89507],
    "The administrator refused this address, so it is blocked for 1 hour. After that, have it approved in WeChat's message to them.",
    '管理员拒绝了此 IP，1 小时内不能再调用。请在 1 小时后重试，并让管理员在微信通知中确认。',
  ],
);

function stopping(reason: AnswerClass, stops: 'account' | 'template' = 'account'): AnswerRule {
  return { class: reason, retry: 'none', grant: 'refund', stops };
}

/** Refusals that the calls for an access token meet as well, with the same remedy (WeChat contract §2.2). */
function known(errcode: number, reason: AnswerClass): [number, SendRule][] {
  const remedy = ACCOUNT_REMEDIES.get(errcode);
  return remedy ? [[errcode, { ...stopping(reason), remedy }]] : [];
}

/**
 * Refusals of a send that are about the account, the set-up, or one whole template (WeChat contract §9.1).
 * Each message fails and gets its grant back. Several such refusals in a row stop sending.
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
  [40164, { ...stopping('configuration'), remedy: allowAddress('') }],
  ...[50004, 50007].flatMap((errcode) => known(errcode, 'ban')),
  ...[40013, 40125, 40243, 89501, 89503, 89506, 89507].flatMap((errcode) => known(errcode, 'configuration')),
];

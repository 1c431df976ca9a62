import type { BilingualText } from '../../bilingual-text.ts';

const SECRET: BilingualText = {
  en: "The AppSecret is not this mini program's. Copy it again from 开发管理 → 开发设置 in the console and store it.",
  zh: 'AppSecret 与小程序不符。请到公众平台“开发管理 → 开发设置”重新获取并更新配置。',
};
const OUR_BUG: BilingualText = {
  en: 'WeChat could not read the request, which is a fault of this service. Please report it with the rid.',
  zh: '微信无法解析请求，这是本服务的错误，请附上 rid 反馈给我们。',
};
const FROZEN: BilingualText = {
  en: "WeChat has frozen the account or its token interface. Read the site mail in WeChat's console.",
  zh: '账号或获取 token 的接口被冻结。请登录公众平台查看站内信。',
};

/** Refusals that concern the account, whichever call meets them (WeChat contract §2.2, §9.2). */
export const ACCOUNT_REMEDIES: ReadonlyMap<number, BilingualText> = new Map([
  [-1, { en: 'WeChat is busy. Try again in a few seconds.', zh: '微信系统繁忙，请过几秒再试。' }],
  [40001, SECRET],
  [40125, SECRET],
  [40002, OUR_BUG],
  [41002, OUR_BUG],
  [41004, OUR_BUG],
  [43002, OUR_BUG],
  [
    40013,
    {
      en: 'WeChat does not know this appid. Correct WECHAT_APP_ID.',
      zh: '微信不认识这个 AppID，请检查 WECHAT_APP_ID 是否填写正确。',
    },
  ],
  [
    40243,
    {
      en: 'The AppSecret is frozen. An administrator can release it under 开发管理 → 开发设置 in the console.',
      zh: 'AppSecret 已被冻结。请管理员到公众平台“开发管理 → 开发设置”解冻。',
    },
  ],
  [
    45009,
    {
      en: "The day's quota of this call is used up. It comes back tomorrow, or at once with a call of clear_quota, of which WeChat allows ten a month.",
      zh: '该接口当日调用额度已用完。明天自动恢复，也可以调用 clear_quota 清零（每月 10 次）。',
    },
  ],
  [
    45011,
    {
      en: 'Too many calls in this minute. Wait for the next one.',
      zh: '本分钟调用次数过多，请下一分钟再试。',
    },
  ],
  [50004, FROZEN],
  [50007, FROZEN],
  [
    89501,
    {
      en: 'WeChat asks the administrator to approve this address first. Approve it, then try again.',
      zh: '此 IP 正等待管理员确认。请管理员在微信中确认后重试。',
    },
  ],
  [
    89503,
    {
      en: 'WeChat finds the call risky and asks the administrator to approve this address. Approve it, then try again.',
      zh: '微信认为调用有风险，需要管理员确认此 IP。请确认后重试。',
    },
  ],
  [
    89506,
    {
      en: "The administrator refused this address, so it is blocked for 24 hours. After that, have it approved in WeChat's message to them.",
      zh: '管理员拒绝了此 IP，24 小时内不能再调用。请在 24 小时后重试，并让管理员在微信通知中确认。',
    },
  ],
  [
    89507,
    {
      en: "The administrator refused this address, so it is blocked for 1 hour. After that, have it approved in WeChat's message to them.",
      zh: '管理员拒绝了此 IP，1 小时内不能再调用。请在 1 小时后重试，并让管理员在微信通知中确认。',
    },
  ],
]);

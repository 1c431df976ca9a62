import type { BilingualText } from '../../bilingual-text.ts';

const NEW_CODE: BilingualText = {
  en: 'The login code is wrong, older than five minutes, or has been used. Call wx.login again and send the new code once.',
  zh: '登录 code 无效、已过 5 分钟，或已经用过。请重新调用 wx.login，并且每个 code 只提交一次。',
};
const STALE_KEY: BilingualText = {
  en: "The user's session_key is no longer valid. Call wx.login again and log in with the new code.",
  zh: '用户的 session_key 已失效。请重新调用 wx.login，用新的 code 登录。',
};

/** Refusals of code2Session (WeChat contract §1.1, §9.2); what concerns the account is told elsewhere. */
export const LOGIN_REMEDIES: ReadonlyMap<number, BilingualText> = new Map([
  [40029, NEW_CODE],
  [40163, NEW_CODE],
  [41008, NEW_CODE],
  [87007, STALE_KEY],
  [87009, STALE_KEY],
  [
    87008,
    {
      en: 'WeChat refused the signature method, which is a fault of this service. Please report it with the rid.',
      zh: '微信不接受签名方法，这是本服务的错误，请附上 rid 反馈给我们。',
    },
  ],
  [
    40226,
    {
      en: 'WeChat holds this user for a risk and blocks the login. There is nothing to mend on our side.',
      zh: '微信判定该用户存在风险并阻止登录，开发者无法处理。',
    },
  ],
  [
    45011,
    {
      en: 'This user logged in too often within a minute. Wait, and keep the session instead of logging in each time.',
      zh: '该用户一分钟内登录过于频繁。请稍候，并保存会话，不要每次都重新登录。',
    },
  ],
]);

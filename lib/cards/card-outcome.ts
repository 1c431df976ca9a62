import type { BilingualText } from '../bilingual-text.ts';
import type { Outcome } from '../sends/send-record.ts';

/** Ends of a change that are not an answer of WeChat's. */
type InternalReason =
  | 'no-answer'
  | 'sender-lost'
  | 'not-reached'
  | 'turned-away'
  | 'token-unavailable'
  | 'user-refused'
  | 'code-expired'
  | 'table-restored';

const REMEDIES: Record<InternalReason, BilingualText> = {
  'no-answer': {
    en: 'The change left, but no readable answer came, and WeChat does not show that it has it. It is not sent again by itself. PATCH the card with what it shall show now.',
    zh: '更新已发出，但没有收到可读的应答，查询微信也未能确认是否生效；系统不会自动重发。请用 PATCH 提交卡片现在应显示的内容。',
  },
  'sender-lost': {
    en: 'The sending function stopped before it recorded an answer. WeChat may have the change; it is not sent again by itself. PATCH the card with what it shall show now.',
    zh: '发送函数在记录结果之前中断，更新可能已经生效；系统不会自动重发。请用 PATCH 提交卡片现在应显示的内容。',
  },
  'not-reached': {
    en: 'WeChat could not be reached, so nothing was sent. Check the network, DNS and WECHAT_API_BASE_URL.',
    zh: '连接不上微信服务器，更新没有发出。请检查网络、DNS 和 WECHAT_API_BASE_URL 设置。',
  },
  'turned-away': {
    en: 'Something between this service and WeChat answered with an HTTP 4xx that is not WeChat’s, twice. Check the proxy, the firewall and WECHAT_API_BASE_URL, then PATCH the card.',
    zh: '本服务与微信之间的网关两次返回了并非来自微信的 HTTP 4xx。请检查代理、防火墙和 WECHAT_API_BASE_URL 设置，然后用 PATCH 重新提交。',
  },
  'token-unavailable': {
    en: 'No access token could be had that WeChat takes, so nothing was sent. It is tried again until the time of the code ends. Check the appid, the AppSecret and the IP allow-list.',
    zh: '没能取得微信认可的 access_token，更新没有发出；在 code 有效期内会自动重试。请检查 AppID、AppSecret 和 IP 白名单。',
  },
  'user-refused': {
    en: 'The user refuses this card. Do not send similar messages in its place; only the user can turn it on again.',
    zh: '用户拒收此卡片。请不要改发类似的消息，只有用户自己能重新开启。',
  },
  'code-expired': {
    en: 'The time of the code is over: a pay order is good for 24 hours and then 30 days, a tap for 5 minutes and then 24 hours. A new order or a new tap makes a new card.',
    zh: 'code 已过有效期：支付订单须在 24 小时内激活、激活后 30 天内更新；点击按钮得到的 code 须在 5 分钟内激活、激活后 24 小时内更新。新的订单或点击可以创建新的卡片。',
  },
  'table-restored': {
    en: 'The table was restored to an earlier moment, and WeChat may have a later change of this card. PATCH the card with what it shall show now.',
    zh: '数据表恢复到了较早的时间点，微信上的卡片可能已是之后的内容。请用 PATCH 提交卡片现在应显示的内容。',
  },
};

/** The outcome of an end that WeChat said nothing about, with words to act on. */
export function internalCardOutcome(reason: InternalReason, atMs: number): Outcome {
  return { atMs, reason, remedy: REMEDIES[reason] };
}

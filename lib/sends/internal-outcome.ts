import type { BilingualText } from '../bilingual-text.ts';
import type { Outcome } from './send-record.ts';

/** Ends of a message, or of an attempt, that are not an answer of WeChat's. */
export type InternalReason =
  | 'no-answer'
  | 'not-reached'
  | 'turned-away'
  | 'sender-lost'
  | 'table-restored'
  | 'no-grant'
  | 'grant-revoked'
  | 'sending-stopped'
  | 'token-unavailable'
  | 'expired'
  | 'collapsed'
  | 'template-deleted';

const REMEDIES: Record<InternalReason, BilingualText> = {
  'no-answer': {
    en: 'The request left, but no readable answer came from WeChat. The user may have the card: do not send it again blindly. If WeChat later reports the delivery, the message is settled by itself.',
    zh: '请求已发出，但没有收到微信可读的应答。用户可能已经收到消息，请不要直接重发；如果微信随后推送了送达事件，状态会自动更新。',
  },
  'not-reached': {
    en: 'WeChat could not be reached, so nothing was sent. Check the network, DNS and WECHAT_API_BASE_URL.',
    zh: '连接不上微信服务器，消息没有发出。请检查网络、DNS 和 WECHAT_API_BASE_URL 设置。',
  },
  'turned-away': {
    en: 'Something between this service and WeChat answered with an HTTP 4xx that is not WeChat’s, twice. Nothing was sent. Check the proxy, the firewall and WECHAT_API_BASE_URL.',
    zh: '本服务与微信之间的网关两次返回了并非来自微信的 HTTP 4xx，消息没有发出。请检查代理、防火墙和 WECHAT_API_BASE_URL 设置。',
  },
  'sender-lost': {
    en: 'The sending function stopped before it recorded an answer. The user may have the card: do not send it again blindly.',
    zh: '发送函数在记录结果之前中断。用户可能已经收到消息，请不要直接重发。',
  },
  'table-restored': {
    en: 'The table was restored to a moment at which this message had not left yet. The user may have the card by now: do not send it again blindly. Settle it by hand once you know.',
    zh: '数据表恢复到了这条消息尚未发出的时间点，此后用户可能已经收到，请不要直接重发；查明结果后请手动更新状态。',
  },
  'no-grant': {
    en: 'The user had no grant left for this template when the message was due. Ask for a new one with wx.requestSubscribeMessage.',
    zh: '发送时该用户对此模板已没有可用的订阅次数。请在小程序中再次调用 wx.requestSubscribeMessage 请用户授权。',
  },
  'grant-revoked': {
    en: 'WeChat showed that the user no longer accepts this template, so the grant set aside for this message is gone. Ask the user to subscribe again.',
    zh: '微信表明该用户已不再接受此模板的消息，为这条消息预留的订阅次数因此失效。请引导用户重新订阅。',
  },
  'sending-stopped': {
    en: 'For a whole day WeChat refused every send of this account or template, so this message was not tried. Look at the messages that failed before it for the errcode, and at docs/en/errors.md for what to do about it.',
    zh: '一整天里微信都拒绝该账号或该模板的发送，因此这条消息没有尝试发送。请查看此前失败消息的错误码，并按 docs/zh/errors.md 处理。',
  },
  'token-unavailable': {
    en: 'No access token could be had that WeChat takes, so nothing was sent. It is tried again for a day. Check the appid, the AppSecret and the IP allow-list, and that nothing else fetches tokens for this appid.',
    zh: '没能取得微信认可的 access_token，消息没有发出；一天之内会自动重试。请检查 AppID、AppSecret 和 IP 白名单，并确认没有其他程序在为同一 AppID 获取 token。',
  },
  expired: {
    en: 'It had not left by its expiresAt, so it is not sent any more. If that was not meant, allow more time, or see by npm run doctor what holds sending up.',
    zh: '到 expiresAt 时仍未发出，因此不再发送。若不希望如此，请把期限放宽，或用 npm run doctor 查看发送被什么拖住。',
  },
  collapsed: {
    en: 'A newer message with the same collapseKey took its place and its grant: see collapsedInto. Nothing is to be done.',
    zh: '相同 collapseKey 的新消息取代了它，并沿用它的授权，见 collapsedInto。无需处理。',
  },
  'template-deleted': {
    en: 'The template was deleted while this message waited, so it was canceled and its grant given back. Book it anew with another template.',
    zh: '这条消息等待期间模板被删除，消息已取消，授权已归还。请改用其他模板重新预约。',
  },
};

/** The outcome of an end that WeChat said nothing about, with words to act on. */
export function internalOutcome(reason: InternalReason, atMs: number): Outcome {
  return { atMs, reason, remedy: REMEDIES[reason] };
}

/** The words to act on for such an end, by the reason that is stored. */
export function remedyOfReason(reason: string): BilingualText | undefined {
  return isOwn(reason) ? REMEDIES[reason] : undefined;
}

function isOwn(reason: string): reason is InternalReason {
  return Object.hasOwn(REMEDIES, reason);
}

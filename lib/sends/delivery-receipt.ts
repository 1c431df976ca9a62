import type { SentEvent } from '../events/subscribe-event.ts';
import type { Outcome } from '../messages/message.ts';
import type { SendRecord } from './send-record.ts';

/** What WeChat says at last of one send: `subscribe_msg_sent_event` (WeChat contract §6.4). */
export type DeliveryReceipt = SentEvent['items'][number] & Pick<SentEvent, 'openid' | 'createdAtMs'>;

/** The reason of an outcome that a receipt told to have failed. */
export const NOT_DELIVERED = 'not-delivered';

/**
 * The record after WeChat's delivery receipt; undefined where that says nothing new. The grant stays spent either way: WeChat had
 * taken the send.
 */
export function afterReceipt<Send extends SendRecord>(
  record: Send,
  { msgid, errcode, errorStatus, createdAtMs }: DeliveryReceipt,
) {
  if (record.state !== 'sent' && record.state !== 'unknown') return undefined;
  const { remedy: _remedy, ...known } = record.outcome ?? {};
  const isDelivered = errcode === 0;
  const outcome: Outcome = {
    ...known,
    atMs: createdAtMs,
    errcode,
    errmsg: errorStatus,
    reason: isDelivered ? 'delivered' : NOT_DELIVERED,
    ...(msgid !== undefined && { msgid }),
    ...(!isDelivered && { remedy: REMEDY }),
  };
  return {
    ...record,
    state: isDelivered ? ('delivered' as const) : ('failed' as const),
    outcome,
    ...(isDelivered && { deliveredAtMs: createdAtMs }),
  };
}

/** WeChat contract §6.4: the codes of a failed sent event are not documented. */
const REMEDY = {
  en: 'WeChat took the message but then reported that it could not be delivered. The grant is used up: ask the user to subscribe again before you send once more.',
  zh: '微信接收了消息，但随后报告投递失败。这次订阅次数已被用掉：请引导用户再次订阅后再发送。',
};

import * as v from 'valibot';
import type { CardReceipt } from '../../cards/card-receipt.ts';
import { type Fields, id, ifReadable, text, whole } from './read-fields.ts';

/** WeChat's event about a service card whose notification was not delivered (WeChat contract §8.2). */
export const CARD_EVENT = 'notify_service_msg_send_result';

const cardEvent = v.pipe(
  v.object({
    openid: ifReadable(id),
    FromUserName: ifReadable(id),
    notify_code: v.pipe(text, v.nonEmpty()),
    notify_type: whole,
    card_status: ifReadable(whole),
    fail_ret: whole,
    fail_msg: v.fallback(v.optional(text, ''), ''),
  }),
  v.transform(({ openid: user, FromUserName, ...event }): CardReceipt | undefined => {
    const to = user ?? FromUserName;
    if (to === undefined) return undefined;
    return {
      openid: to,
      code: event.notify_code,
      notifyType: event.notify_type,
      ...(event.card_status !== undefined && { status: event.card_status }),
      failRet: event.fail_ret,
      failMsg: event.fail_msg,
    };
  }),
);

/** What the fields of {@link CARD_EVENT} say; undefined when they are not as WeChat documents them. */
export function readCardEvent(fields: Fields): CardReceipt | undefined {
  const result = v.safeParse(cardEvent, fields);
  return result.success ? result.output : undefined;
}

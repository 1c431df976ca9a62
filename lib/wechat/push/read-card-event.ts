import * as v from 'valibot';
import type { CardReceipt } from '../../cards/card-receipt.ts';
import type { Fields } from './read-fields.ts';

/** WeChat's event about a service card whose notification was not delivered (WeChat contract §8.2). */
export const CARD_EVENT = 'notify_service_msg_send_result';

/** Any number may come as text and any text as a number (WeChat contract §6.4). */
const text = v.pipe(v.union([v.string(), v.pipe(v.number(), v.transform(String))]), v.trim());
const whole = v.pipe(text, v.regex(/^-?\d{1,15}$/), v.transform(Number));
const openid = v.pipe(text, v.regex(/^[\w-]{1,128}$/));
const ifReadable = <T>(schema: v.GenericSchema<unknown, T>) => v.fallback(v.optional(schema), undefined);

const cardEvent = v.pipe(
  v.object({
    openid: ifReadable(openid),
    FromUserName: ifReadable(openid),
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

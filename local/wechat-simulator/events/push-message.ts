import type { SimulatedCard } from '../cards.ts';

/** A message on its way to the callback, in WeChat's own names. Values are texts; the format decides how they look. */
export interface PushMessage {
  readonly openid: string;
  /** Unix seconds. */
  readonly createTime: number;
  readonly msgType: string;
  /** The name of an event; other messages have none. */
  readonly event?: string | undefined;
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** What an event's `List` tells. */
  readonly items?: readonly Readonly<Record<string, string>>[] | undefined;
}

/** The three events of subscribe messages (WeChat contract §6.4). */
export const SUBSCRIBE_EVENTS = {
  popup: 'subscribe_msg_popup_event',
  change: 'subscribe_msg_change_event',
  sent: 'subscribe_msg_sent_event',
} as const;

/** Of the three scenes in which a popup can come, the one inside the mini program. */
const INSIDE_MINI_PROGRAM = '0';

type Made = Pick<PushMessage, 'msgType' | 'event' | 'items' | 'fields'>;

/** The user acted on the popup. */
export function popupMessage(
  choices: readonly { readonly templateId: string; readonly status: string }[],
): Made {
  const items = choices.map(({ templateId, status }) => ({
    TemplateId: templateId,
    SubscribeStatusString: status.startsWith('accept') ? 'accept' : status,
    PopupScene: INSIDE_MINI_PROGRAM,
  }));
  return { msgType: 'event', event: SUBSCRIBE_EVENTS.popup, items };
}

/** The user turned templates off; that they are on again is never told. */
export function changeMessage(templateIds: readonly string[]): Made {
  const items = templateIds.map((templateId) => ({
    TemplateId: templateId,
    SubscribeStatusString: 'reject',
  }));
  return { msgType: 'event', event: SUBSCRIBE_EVENTS.change, items };
}

/** How a send that WeChat had accepted ended. */
export interface SentResult {
  readonly templateId: string;
  readonly msgid?: string | undefined;
  readonly errorCode: number;
  readonly errorStatus: string;
}

/** The final result of a send. */
export function sentMessage({ templateId, msgid, errorCode, errorStatus }: SentResult): Made {
  const item = {
    TemplateId: templateId,
    ...(msgid !== undefined && { MsgID: msgid }),
    ErrorCode: String(errorCode),
    ErrorStatus: errorStatus,
  };
  return { msgType: 'event', event: SUBSCRIBE_EVENTS.sent, items: [item] };
}

const FAIL_MESSAGES: Readonly<Record<number, string>> = {
  [-10001]: 'system error',
  [-10002]: 'content check failed',
  [-1003]: 'no template',
  [-1004]: 'user reject message ',
  [-1005]: 'too frequent',
};

/** A notification of a card failed (WeChat contract §8.2). The number of a pay order has "p1." in front. */
export function cardFailureMessage(card: SimulatedCard, status: number, failRet: number): Made {
  return {
    msgType: 'event',
    event: 'notify_service_msg_send_result',
    fields: {
      openid: card.openid,
      notify_code: card.source === 'order' ? `p1.${card.code}` : card.code,
      notify_type: String(card.notifyType),
      card_status: String(status),
      fail_ret: String(failRet),
      fail_msg: FAIL_MESSAGES[failRet] ?? 'fail',
    },
  };
}

import type { RecipientResult } from '../campaigns/runs/results.ts';
import type { Message, Outcome } from '../messages/message.ts';
import { NOT_DELIVERED, type SentItem } from './send-meant.ts';

/** The message after WeChat's final word. Its claim, if still open, counts the grant as spent as before. */
export function withEvent(message: Message, item: SentItem, nowMs: number): Message {
  const { msgid, errcode, errorStatus, createdAtMs } = item;
  const { remedy: _remedy, ...known } = message.outcome ?? {};
  const outcome: Outcome = {
    ...known,
    atMs: createdAtMs,
    errcode,
    errmsg: errorStatus,
    reason: reasonOf(item),
    ...(msgid !== undefined && { msgid }),
    ...(errcode !== 0 && { remedy: REMEDY }),
  };
  return errcode === 0
    ? { ...message, state: 'delivered', deliveredAtMs: createdAtMs, updatedAtMs: nowMs, outcome }
    : { ...message, state: 'failed', updatedAtMs: nowMs, outcome };
}

/** A recipient's result after WeChat's final word; undefined where it says nothing new. */
export function resultWithEvent(result: RecipientResult, item: SentItem): RecipientResult | undefined {
  if (result.state !== 'sent' && result.state !== 'unknown') return undefined;
  const { msgid, errcode, errorStatus, createdAtMs } = item;
  return {
    ...result,
    state: errcode === 0 ? 'delivered' : 'failed',
    atMs: createdAtMs,
    errcode,
    reason: reasonOf(item),
    ...(errcode !== 0 && { errmsg: errorStatus }),
    ...(msgid !== undefined && { msgid }),
  };
}

function reasonOf({ errcode }: SentItem): string {
  return errcode === 0 ? 'delivered' : NOT_DELIVERED;
}

/** WeChat contract §6.4: the codes of a failed sent event are not documented. */
const REMEDY = {
  en: 'WeChat took the message but then reported that it could not be delivered. The grant is used up: ask the user to subscribe again before you send once more.',
  zh: '微信接收了消息，但随后报告投递失败。这次订阅次数已被用掉：请引导用户再次订阅后再发送。',
};

import type { Message } from '../messages/message.ts';
import { remedyOfReason } from '../sends/reasons.ts';
import type { RemedyFor } from './lookup-problem.ts';

/**
 * The message with words to act on beside the answer to its last attempt. Those of a message that has ended are stored with it; one that
 * waits for another attempt, or was canceled then, keeps the answer only.
 */
export function withRemedy(message: Message, remedyFor: RemedyFor): Message {
  const { outcome, state } = message;
  if (!outcome || outcome.remedy || (state !== 'pending' && state !== 'canceled')) return message;
  const { errcode, errmsg = '', reason } = outcome;
  const remedy = errcode === undefined ? remedyOfReason(reason) : remedyFor(errcode, errmsg);
  return remedy ? { ...message, outcome: { ...outcome, remedy } } : message;
}

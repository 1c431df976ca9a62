import type { Logger } from '../logger.ts';
import type { Message } from '../messages/message.ts';

/** Says how an attempt ended, or a message without one. */
export function logOutcome(logger: Logger, message: Message, nowMs: number): void {
  const fields = {
    messageId: message.id,
    templateId: message.templateId,
    state: message.state,
    reason: message.outcome?.reason,
    errcode: message.outcome?.errcode,
    rid: message.outcome?.rid,
    attempts: message.attempts,
    lateMs: nowMs - message.sendAtMs,
  };
  if (message.state === 'sent') logger.info('message sent', fields);
  else logger.warn('message not sent', fields);
}

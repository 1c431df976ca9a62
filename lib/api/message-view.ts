import type * as v from 'valibot';
import type { Claim } from '../grants/ledger.ts';
import { type Message, type Outcome, statusOf } from '../messages/message.ts';
import { toRfc3339 } from './schemas/common.ts';
import type { message as messageSchema } from './schemas/messages.ts';

/** A message as callers see it. */
export type MessageView = v.InferOutput<typeof messageSchema>;

/** Shows a message to callers. `claim` is the open claim of its user's ledger, which tells whether it is being sent. */
export function messageView(message: Message, claim: Claim | undefined, nowMs: number): MessageView {
  return {
    id: message.id,
    to: message.openid,
    templateId: message.templateId,
    data: { ...message.data },
    ...(message.page !== undefined && { page: message.page }),
    miniprogramState: message.miniprogramState,
    lang: message.lang,
    status: statusOf(message, claim, nowMs),
    sendAt: toRfc3339(message.sendAtMs),
    createdAt: toRfc3339(message.createdAtMs),
    updatedAt: toRfc3339(message.updatedAtMs),
    attempts: message.attempts,
    ...(message.fitted && { fitted: message.fitted.map((change) => ({ ...change })) }),
    ...(message.outcome && { outcome: outcomeView(message.outcome) }),
    ...(message.deliveredAtMs !== undefined && { deliveredAt: toRfc3339(message.deliveredAtMs) }),
  };
}

function outcomeView({ atMs, remedy, ...facts }: Outcome): NonNullable<MessageView['outcome']> {
  return { at: toRfc3339(atMs), ...facts, ...(remedy && { remedy: { ...remedy } }) };
}

import type { Claim } from '../../lib/grants/ledger.ts';
import type { Message } from '../../lib/messages/message.ts';
import { type MessagePortServices, messagePort } from '../../lib/messages/message-port.ts';
import type { SendDecision } from '../../lib/sends/judge-answer.ts';
import { recordOutcome } from '../../lib/sends/perform-send.ts';

/** Writes down how an attempt of a message ended, as its sender does. */
export function settle(
  services: MessagePortServices,
  claim: Claim,
  before: Message,
  decision: SendDecision,
): Promise<Message> {
  const attempt = { claim, before, leftAtMs: claim.startedAtMs, decision };
  return recordOutcome(services, messagePort(services, before.id), attempt);
}

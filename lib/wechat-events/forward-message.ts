import { createHash } from 'node:crypto';
import type { OtherPush } from './event-job.ts';

/** A message of WeChat's as the owner's own rules get it. */
export interface ForwardedMessage {
  /** The same however often WeChat repeats the message. */
  readonly eventId: string;
  readonly name: string;
  readonly message: OtherPush['fields'];
}

interface ForwardServices {
  readonly appId: string;
  /** Answers whether the bus took it. Absent where there is no bus. */
  readonly publish?: (message: ForwardedMessage) => Promise<boolean>;
}

/**
 * Publishes a message of WeChat's for the owner's own rules.
 *
 * @throws Error when there is no bus or it does not take the message, so that the queue delivers it again
 */
export async function forwardMessage(
  { appId, publish }: ForwardServices,
  { name, fields }: OtherPush,
): Promise<void> {
  if (!publish) throw new Error('FORWARD_WECHAT_MESSAGES needs EVENT_BUS_NAME.');
  // WeChat repeats a message as it was, so its content names it.
  const content = `${appId}\n${JSON.stringify(fields)}`;
  const eventId = createHash('sha256').update(content).digest('hex').slice(0, 32);
  const taken = await publish({ eventId, name, message: fields });
  if (!taken) throw new Error('The event bus did not take a message of WeChat’s.');
}

/** Makes a new message id for a user. */
export type NewMessageId = (openid: string) => string;

const MESSAGE_ID = /^msg_([0-9a-f]{32})_([A-Za-z0-9_-]{1,128})$/;

/**
 * Message ids carry their user, so that a message is found by its id alone, without an index, and begin with a UUID of
 * version 7, so that they sort by the moment they were made. To callers they are opaque.
 */
export function createMessageIds(newTimeOrderedUuid: () => string): NewMessageId {
  return (openid) => messageIdOf(newTimeOrderedUuid().replaceAll('-', ''), openid);
}

/** The id of a user's message by its own part. */
export function messageIdOf(stem: string, openid: string): string {
  return `msg_${stem}_${openid}`;
}

/** The user that a message id belongs to, or undefined for what is no message id of ours. */
export function openidOf(messageId: string): string | undefined {
  return MESSAGE_ID.exec(messageId)?.[2];
}

/** The part of a message id that does not name the user. */
export function stemOf(messageId: string): string {
  return MESSAGE_ID.exec(messageId)?.[1] ?? messageId;
}

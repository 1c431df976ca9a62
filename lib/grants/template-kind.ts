/**
 * How long an accept lasts: one send, or until the user turns it off (WeChat contract §3.4).
 * `unknown` is counted as one-time, the cautious reading, until the template has been read from WeChat.
 */
export type TemplateKind = 'one-time' | 'long-term' | 'unknown';

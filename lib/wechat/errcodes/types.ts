import type { BilingualText } from '../../bilingual-text.ts';

/** What kind of thing an answer to a send is. */
export type SendClass =
  | 'accepted'
  | 'token'
  | 'transient'
  | 'quota'
  | 'rate'
  | 'user-state'
  | 'recipient'
  | 'payload'
  | 'configuration'
  | 'ban'
  | 'permission'
  | 'our-bug'
  | 'ambiguous'
  | 'unlisted';

/** What an answer to a send means for the message and its grant (WeChat contract §9.1). */
export interface SendPolicy {
  readonly class: SendClass;
  /** Which retry policy applies; `token` is one repeat with a new access token, made before this table is asked. */
  readonly retry: 'none' | 'busy' | 'concurrent' | 'rate' | 'quota' | 'token';
  /** What becomes of the grant: gone, given back, all of them zeroed, or kept for the retry. */
  readonly grant: 'spend' | 'refund' | 'zero' | 'keep';
  /** How the message ends when its retries are used up. */
  readonly exhausted?: 'failed' | 'unknown';
  /** What several such answers in a row stop for a while, because they are about it and not about one message or user. */
  readonly stops?: 'account' | 'template' | 'template-unless-one-user';
}

/** A row of the outcome table. */
export interface SendRule extends SendPolicy {
  readonly errcode: number;
  readonly remedy: BilingualText;
}

/** A row of the outcome table by its errcode. */
export function rule(errcode: number, policy: SendPolicy, en: string, zh: string): [number, SendRule] {
  return [errcode, { errcode, ...policy, remedy: { en, zh } }];
}

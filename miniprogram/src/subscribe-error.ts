import type { Advice } from './advice.ts';
import { memberOf } from './values.ts';

/** Why no popup came, or no answer from it: WeChat's errCode (WeChat contract §7.1), or a word where it gives none. */
export type SubscribeErrorCode =
  /** No template was named. */
  | 10001
  /** WeChat could not load the templates. */
  | 10002
  /** The connection broke: the answer may or may not have reached WeChat. */
  | 10003
  /** An id is not a text. */
  | 10004
  /** The mini program is in the background. */
  | 10005
  /** An id does not exist in this account, or is of another kind. */
  | 20001
  /** One-time and long-term templates in one call. Name the long-term ones in the option `longTerm`. */
  | 20002
  /** More templates than the client takes. */
  | 20003
  /** The user has turned off all messages of this mini program. */
  | 20004
  /** WeChat does not let this mini program ask. */
  | 20005
  /** A template for devices needs `wx.requestSubscribeDeviceMessage`. */
  | 20013
  /** There was no click state: something was awaited before, there was a timer, or one tap was used twice. */
  | 'not-a-tap'
  /** The user closed the popup. Most clients tell of it as an answer instead. */
  | 'canceled'
  /** A popup is open already. */
  | 'in-flight'
  /** WeChat has not told how the popup ended. An answer that comes later is still counted. */
  | 'no-answer'
  /** The base library is older than 2.4.4. */
  | 'unsupported'
  /** Anything that WeChat does not document. */
  | 'unknown';

/** Why the user was not asked, with what to tell them. */
export interface SubscribeError {
  readonly code: SubscribeErrorCode;
  readonly tell: Advice;
  /** WeChat's own words, for the log; the code where WeChat was not asked. */
  readonly message: string;
}

/** What WeChat documents, and what it fails with that has no code. Two lists are smaller than one of pairs. */
const CODES: readonly SubscribeErrorCode[] = [
  10001,
  10002,
  10003,
  10004,
  10005,
  20001,
  20002,
  20003,
  20004,
  20005,
  20013,
  'not-a-tap',
  'in-flight',
  'no-answer',
  'canceled',
];

/** What each of `CODES` is known by in WeChat's words, in its order: as much of them as no other failure has. */
const WORDS =
  'empty|list f|ibe fail|lid tem|cannot s|no templ|type m|of max|main s|bann|devicemsg|tap g|last c|no ans|cancel'.split(
    '|',
  );

/** Reads what WeChat handed to `fail`: the code is a number or a text, under `errno` or in the words, or there is none. */
export function codeOf(failure: unknown, message: string): SubscribeErrorCode {
  const told = [memberOf(failure, 'errCode'), memberOf(failure, 'errno'), message].join(' ');
  const [code] = CODES.filter((one, index) => RegExp(`\\b${one}\\b|${WORDS[index]}`, 'i').test(told));
  return code || 'unknown';
}

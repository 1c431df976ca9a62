import * as v from 'valibot';
import type { HttpAnswer } from '../http/http-client.ts';
import type { SendAnswer } from '../sends/judge-answer.ts';
import { readAnswer } from './read-answer.ts';

const withMsgid = v.object({ msgid: v.union([v.string(), v.pipe(v.number(), v.transform(String))]) });

/**
 * An answer with an errcode is WeChat's own, whatever the HTTP status that a gateway gave it: most often 200
 * (§0.1). Without one a 5xx says nothing about the message, which may have been taken. Only an HTTP 4xx comes
 * from a gateway that turned the request away before WeChat saw it (§9.3): probably nothing was sent, and the
 * grant stays reserved.
 */
export function readSendAnswer(http: HttpAnswer): SendAnswer {
  if (http.type !== 'answered') return http;
  const read = readAnswer(http.text);
  // Documented for these calls, unlike for others: without an errcode it is no answer of WeChat's (§3.2, §8.2).
  if (!read?.namesErrcode) {
    const reason = `HTTP ${http.status} without a readable errcode`;
    return { type: isTurnedAway(http.status) ? 'turned-away' : 'no-answer', reason };
  }
  const msgid = v.safeParse(withMsgid, read.body);
  return { type: 'answered', ...read.answer, ...(msgid.success && { msgid: msgid.output.msgid }) };
}

function isTurnedAway(status: number): boolean {
  return status >= 400 && status < 500;
}

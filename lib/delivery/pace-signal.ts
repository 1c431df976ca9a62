import type { AnswerRules, SendAnswer } from './judge-answer.ts';
import type { PaceSignal } from './pacer.ts';

/** What an answer to a send to this user says about the pace of all sending. Silence and refused tokens say nothing. */
export function paceSignal(answer: SendAnswer, rules: AnswerRules, openid: string): PaceSignal | undefined {
  if (answer.type !== 'answered') return undefined;
  const { errcode } = answer;
  const { retry, stops } = rules.ruleOf(errcode);
  if (stops === 'account' || stops === 'template') return { type: 'refused', scope: stops, errcode };
  if (stops === 'template-unless-one-user') {
    return { type: 'refused', scope: 'template', errcode, user: openid };
  }
  switch (retry) {
    case 'rate':
    case 'quota':
    case 'busy':
      return retry;
    case 'token':
    case 'connection':
      return undefined;
    default:
      return 'served';
  }
}

import type { AnswerRules, SendAnswer } from './judge-answer.ts';
import type { PaceSignal } from './pacer.ts';

/** What an answer says about the pace of all sending. Silence and refused tokens say nothing. */
export function paceSignal(answer: SendAnswer, rules: AnswerRules): PaceSignal | undefined {
  if (answer.type !== 'answered') return undefined;
  const { retry } = rules.ruleOf(answer.errcode);
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

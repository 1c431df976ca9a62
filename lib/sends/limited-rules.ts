import type { BilingualText } from '../bilingual-text.ts';
import type { AnswerRules } from './judge-answer.ts';

/** No page says with which errcode WeChat refuses a send over the rate (WeChat contract §8.1, §11). */
const MAYBE_OVER_RATE: BilingualText = {
  en: 'This template has a rate for each value of its required field, and WeChat may have refused a further message of the same value. Send it in the next period. If it comes of no rate, look the rid up within 7 days.',
  zh: '该模板按必填字段的取值限频，微信可能因同一取值在本周期内已下发过而拒绝。请在下一周期再发。如果与频次无关，请在 7 天内用 rid 查询原因。',
};

/**
 * The outcome table as it holds for a frequency-limited template. An errcode that the table does not list may be
 * about the rate of one value of one user. So it stops no other message of the template.
 */
export function rulesOfLimited(rules: AnswerRules): AnswerRules {
  const isUnlisted = (errcode: number) => rules.ruleOf(errcode).class === 'unlisted';
  return {
    ruleOf(errcode) {
      const { stops, ...rule } = rules.ruleOf(errcode);
      return { ...rule, ...(stops && rule.class !== 'unlisted' && { stops }) };
    },
    remedyOf: (errcode, errmsg) => (isUnlisted(errcode) ? MAYBE_OVER_RATE : rules.remedyOf(errcode, errmsg)),
  };
}

import type { BilingualText } from '../bilingual-text.ts';

/** Each doubt in words that follow the name of a field. */
export const DOUBT_TEXTS = {
  'bare-date': { en: 'has a date without a clock', zh: '只有日期，没有时间' },
  'currency-sign': {
    en: 'has a currency sign other than ¥ $ € £, or has it at the end',
    zh: '的币种符号不是 ¥ $ € £，或写在了末尾',
  },
  'decimal-point': { en: 'begins or ends with a decimal point', zh: '以小数点开头或结尾' },
  'full-width': { en: 'has full-width digits or letters', zh: '含有全角数字或字母' },
  length: { en: 'is longer than the rule plainly allows', zh: '的长度超出了规则明确允许的范围' },
  'many-decimals': { en: 'has more than two decimals', zh: '的小数超过两位' },
  sign: { en: 'has a plus or minus sign', zh: '带有正负号' },
  'thousands-separator': { en: 'has separators between thousands', zh: '带有千分位分隔符' },
  'unusual-form': { en: 'writes its date or time in another form', zh: '的日期或时间写法与规则不同' },
  'unusual-letter': { en: 'has letters other than A to Z', zh: '含有 A 到 Z 以外的字母' },
  'unusual-symbol': {
    en: 'has symbols that the rule does not plainly allow',
    zh: '含有规则未明确允许的符号',
  },
  'white-space': { en: 'has white space or invisible characters', zh: '含有空白或不可见字符' },
} as const satisfies Readonly<Record<string, BilingualText>>;

/** What may make WeChat refuse a value, although its rule does not surely exclude it (WeChat contract §4). */
export type DoubtCode = keyof typeof DOUBT_TEXTS;

/** A doubt and the pattern that tells it. */
export type DoubtPattern = readonly [DoubtCode, RegExp];

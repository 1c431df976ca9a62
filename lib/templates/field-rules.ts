import type { BilingualText } from '../bilingual-text.ts';
import { momentFault } from './moments.ts';
import type { FieldKind, TemplateField } from './template.ts';

/** Why a value's characters are not those that its kind takes. */
export type FormFault = 'wrong-form' | 'no-such-date' | 'not-listed';

/** What WeChat takes in one kind of field. */
export interface FieldRule {
  /** UTF-16 units at most, where the kind has a length of its own. Emoji counting is unconfirmed; units err on the safe side. */
  readonly limit?: (value: string) => number;
  /** What is wrong with a value that is neither empty nor too long and holds no control character. */
  readonly formFault: (value: string, field: Pick<TemplateField, 'values'>) => FormFault | undefined;
  readonly rule: BilingualText;
  /** The line of WeChat's rules that this entry states. */
  readonly source: string;
}

const HAN = /\p{sc=Han}/u;

function matching(pattern: RegExp): FieldRule['formFault'] {
  return (value) => (pattern.test(value) ? undefined : 'wrong-form');
}

const LISTED_VALUE: FieldRule = {
  formFault: (value, { values }) =>
    values === undefined || values.includes(value) ? undefined : 'not-listed',
  rule: { en: 'one of the values that the template lists', zh: '只能填模板列出的取值' },
  source: 'WeChat contract §4, enum',
};

/**
 * The rule of every kind of field, as data: the conservative check of WeChat contract §4, third column.
 *
 * Where §4 leaves something unconfirmed, the stricter reading is taken: no minus sign in a number, no Han in a phone
 * number or character_string, no phone number without a digit, no digit in a name and no space but the plain one, no
 * white space or joiner among symbols, no bare date in a time field, nothing that is only white space.
 */
export const FIELD_RULES: Readonly<Record<FieldKind, FieldRule>> = {
  thing: {
    limit: () => 20,
    formFault: () => undefined,
    rule: {
      en: 'up to 20 characters: Chinese, letters, digits or symbols, on one line',
      zh: '20 个以内字符，可用汉字、数字、字母或符号，不能换行',
    },
    source: 'WeChat contract §4, thing',
  },
  number: {
    limit: () => 32,
    formFault: matching(/^\d+(?:\.\d+)?$/),
    rule: { en: 'up to 32 digits, with decimals if need be', zh: '32 位以内数字，可带小数' },
    source: 'WeChat contract §4, number',
  },
  letter: {
    limit: () => 32,
    formFault: matching(/^[A-Za-z]+$/),
    rule: { en: 'up to 32 letters A to Z', zh: '32 位以内英文字母' },
    source: 'WeChat contract §4, letter',
  },
  symbol: {
    limit: () => 5,
    formFault: matching(/^(?:(?!\p{sc=Han})[\p{P}\p{S}])+$/u),
    rule: {
      en: 'up to 5 symbols; no Chinese, letters or digits',
      zh: '5 位以内符号，不能有汉字、字母或数字',
    },
    source: 'WeChat contract §4, symbol',
  },
  character_string: {
    limit: () => 32,
    formFault: matching(/^[\x20-\x7e]+$/),
    rule: {
      en: 'up to 32 letters, digits or half-width symbols; no Chinese',
      zh: '32 位以内数字、字母或半角符号，不能有汉字',
    },
    source: 'WeChat contract §4, character_string',
  },
  time: {
    formFault: (value) => momentFault('time', value),
    rule: {
      en: 'a 24-hour clock, such as 15:01, or a date before it, such as 2026-01-31 15:01; two joined by a half-width ~ make a range',
      zh: '24 小时制时间，如 15:01，前面可加日期，如 2026-01-31 15:01；时间段用半角 ~ 连接',
    },
    source: 'WeChat contract §4, time',
  },
  date: {
    formFault: (value) => momentFault('date', value),
    rule: {
      en: 'a date, such as 2026-01-31 or 2026年1月31日, or a 24-hour clock after it, such as 2026-01-31 15:01; two joined by a half-width ~ make a range',
      zh: '年月日，如 2026-01-31 或 2026年1月31日，后面可加 24 小时制时间，如 2026-01-31 15:01；时间段用半角 ~ 连接',
    },
    source: 'WeChat contract §4, date',
  },
  amount: {
    formFault: matching(/^[¥￥$€£]?\d{1,10}(?:\.\d{1,2})?元?$/),
    rule: {
      en: 'up to 10 digits with up to 2 decimals; one of ¥ $ € £ may come first and 元 last',
      zh: '10 位以内数字，最多两位小数；前面可加一个币种符号（¥ $ € £），末尾可带“元”',
    },
    source: 'WeChat contract §4, amount',
  },
  phone_number: {
    limit: () => 17,
    formFault: matching(/^(?=.*\d)\+?[\d() -]{1,16}$/),
    rule: {
      en: 'up to 17 characters: digits, spaces, brackets and hyphens; + may come first',
      zh: '17 位以内，可用数字、空格、括号和短横线，开头可带 +',
    },
    source: 'WeChat contract §4, phone_number',
  },
  car_number: {
    limit: () => 8,
    formFault: matching(/^[\p{sc=Han}A-Za-z0-9](?:[A-Za-z0-9]*[\p{sc=Han}A-Za-z0-9])?$/u),
    rule: {
      en: 'up to 8 characters: letters and digits; only the first and the last may be Chinese',
      zh: '8 位以内，第一位与最后一位可为汉字，其余为字母或数字',
    },
    source: 'WeChat contract §4, car_number',
  },
  name: {
    limit: (value) => (HAN.test(value) ? 10 : 20),
    formFault: matching(/^[\p{L}\p{M}\p{P}\p{S} ]+$/u),
    rule: {
      en: 'up to 10 characters with Chinese among them, or up to 20 letters or symbols; no digits',
      zh: '含汉字时 10 个以内字符，纯字母或符号时 20 个以内，不能有数字',
    },
    source: 'WeChat contract §4, name',
  },
  phrase: {
    limit: () => 5,
    formFault: matching(/^\p{sc=Han}+$/u),
    rule: { en: 'up to 5 Chinese characters and nothing else', zh: '5 个以内汉字，不能有其他字符' },
    source: 'WeChat contract §4, phrase',
  },
  enum: LISTED_VALUE,
  enum_string: LISTED_VALUE,
  unknown: {
    formFault: () => undefined,
    rule: {
      en: 'any text on one line (this kind of field is newer than this service: WeChat may have a rule for it)',
      zh: '单行文字（本服务尚不认识这类字段，微信可能另有规则）',
    },
    source: 'WeChat contract §4, opening line',
  },
};

/** The kind that a key names: `character_string13` is a `character_string`. A kind without a rule is `unknown`. */
export function kindOfKey(key: string): FieldKind {
  const name = /^([a-z_]+)\d+$/.exec(key)?.[1];
  return name !== undefined && isFieldKind(name) ? name : 'unknown';
}

function isFieldKind(name: string): name is FieldKind {
  return Object.hasOwn(FIELD_RULES, name);
}

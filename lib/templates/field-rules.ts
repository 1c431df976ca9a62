import type { BilingualText } from '../bilingual-text.ts';
import { momentDoubt, momentError } from './date-times.ts';
import { AMOUNT, AMOUNT_DOUBTS, NUMBER, NUMBER_DOUBTS, NUMERAL } from './number-patterns.ts';
import type { FieldKind, TemplateField } from './template.ts';
import type { DoubtCode, DoubtPattern } from './value-doubt.ts';

/** Why a value's characters are not those that its kind takes. */
export type FormError = 'wrong-form' | 'no-such-date' | 'not-listed';

interface FieldRule {
  /** UTF-16 units at most, where limited. How emoji count is unconfirmed; units err on the safe side. */
  readonly limit?: (value: string) => number;
  /** Units that surely are too long, where those differ from `limit`: between the two is doubt. */
  readonly most?: (value: string) => number;
  /**
   * Whether white space around the value and invisible characters in it are looked through. The kind has no
   * use for them, and nobody has said whether WeChat drops them.
   */
  readonly looksThrough?: true;
  /** Excluded for sure, in a value that is not empty, not too long and without control characters. */
  readonly formError: (value: string, field: Pick<TemplateField, 'values'>) => FormError | undefined;
  /** What the rule does not surely take in a value that has no fault. */
  readonly formDoubt?: (value: string) => DoubtCode | undefined;
  readonly rule: BilingualText;
  /** The line of WeChat's rules that this entry states. */
  readonly source: string;
}

const HAN = /\p{sc=Han}/u;
/** A letter that is not Chinese. */
const LETTER = /(?!\p{sc=Han})\p{L}/u;
/** The most digits of a number, and the most units of a code. */
const LONG = 32;

function matching(pattern: RegExp): FieldRule['formError'] {
  return (value) => (pattern.test(value) ? undefined : 'wrong-form');
}

/** The first doubt whose pattern the value has. */
function doubts(...found: readonly DoubtPattern[]): NonNullable<FieldRule['formDoubt']> {
  return (value) => found.find(([, pattern]) => pattern.test(value))?.[0];
}

function countOf(value: string, pattern: RegExp): number {
  return [...value].filter((character) => pattern.test(character)).length;
}

/** "Mixed counts as Han": with letters surely, with signs such as the dot of a long name perhaps. */
function mostOfName(value: string): number {
  if (!HAN.test(value)) return 20;
  return LETTER.test(value) || countOf(value, HAN) > 10 ? 10 : 20;
}

const LISTED_VALUE: FieldRule = {
  formError: (value, { values }) =>
    values === undefined || values.includes(value) ? undefined : 'not-listed',
  rule: { en: 'one of the values that the template lists', zh: '只能填模板列出的取值' },
  source: 'WeChat contract §4, enum',
};

/**
 * The rule of every kind of field, as data, in the two grades of WeChat contract §4: a fault is what the rule
 * surely excludes, a doubt what it does not surely take.
 */
export const FIELD_RULES: Readonly<Record<FieldKind, FieldRule>> = {
  thing: {
    limit: () => 20,
    formError: () => undefined,
    rule: {
      en: 'up to 20 characters: Chinese, letters, digits or symbols, on one line',
      zh: '20 个以内字符，可用汉字、数字、字母或符号，不能换行',
    },
    source: 'WeChat contract §4, thing',
  },
  number: {
    limit: () => LONG,
    most: (value) => LONG + value.length - countOf(value, NUMERAL),
    looksThrough: true,
    formError: matching(NUMBER),
    formDoubt: doubts(...NUMBER_DOUBTS),
    rule: { en: 'up to 32 digits, with decimals if need be', zh: '32 位以内数字，可带小数' },
    source: 'WeChat contract §4, number',
  },
  letter: {
    limit: () => LONG,
    looksThrough: true,
    formError: matching(/^(?:(?!\p{sc=Han})[\p{L}\p{M}])+$/u),
    formDoubt: doubts(['unusual-letter', /[^A-Za-z]/]),
    rule: { en: 'up to 32 letters A to Z', zh: '32 位以内英文字母' },
    source: 'WeChat contract §4, letter',
  },
  symbol: {
    limit: () => 5,
    formError: matching(/^[^\p{L}\p{Nd}\p{sc=Han}]+$/u),
    formDoubt: doubts(['unusual-symbol', /[^\p{P}\p{S}]/u]),
    rule: {
      en: 'up to 5 symbols; no Chinese, letters or digits',
      zh: '5 位以内符号，不能有汉字、字母或数字',
    },
    source: 'WeChat contract §4, symbol',
  },
  character_string: {
    limit: () => LONG,
    formError: matching(/^\P{sc=Han}+$/u),
    formDoubt: doubts(['unusual-symbol', /[^ -~]/]),
    rule: {
      en: 'up to 32 letters, digits or half-width symbols; no Chinese',
      zh: '32 位以内数字、字母或半角符号，不能有汉字',
    },
    source: 'WeChat contract §4, character_string',
  },
  time: {
    looksThrough: true,
    formError: (value) => momentError('time', value),
    formDoubt: (value) => momentDoubt('time', value),
    rule: {
      en: 'a 24-hour clock, such as 15:01, or a date before it, such as 2026-01-31 15:01; two joined by a half-width ~ make a range',
      zh: '24 小时制时间，如 15:01，前面可加日期，如 2026-01-31 15:01；时间段用半角 ~ 连接',
    },
    source: 'WeChat contract §4, time',
  },
  date: {
    looksThrough: true,
    formError: (value) => momentError('date', value),
    formDoubt: (value) => momentDoubt('date', value),
    rule: {
      en: 'a date, such as 2026-01-31 or 2026年1月31日, or a 24-hour clock after it, such as 2026-01-31 15:01; two joined by a half-width ~ make a range',
      zh: '年月日，如 2026-01-31 或 2026年1月31日，后面可加 24 小时制时间，如 2026-01-31 15:01；时间段用半角 ~ 连接',
    },
    source: 'WeChat contract §4, date',
  },
  amount: {
    looksThrough: true,
    formError: matching(AMOUNT),
    formDoubt: doubts(...AMOUNT_DOUBTS),
    rule: {
      en: 'up to 10 digits with up to 2 decimals; one of ¥ $ € £ may come first and 元 last',
      zh: '10 位以内数字，最多两位小数；前面可加一个币种符号（¥ $ € £），末尾可带“元”',
    },
    source: 'WeChat contract §4, amount',
  },
  phone_number: {
    limit: () => 17,
    formError: matching(/^(?=.*[0-9０-９])[^\p{L}\p{sc=Han}]+$/u),
    formDoubt: doubts(['unusual-symbol', /[^0-9+() -]/]),
    rule: {
      en: 'up to 17 characters: digits, spaces, brackets, hyphens and +; no letters',
      zh: '17 位以内，可用数字、空格、括号、短横线和 +，不能有汉字或字母',
    },
    source: 'WeChat contract §4, phone_number',
  },
  car_number: {
    limit: () => 8,
    looksThrough: true,
    formError: matching(
      /^[\p{sc=Han}A-Za-z0-9Ａ-Ｚａ-ｚ０-９](?:[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]*[\p{sc=Han}A-Za-z0-9Ａ-Ｚａ-ｚ０-９])?$/u,
    ),
    formDoubt: doubts(['full-width', /[Ａ-Ｚａ-ｚ０-９]/]),
    rule: {
      en: 'up to 8 characters: letters and digits; only the first and the last may be Chinese',
      zh: '8 位以内，第一位与最后一位可为汉字，其余为字母或数字',
    },
    source: 'WeChat contract §4, car_number',
  },
  name: {
    limit: (value) => (HAN.test(value) ? 10 : 20),
    most: mostOfName,
    formError: matching(/^\P{Nd}+$/u),
    formDoubt: doubts(['unusual-symbol', /[^\p{L}\p{M}\p{P}\p{S}\p{sc=Han} ]/u]),
    rule: {
      en: 'up to 10 characters with Chinese among them, or up to 20 letters or symbols; no digits',
      zh: '含汉字时 10 个以内字符，纯字母或符号时 20 个以内，不能有数字',
    },
    source: 'WeChat contract §4, name',
  },
  phrase: {
    limit: () => 5,
    looksThrough: true,
    formError: matching(/^\p{sc=Han}+$/u),
    rule: { en: 'up to 5 Chinese characters and nothing else', zh: '5 个以内汉字，不能有其他字符' },
    source: 'WeChat contract §4, phrase',
  },
  enum: LISTED_VALUE,
  enum_string: LISTED_VALUE,
  unknown: {
    limit: () => MAX_UNKNOWN_LENGTH,
    formError: () => undefined,
    rule: {
      en: 'any text on one line, up to 1,000 characters (this kind of field is newer than this service: WeChat may have a rule for it)',
      zh: '1000 个字符以内的单行文字（本服务尚不认识这类字段，微信可能另有规则）',
    },
    source: 'WeChat contract §4, opening line',
  },
};

/** No documented kind takes more than 32 characters; this only keeps a message from growing without end. */
const MAX_UNKNOWN_LENGTH = 1000;

/** The kind that a key names: `character_string` for `character_string13`; `unknown` without a rule. */
export function kindOfKey(key: string): FieldKind {
  const name = /^([a-z_]+)\d+$/.exec(key)?.[1];
  return name !== undefined && isFieldKind(name) ? name : 'unknown';
}

function isFieldKind(name: string): name is FieldKind {
  return Object.hasOwn(FIELD_RULES, name);
}

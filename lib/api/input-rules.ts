import type * as v from 'valibot';
import type { BilingualText } from '../bilingual-text.ts';
import { brokenRule } from '../broken-rule.ts';
import { nearestWord } from '../nearest-word.ts';
import { SYNONYMS } from './synonyms.ts';

/** A rule in both languages as the one text that Valibot carries; {@link inputRule} takes it apart again. */
export function inBoth({ en, zh }: BilingualText): string {
  return `${en}\n${zh}`;
}

/** The rule that a value breaks, in both languages, with the word of ours that it probably means; never the value itself. */
export function inputRule(issue: v.BaseIssue<unknown>): BilingualText {
  const [en = '', zh] = brokenRule(issue).split('\n');
  return withHint({ en, zh: zh ?? chineseRule(issue, en) }, meantValue(issue));
}

/** The name of an unknown field, in both languages, with the one that was probably meant. */
export function unknownField(name: string, known: readonly string[]): BilingualText {
  return withHint(
    { en: 'Unknown field', zh: '未知字段' },
    nearestWord(
      name,
      known.filter((each) => each !== name),
      SYNONYMS,
    ),
  );
}

/** A rule, followed by the word that was probably meant. */
export function withHint({ en, zh }: BilingualText, meant: string | undefined): BilingualText {
  if (meant === undefined) return { en, zh };
  return { en: `${en}; did you mean "${meant}"?`, zh: `${zh}，是否想写 "${meant}"？` };
}

/** Of a value that must be one of a list. */
function meantValue({ input, expected }: v.BaseIssue<unknown>): string | undefined {
  if (typeof input !== 'string' || expected === null) return undefined;
  return nearestWord(input, quotedIn(expected), SYNONYMS);
}

/** Valibot writes the values of a list as `("sent" | "failed")`. */
function quotedIn(expected: string): string[] {
  return [...expected.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
}

const TYPES: Readonly<Record<string, string>> = {
  string: '应为文本',
  number: '应为数字',
  boolean: '应为 true 或 false',
  Array: '应为数组',
  Object: '应为对象',
};

/** Valibot's own rules in Chinese. */
function chineseRule({ type, expected, requirement, input }: v.BaseIssue<unknown>, en: string): string {
  if (en === 'Unknown field') return '未知字段';
  if (input === undefined) return '必填';
  const unit = typeof input === 'string' ? '个字符' : '项';
  switch (type) {
    case 'max_length':
    case 'max_entries':
      return `最多 ${requirement} ${unit}`;
    case 'min_length':
    case 'min_entries':
      return `至少 ${requirement} ${unit}`;
    case 'min_value':
      return `不能小于 ${requirement}`;
    case 'max_value':
      return `不能大于 ${requirement}`;
    case 'integer':
      return '应为整数';
    default: {
      const known = TYPES[expected ?? ''];
      if (known !== undefined) return known;
      const words = quotedIn(expected ?? '');
      return words.length === 0
        ? '不符合要求的格式'
        : `应为 ${words.map((word) => `"${word}"`).join('、')} 之一`;
    }
  }
}

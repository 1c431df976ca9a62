import type { BilingualText } from '../bilingual-text.ts';
import type { FormError } from './field-rules.ts';
import type { ValueError } from './grade-value.ts';
import type { TemplateField } from './template.ts';

/** Stable words for what is wrong with one place of `data`. */
type FieldProblemCode =
  | 'missing'
  | 'unexpected-key'
  | 'data-suffix'
  | 'not-text'
  | 'not-an-object'
  | 'json-text'
  | 'empty'
  | 'control-character'
  | 'too-long'
  | FormError;

/** One invalid place of a message's data, for its author to mend. */
export interface FieldProblem {
  /** `data.<key>`, or `data` when the whole is at fault. */
  readonly path: string;
  readonly code: FieldProblemCode;
  /** What WeChat takes there. */
  readonly rule: BilingualText;
  /** What is wrong and what to do about it, in one or two sentences. Never holds the value itself. */
  readonly message: BilingualText;
  /** UTF-16 units of the value, where there is one. */
  readonly length?: number;
  /** UTF-16 units that WeChat takes, where the length is at fault. */
  readonly limit?: number;
  readonly suggestion?: BilingualText;
}

interface Saying {
  readonly path: string;
  readonly code: FieldProblemCode;
  readonly rule: BilingualText;
  readonly invalid: BilingualText;
  readonly suggestion?: BilingualText;
}

/** A problem whose message is what is wrong followed by what to do. */
export function problemOf({ invalid, suggestion, ...rest }: Saying): FieldProblem {
  if (!suggestion) return { ...rest, message: invalid };
  const message = { en: `${invalid.en} ${suggestion.en}`, zh: `${invalid.zh}${suggestion.zh}` };
  return { ...rest, message, suggestion };
}

/** How a field is named to people: `thing1 ("商品名称")`. */
function fieldName({ key, label }: Pick<TemplateField, 'key' | 'label'>): BilingualText {
  return label === '' ? { en: key, zh: key } : { en: `${key} ("${label}")`, zh: `${key}（“${label}”）` };
}

/**
 * Tells of a key of the template that the data lacks (WeChat contract §4: a template has no optional keys).
 */
export function missingProblem(field: TemplateField): FieldProblem {
  const name = fieldName(field);
  return problemOf({
    path: `data.${field.key}`,
    code: 'missing',
    rule: field.rule,
    invalid: {
      en: `${name.en} is missing; WeChat wants every field of the template.`,
      zh: `缺少 ${name.zh}，微信要求模板的每个字段都要填写。`,
    },
    suggestion: example(field),
  });
}

/** Tells of a value that WeChat would refuse. `fittable`: `fit: true` would mend it. */
export function valueProblem(
  field: TemplateField,
  value: string,
  invalid: ValueError,
  fittable: boolean,
): FieldProblem {
  const problem = problemOf({
    path: `data.${field.key}`,
    code: invalid.code,
    rule: field.rule,
    invalid: saying(field, invalid),
    suggestion: orFit(remedy(field, value, invalid), fittable),
  });
  return {
    ...problem,
    length: value.length,
    ...(invalid.code === 'too-long' && { limit: invalid.limit }),
  };
}

function saying(field: TemplateField, invalid: ValueError): BilingualText {
  const name = fieldName(field);
  switch (invalid.code) {
    case 'empty':
      return {
        en: `${name.en} is empty; WeChat wants every field filled.`,
        zh: `${name.zh}为空，微信要求每个字段都有内容。`,
      };
    case 'control-character':
      return {
        en: `${name.en} has a line break or another invisible control character; WeChat takes none.`,
        zh: `${name.zh}含有换行或其他不可见的控制字符，微信不接受。`,
      };
    case 'too-long':
      return {
        en: `${name.en} has ${invalid.length} characters; WeChat allows ${invalid.limit}.`,
        zh: `${name.zh}有 ${invalid.length} 个字符，微信最多允许 ${invalid.limit} 个。`,
      };
    case 'no-such-date':
      return {
        en: `${name.en} names a date that does not exist.`,
        zh: `${name.zh}中的日期不存在。`,
      };
    case 'not-listed':
      return {
        en: `${name.en} is not one of the values that the template lists.`,
        zh: `${name.zh}不是模板列出的取值。`,
      };
    case 'wrong-form':
      return {
        en: `${name.en} is not in the form that WeChat takes: ${field.rule.en}.`,
        zh: `${name.zh}的格式不符合微信的要求：${field.rule.zh}。`,
      };
  }
}

/** What the author can do. Without a full stop, so that "or send fit: true" can follow. */
function remedy(field: TemplateField, value: string, { code }: ValueError): BilingualText {
  if (code === 'too-long') return { en: 'Shorten it', zh: '请缩短' };
  if (code === 'control-character') return { en: 'Write it on one line', zh: '请改为一行' };
  if (code === 'no-such-date') return { en: 'Correct the day or the month', zh: '请检查月份和日期' };
  if (code === 'not-listed') {
    const values = field.values ?? [];
    return { en: `Use one of: ${values.join(', ')}`, zh: `请改用其中之一：${values.join('、')}` };
  }
  if (code === 'wrong-form' && value.includes('～') && (field.kind === 'time' || field.kind === 'date')) {
    return {
      en: 'Join the two points with a half-width ~ (U+007E), not the full-width ～ (U+FF5E)',
      zh: '请用半角 ~ 连接两个时间点，不要用全角 ～',
    };
  }
  if (field.example === '') return { en: 'Correct it', zh: '请修改' };
  return { en: `Write it as in "${field.example}"`, zh: `请参照示例“${field.example}”填写` };
}

function orFit({ en, zh }: BilingualText, fittable: boolean): BilingualText {
  return fittable
    ? { en: `${en} or send fit: true.`, zh: `${zh}，或加上 fit: true 自动调整。` }
    : { en: `${en}.`, zh: `${zh}。` };
}

function example(field: TemplateField): BilingualText {
  if (field.example === '') return { en: 'Add it.', zh: '请补上。' };
  return { en: `Add it, such as "${field.example}".`, zh: `请补上，例如“${field.example}”。` };
}

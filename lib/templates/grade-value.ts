import { FIELD_RULES, type FormError } from './field-rules.ts';
import type { TemplateField } from './template.ts';
import type { DoubtCode } from './value-doubt.ts';

/** The first thing in a value that WeChat surely refuses. Lengths are UTF-16 units. */
export type ValueError =
  | { readonly code: 'empty' | 'control-character' }
  | { readonly code: 'too-long'; readonly length: number; readonly limit: number }
  | { readonly code: FormError };

/** What WeChat does with a value: surely takes it, may refuse it, or surely refuses it. */
type ValueGrade =
  | { readonly grade: 'sure' }
  | { readonly grade: 'doubtful'; readonly doubt: DoubtCode }
  | { readonly grade: 'refused'; readonly invalid: ValueError };

/**
 * Control characters, line and paragraph separators, and halves of surrogate pairs, which UTF-8 cannot carry.
 */
const UNSENDABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Characters that nobody sees, such as those that an address book puts around a number. */
const INVISIBLE = /\p{Cf}/gu;

const SURE: ValueGrade = { grade: 'sure' };

/** Grades one value by its field's rule (WeChat contract §4). A value of white space only counts as empty. */
export function gradeValue(field: Pick<TemplateField, 'kind' | 'values'>, value: string): ValueGrade {
  if (value.trim() === '') return refused({ code: 'empty' });
  if (UNSENDABLE.test(value)) return refused({ code: 'control-character' });
  const rule = FIELD_RULES[field.kind];
  const text = rule.looksThrough ? value.replace(INVISIBLE, '').trim() : value;
  if (text === '') return refused({ code: 'empty' });
  const limit = rule.limit?.(text) ?? Number.POSITIVE_INFINITY;
  const { length } = text;
  if (length > (rule.most?.(text) ?? limit)) return refused({ code: 'too-long', length, limit });
  const invalid = rule.formError(text, field);
  if (invalid) return refused({ code: invalid });
  const doubt = rule.formDoubt?.(text);
  if (doubt) return doubtful(doubt);
  if (length > limit) return doubtful('length');
  return text === value ? SURE : doubtful('white-space');
}

/** Why WeChat surely refuses a value, if it does. */
export function valueError(
  field: Pick<TemplateField, 'kind' | 'values'>,
  value: string,
): ValueError | undefined {
  const result = gradeValue(field, value);
  return result.grade === 'refused' ? result.invalid : undefined;
}

function refused(invalid: ValueError): ValueGrade {
  return { grade: 'refused', invalid };
}

function doubtful(doubt: DoubtCode): ValueGrade {
  return { grade: 'doubtful', doubt };
}

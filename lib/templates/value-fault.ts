import { FIELD_RULES, type FormFault } from './field-rules.ts';
import type { TemplateField } from './template.ts';

/** The first thing that WeChat would refuse in a value. Lengths are UTF-16 units. */
export type ValueFault =
  | { readonly code: 'empty' | 'control-character' }
  | { readonly code: 'too-long'; readonly length: number; readonly limit: number }
  | { readonly code: FormFault };

/** Control characters, line and paragraph separators, and halves of surrogate pairs, which UTF-8 cannot carry. */
const UNSENDABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

/**
 * Checks one value against its field's rule (WeChat contract §4).
 *
 * Only white space counts as empty: what WeChat does with it is unconfirmed, and refusing is the safe side.
 */
export function valueFault(
  field: Pick<TemplateField, 'kind' | 'values'>,
  value: string,
): ValueFault | undefined {
  if (value.trim() === '') return { code: 'empty' };
  if (UNSENDABLE.test(value)) return { code: 'control-character' };
  const rule = FIELD_RULES[field.kind];
  const limit = rule.limit?.(value);
  if (limit !== undefined && value.length > limit) return { code: 'too-long', length: value.length, limit };
  const code = rule.formFault(value, field);
  return code && { code };
}

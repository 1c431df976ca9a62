import { asRecord } from './calls.ts';
import { gradeOf, kindOfKey } from './field-rules.ts';
import type { Keyword, Template } from './templates.ts';

/** WeChat cuts the detail of 47003 off here: both captures of long keys end at this length (WeChat contract §3.5). */
const DETAIL_LENGTH = 30;

/** How strict WeChat is. */
export interface Strictness {
  /** Whether values are refused too that the rules do not surely take. */
  readonly refuseDoubtful: boolean;
}

/**
 * The errmsg of the first bad field in the template's keyword order, or undefined when all pass. Keys that the template
 * does not have are ignored (WeChat contract §3.5, §4).
 */
export function fieldRefusal(template: Template, data: unknown, strictness: Strictness): string | undefined {
  const record = asRecord(data);
  for (const keyword of template.keywords) {
    const fault = faultOf(keyword, asRecord(record?.[keyword.key])?.['value'], strictness);
    if (fault)
      return `argument invalid! ${`data.${keyword.key}.value ${fault}`.slice(0, DETAIL_LENGTH).trimEnd()}`;
  }
  return undefined;
}

function faultOf(
  keyword: Keyword,
  value: unknown,
  { refuseDoubtful }: Strictness,
): 'is empty' | 'invalid' | undefined {
  if (value === undefined || value === null) return 'is empty';
  if (typeof value !== 'string') return 'invalid';
  if (value.trim() === '') return 'is empty';
  const kind = kindOfKey(keyword.key);
  const grade = kind ? gradeOf(kind, value, keyword.values) : 'refused';
  return grade === 'refused' || (grade === 'doubtful' && refuseDoubtful) ? 'invalid' : undefined;
}

import type { BilingualText } from '../bilingual-text.ts';
import { FIELD_RULES, kindOfKey } from './field-rules.ts';
import { DEFAULT_TIME_ZONE, fitValue } from './fit-value.ts';
import { gradeValue } from './grade-value.ts';
import { DOUBT_TEXTS, type DoubtCode } from './value-doubt.ts';

/** A value that is taken although WeChat may refuse it. Never holds the value itself. */
export interface DataWarning extends BilingualText {
  /** `data.<key>`. */
  readonly path: string;
  readonly code: DoubtCode;
}

const FIT: BilingualText = {
  en: ' fit: true writes it in that way.',
  zh: '加上 fit: true 可自动改写。',
};

/**
 * Names every doubtful value of a message (WeChat contract §4). The key gives the kind, so that no template
 * is needed; what is surely refused has no place here.
 */
export function dataWarnings(data: Readonly<Record<string, string>>): DataWarning[] {
  return Object.entries(data).flatMap(([key, value]) => {
    const kind = kindOfKey(key);
    const result = gradeValue({ kind }, value);
    if (result.grade !== 'doubtful') return [];
    const { doubt } = result;
    const fitted = fitValue({ kind }, value, DEFAULT_TIME_ZONE);
    const hint = fitted !== undefined && gradeValue({ kind }, fitted).grade === 'sure' ? FIT : undefined;
    const [what, { rule }] = [DOUBT_TEXTS[doubt], FIELD_RULES[kind]];
    return [
      {
        path: `data.${key}`,
        code: doubt,
        en: `${key} ${what.en}. WeChat may refuse it (47003); sure is: ${rule.en}.${hint?.en ?? ''}`,
        zh: `${key} ${what.zh}，微信可能拒绝（47003）。稳妥的写法：${rule.zh}。${hint?.zh ?? ''}`,
      },
    ];
  });
}

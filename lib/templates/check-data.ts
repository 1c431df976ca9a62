import type { BilingualText } from '../bilingual-text.ts';
import { nearestWord } from '../nearest-word.ts';
import { type FieldProblem, missingProblem, problemOf, valueProblem } from './field-problem.ts';
import { DEFAULT_TIME_ZONE, fitValue } from './fit-value.ts';
import { valueError } from './grade-value.ts';
import { type NormalisedData, normaliseData } from './normalise-data.ts';
import type { Template, TemplateField } from './template.ts';

/** What came of checking a message's data: the texts to send, or everything that is wrong with it. */
export type CheckResult =
  | { readonly type: 'valid'; readonly data: Readonly<Record<string, string>> }
  | { readonly type: 'invalid'; readonly problems: readonly FieldProblem[] };

/** What a check needs to know of a template. */
type Fields = Pick<Template, 'fields'>;

const SUFFIX = '.DATA';

/**
 * Surplus keys that are named one by one; the rest are counted, so that junk does not come back multiplied.
 */
const SURPLUS_NAMED = 20;

/**
 * Checks data as a caller sent it against the template, before anything is stored, and names every fault at
 * once: fields in the template's order, then keys that the template does not have.
 *
 * Surplus keys are refused, since what WeChat does with them is unconfirmed (WeChat contract §3.1).
 */
export function checkData(template: Fields, input: unknown): CheckResult {
  return checkNormalised(template, normaliseData(input));
}

/** The same for data that has been read already. */
export function checkNormalised(
  template: Fields,
  { data, problems: unreadable }: NormalisedData,
): CheckResult {
  if (unreadable.some(({ path }) => path === 'data')) return { type: 'invalid', problems: unreadable };
  const byPath = new Map(unreadable.map((problem) => [problem.path, problem]));
  const given = [...Object.keys(data), ...unreadable.map(({ path }) => path.slice('data.'.length))];
  const problems = [
    ...template.fields.flatMap((field) => byPath.get(`data.${field.key}`) ?? fieldProblem(field, data) ?? []),
    ...surplusProblems(
      template,
      given.filter((key) => !template.fields.some((field) => field.key === key)),
    ),
  ];
  return problems.length === 0 ? { type: 'valid', data } : { type: 'invalid', problems };
}

function fieldProblem(
  field: TemplateField,
  data: Readonly<Record<string, string>>,
): FieldProblem | undefined {
  const value = Object.hasOwn(data, field.key) ? data[field.key] : undefined;
  if (value === undefined) return Object.hasOwn(data, field.key + SUFFIX) ? undefined : missingProblem(field);
  const invalid = valueError(field, value);
  return (
    invalid && valueProblem(field, value, invalid, fitValue(field, value, DEFAULT_TIME_ZONE) !== undefined)
  );
}

function surplusProblems(template: Fields, keys: readonly string[]): FieldProblem[] {
  const named = keys.slice(0, SURPLUS_NAMED).map((key) => surplusProblem(template, key));
  const more = keys.length - named.length;
  if (more === 0) return named;
  const invalid = {
    en: `${more} more keys are not fields of this template.`,
    zh: `另有 ${more} 个键不是这个模板的字段。`,
  };
  return [...named, problemOf({ path: 'data', code: 'unexpected-key', rule: keysRule(template), invalid })];
}

function surplusProblem(template: Fields, key: string): FieldProblem {
  const rule = keysRule(template);
  const path = `data.${key}`;
  const meant = meantKey(template, key);
  if (meant?.by === 'form') {
    return problemOf({
      path,
      code: 'data-suffix',
      rule,
      invalid: {
        en: `${key} is how the template writes it; data takes the key alone.`,
        zh: `${key} 是模板里的写法，data 只用键名。`,
      },
      suggestion: writeAs(meant.key),
    });
  }
  return problemOf({
    path,
    code: 'unexpected-key',
    rule,
    invalid: { en: `${key} is not a field of this template.`, zh: `${key} 不是这个模板的字段。` },
    suggestion: meant ? writeAs(meant.key) : { en: `Leave it out; ${rule.en}.`, zh: `请去掉；${rule.zh}。` },
  });
}

const writeAs = (key: string): BilingualText => ({ en: `Write ${key}.`, zh: `请写成 ${key}。` });

/** The field that a surplus key stands for, by `{{thing1.DATA}}` or by spelling; never another number. */
function meantKey(
  { fields }: Fields,
  key: string,
): { readonly by: 'form' | 'spelling'; readonly key: string } | undefined {
  const bare = key.replace(/^\{\{\s*|\s*\}\}$/g, '').replace(/\.DATA$/i, '');
  const keys = fields.map((field) => field.key);
  if (keys.includes(bare)) return { by: 'form', key: bare };
  const number = numberOf(bare);
  const near = nearestWord(
    bare,
    keys.filter((each) => numberOf(each) === number),
  );
  return near === undefined ? undefined : { by: 'spelling', key: near };
}

const numberOf = (key: string) => /\d+$/.exec(key)?.[0];

function keysRule({ fields }: Fields): BilingualText {
  const keys = fields.map(({ key }) => key);
  if (keys.length === 0)
    return { en: 'the template has no fields that could be read', zh: '模板没有可识别的字段' };
  return { en: `the fields are ${keys.join(', ')}`, zh: `字段为 ${keys.join('、')}` };
}

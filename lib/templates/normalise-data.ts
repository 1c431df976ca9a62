import * as v from 'valibot';
import type { BilingualText } from '../bilingual-text.ts';
import { type FieldProblem, problemOf } from './field-problem.ts';

/** The data of a message with every value that could be read, and what was wrong with the rest. */
export interface NormalisedData {
  readonly data: Readonly<Record<string, string>>;
  readonly problems: readonly FieldProblem[];
}

/** WeChat's own form of a text; other members of it mean nothing. */
export const wrappedText = v.pipe(
  v.object({ value: v.string() }),
  v.description("WeChat's own form of a text."),
);

const fieldValue = v.union([v.string(), wrappedText]);

/** Data that can be read; whether its texts fit a template is another question. */
export const templateData = v.pipe(
  v.record(v.string(), fieldValue),
  v.description(
    'One text for each field of the template: {"thing1": "text"} or {"thing1": {"value": "text"}}. Numbers too are texts in quotes.',
  ),
);

const DATA_RULE: BilingualText = {
  en: 'an object with one text per field, such as {"thing1": "text"} or {"thing1": {"value": "text"}}',
  zh: '对象，每个字段一段文字，例如 {"thing1": "文字"} 或 {"thing1": {"value": "文字"}}',
};

const VALUE_RULE: BilingualText = { en: 'a text in quotes', zh: '带引号的文字' };

/** Whether `data` is JSON inside a text, which WeChat reports as an empty field (WeChat contract §3.1). */
export function isJsonText(input: unknown): boolean {
  if (typeof input !== 'string') return false;
  const text = input.trim();
  return text.startsWith('{') && text.endsWith('}');
}

/**
 * Reads `{thing1: 'text'}` and WeChat's own `{thing1: {value: 'text'}}`, also mixed.
 *
 * Values are texts only: numbers, booleans and null are named as problems, not turned into text, since `1e21`
 * or `0.30000000000000004` is not what anyone meant to send.
 */
export function normaliseData(input: unknown): NormalisedData {
  if (!isRecord(input)) return { data: {}, problems: [notAnObject(input)] };
  const problems: FieldProblem[] = [];
  const texts: [string, string][] = [];
  for (const [key, given] of Object.entries(input)) {
    if (v.is(fieldValue, given)) texts.push([key, typeof given === 'string' ? given : given.value]);
    else problems.push(notText(key, unwrapped(given)));
  }
  return { data: Object.fromEntries(texts), problems };
}

function unwrapped(given: unknown): unknown {
  if (!isRecord(given) || !Object.hasOwn(given, 'value')) return given;
  const { value } = given;
  return value;
}

function isRecord(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

function notAnObject(input: unknown): FieldProblem {
  if (!isJsonText(input)) {
    const invalid = { en: 'data is not an object.', zh: 'data 不是对象。' };
    const suggestion = { en: `Send ${DATA_RULE.en}.`, zh: `请传${DATA_RULE.zh}。` };
    return problemOf({ path: 'data', code: 'not-an-object', rule: DATA_RULE, invalid, suggestion });
  }
  return problemOf({
    path: 'data',
    code: 'json-text',
    rule: DATA_RULE,
    invalid: {
      en: 'data is a text that holds JSON, not an object.',
      zh: 'data 是一段 JSON 文本，而不是对象。',
    },
    suggestion: {
      en: 'Send the object itself, without JSON.stringify.',
      zh: '请直接传对象，不要先用 JSON.stringify 转成文本。',
    },
  });
}

function notText(key: string, value: unknown): FieldProblem {
  const simple = typeof value === 'number' || typeof value === 'boolean';
  const kind = kindName(value);
  return problemOf({
    path: `data.${key}`,
    code: 'not-text',
    rule: VALUE_RULE,
    invalid: { en: `${key} is ${kind.en}, not a text.`, zh: `${key} 是${kind.zh}，不是文字。` },
    suggestion: simple
      ? { en: `Put it in quotes: "${value}".`, zh: `请加上引号："${value}"。` }
      : { en: 'Give it a text in quotes.', zh: '请填带引号的文字。' },
  });
}

function kindName(value: unknown): BilingualText {
  if (value === null || value === undefined) return { en: 'null', zh: '空值 null' };
  if (typeof value === 'number') return { en: 'a number', zh: '数字' };
  if (typeof value === 'boolean') return { en: 'true or false', zh: '布尔值' };
  return Array.isArray(value)
    ? { en: 'a list', zh: '数组' }
    : { en: 'an object without a value', zh: '没有 value 的对象' };
}

import * as v from 'valibot';
import type { BilingualText } from '../bilingual-text.ts';
import { issueMessage } from '../issue-message.ts';
import { nearestWord } from '../nearest-word.ts';
import { type InputError, inputError, invalidInput } from './problem.ts';
import { withHint } from './schemas/error-messages.ts';
import { SYNONYMS } from './synonyms.ts';

/** A body of thousands of wrong fields does not earn an answer of thousands of lines. */
const MAX_ERRORS = 50;

/** The input in the types of its schema. @throws ProblemError that names each field and the rule it breaks */
export function parseInput<S extends v.GenericSchema>(
  code: 'invalid-body' | 'invalid-query' | 'invalid-header',
  schema: S,
  input: unknown,
): v.InferOutput<S> {
  // One rule for each field: a check behind a broken form would only fail on what is no such form.
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  if (result.success) return result.output;
  const errors = result.issues.flatMap((issue) => inputErrors(schema, issue));
  throw invalidInput(code, errors.slice(0, MAX_ERRORS));
}

/** The path of an issue and the rule that is broken there; never the value that was sent. */
function inputErrors(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): readonly InputError[] {
  const path = v.getDotPath(issue) ?? '';
  const unknown = unknownFields(schema, issue);
  if (!unknown) return [inputError(path, inputRule(issue))];
  const parent = path.slice(0, Math.max(0, path.length - String(issue.path?.at(-1)?.key).length));
  return unknown.names
    .slice(0, MAX_ERRORS)
    .map((name) => inputError(parent + name, unknownField(name, unknown.known)));
}

function unknownField(name: string, known: readonly string[]): BilingualText {
  const others = known.filter((each) => each !== name);
  return withHint({ en: 'Unknown field', zh: '未知字段' }, nearestWord(name, others, SYNONYMS));
}

/** A schema of Valibot's, as far as its fields can be found in it. */
type Node = Readonly<Record<string, unknown>>;

/** The unknown fields of the object that an issue is about, and the known ones. Valibot stops at one. */
function unknownFields(schema: v.GenericSchema, issue: v.BaseIssue<unknown>) {
  if (issue.type !== 'strict_object' || issue.expected !== 'never') return undefined;
  const path = issue.path ?? [];
  const { input: parent, key: first } = path.at(-1) ?? {};
  if (!isNode(parent)) return undefined;
  let nodes = expanded(schema);
  for (const { key } of path.slice(0, -1))
    nodes = nodes.flatMap((node) => expanded(memberOf(node, String(key))));
  const known = [
    ...new Set(nodes.flatMap((node) => Object.keys(isNode(node['entries']) ? node['entries'] : {}))),
  ];
  // A field of another choice is known, and yet it is the wrong one here.
  const names = Object.keys(parent).filter((name) => name === first || !known.includes(name));
  return { names, known };
}

/** What a schema says of one member of what it describes. */
function memberOf({ entries, item, value }: Node, key: string): unknown {
  return isNode(entries) ? entries[key] : (item ?? value);
}

/** The schemas that a value may be held against: without what makes it optional or names it, one for each choice. */
function expanded(schema: unknown): readonly Node[] {
  if (!isNode(schema)) return [];
  const { wrapped, options, getter } = schema;
  if (wrapped !== undefined) return expanded(wrapped);
  if (typeof getter === 'function') return expanded(getter());
  return Array.isArray(options) ? options.flatMap(expanded) : [schema];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

/** The rule that a value breaks, in both languages, with the word that it probably means. */
function inputRule(issue: v.BaseIssue<unknown>): BilingualText {
  const [en = '', zh] = issueMessage(issue).split('\n');
  return withHint({ en, zh: zh ?? chineseRule(issue, en) }, meantValue(issue));
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
  }
  const known = TYPES[expected ?? ''];
  if (known !== undefined) return known;
  const words = quotedIn(expected ?? '').map((word) => `"${word}"`);
  return words.length === 0 ? '不符合要求的格式' : `应为 ${words.join('、')} 之一`;
}

import type { TemplateKind } from '../grants/ledger.ts';
import { FIELD_RULES, kindOfKey } from './field-rules.ts';
import type { FieldSource, Template, TemplateField } from './template.ts';

/** A template as WeChat's list gives it (WeChat contract §5.2). */
export interface TemplateSource {
  readonly templateId: string;
  readonly title: string;
  /** Lines `label:{{key.DATA}}`: the only list of keys and their order. */
  readonly content: string;
  /** The same lines with sample values. */
  readonly example: string;
  /** 2 is one-time, 3 is long-term. */
  readonly type: number | string;
  /** Listed values by key, with or without WeChat's `.DATA` suffix. */
  readonly enumValues?: Readonly<Record<string, readonly string[]>> | undefined;
}

const PLACEHOLDER = /\{\{\s*([^{}\s]+?)\.DATA\s*\}\}/g;

/** Reads a template out of WeChat's list. Content without a readable key gives a template without fields. */
export function parseTemplate(source: TemplateSource, syncedAtMs: number): Template {
  return {
    templateId: source.templateId,
    title: source.title,
    kind: templateKindOfType(source.type),
    fields: fieldsOf(source),
    syncedAtMs,
  };
}

/** Adds kind and rule to what is remembered of a field. */
export function completeField(source: FieldSource): TemplateField {
  const kind = kindOfKey(source.key);
  return { ...source, kind, rule: FIELD_RULES[kind].rule };
}

/** The kind that WeChat's `type` stands for (WeChat contract §5.2). */
export function templateKindOfType(type: number | string): TemplateKind {
  if (Number(type) === 2) return 'one-time';
  return Number(type) === 3 ? 'long-term' : 'unknown';
}

function fieldsOf(source: TemplateSource): TemplateField[] {
  const values = enumValuesByKey(source);
  const examples = source.example.split('\n');
  const fields = source.content
    .split('\n')
    .flatMap((line, index) => fieldsOfLine(line, examples[index] ?? ''));
  return fields.map((field) => {
    const listed = values.get(field.key);
    return completeField(listed === undefined ? field : { ...field, values: listed });
  });
}

function fieldsOfLine(line: string, exampleLine: string): FieldSource[] {
  let end = 0;
  return [...line.matchAll(PLACEHOLDER)].map((match) => {
    const label = withoutColon(line.slice(end, match.index));
    end = match.index + match[0].length;
    return { key: match[1] ?? '', label, example: exampleOf(label, exampleLine) };
  });
}

function withoutColon(text: string): string {
  return text
    .trim()
    .replace(/[:：]$/, '')
    .trim();
}

function exampleOf(label: string, line: string): string {
  const start = line.indexOf(label);
  if (start < 0) return line.trim();
  return line
    .slice(start + label.length)
    .replace(/^\s*[:：]/, '')
    .trim();
}

function enumValuesByKey({ enumValues = {} }: TemplateSource): Map<string, readonly string[]> {
  return new Map(Object.entries(enumValues).map(([key, values]) => [key.replace(/\.DATA$/, ''), values]));
}

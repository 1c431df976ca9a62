import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { FIELD_RULES } from '../../../../lib/templates/field-rules.ts';
import { bilingual } from '../../bilingual.ts';
import { usePreferences } from '../../preferences/preferences.tsx';
import { useTexts } from '../../texts.ts';
import type { Template } from '../templates.ts';
import type { DataCheck } from './use-data-check.ts';

const texts = bilingual({
  en: {
    example: 'Fill in the examples',
    units: (length: number, limit: number) => `${length} of ${limit}`,
    fitted: (to: string) => `Will be sent as “${to}”`,
    fields: 'Texts of the message',
  },
  zh: {
    example: '填入示例',
    units: (length: number, limit: number) => `${length}/${limit}`,
    fitted: (to: string) => `将以“${to}”发送`,
    fields: '消息内容',
  },
});

type Field = Template['fields'][number];
type Data = Readonly<Record<string, string>>;

/** The texts of a message, field by field: each with its rule, its length as WeChat counts and what is wrong with it. */
export function TemplateFields(o: {
  readonly template: Template;
  readonly data: Data;
  readonly onChange: (data: Data) => void;
  readonly check: DataCheck | undefined;
  /** Fields that were touched; of the others nothing is said yet. */
  readonly isShown?: (key: string) => boolean;
}) {
  const t = useTexts(texts);
  const examples = () =>
    o.onChange(Object.fromEntries(o.template.fields.map(({ key, example }) => [key, example])));
  return (
    <fieldset className="fields">
      <legend className="hidden-text">{t.fields}</legend>
      {o.template.fields.map((field) => (
        <FieldInput
          key={field.key}
          field={field}
          value={o.data[field.key] ?? ''}
          check={o.isShown?.(field.key) === false ? undefined : checkOf(field.key, o)}
          onChange={(value) => o.onChange({ ...o.data, [field.key]: value })}
        />
      ))}
      <Button variant="subtle" size="compact-sm" onClick={examples}>
        {t.example}
      </Button>
    </fieldset>
  );
}

/** What was said of a field while it had another text is not about this one. */
function checkOf(
  key: string,
  { check, data }: { readonly check: DataCheck | undefined; readonly data: Data },
): DataCheck | undefined {
  return check?.checked[key] === data[key] ? check : undefined;
}

interface FieldInputProps {
  readonly field: Field;
  readonly value: string;
  readonly check: DataCheck | undefined;
  readonly onChange: (value: string) => void;
}

/** Kinds whose values may be long. */
const LONG = new Set(['thing', 'character_string']);

function FieldInput({ field, value, check, onChange }: FieldInputProps) {
  const t = useTexts(texts);
  const { language } = usePreferences();
  const limit = FIELD_RULES[field.kind].limit?.(value);
  const { error, note } = remarksOn(field.key, check, language, t.fitted);
  const shared = {
    label: `${field.label} · ${field.key}`,
    description: field.rule[language],
    placeholder: field.example,
    error,
  };
  const values = field.values;
  return (
    <div className="field">
      {values !== undefined ? (
        <Select
          {...shared}
          data={values}
          value={value === '' ? null : value}
          onChange={(one) => onChange(one ?? '')}
        />
      ) : LONG.has(field.kind) ? (
        <Textarea
          {...shared}
          autosize
          minRows={1}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <TextInput {...shared} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
      )}
      <div className="field-foot">
        <span>{note}</span>
        {limit !== undefined && <span data-over={value.length > limit}>{t.units(value.length, limit)}</span>}
      </div>
    </div>
  );
}

function remarksOn(
  key: string,
  check: DataCheck | undefined,
  language: 'en' | 'zh',
  fitted: (to: string) => string,
) {
  const path = `data.${key}`;
  const problem = check?.valid === false ? check.problems.find((one) => one.path === path) : undefined;
  const warning = check?.warnings.find((one) => one.path === path);
  const change = check?.valid === true ? check.fitted.find((one) => one.key === key) : undefined;
  return {
    error: problem?.message[language],
    note: change ? fitted(change.to) : warning?.[language],
  };
}

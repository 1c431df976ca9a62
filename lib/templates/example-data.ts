import { DEFAULT_TIME_ZONE, fitValue } from './fit-value.ts';
import { gradeValue } from './grade-value.ts';
import type { FieldKind, Template, TemplateField } from './template.ts';

/** A value of each kind that WeChat takes, for templates whose own example it would not take. */
const SAMPLES: Readonly<Record<FieldKind, string>> = {
  thing: '示例内容',
  number: '12',
  letter: 'ABC',
  symbol: '+',
  character_string: 'A0001',
  time: '15:01',
  date: '2026-01-31',
  amount: '￥1.00',
  phone_number: '020-81167888',
  car_number: '粤A8Z888',
  name: '王小明',
  phrase: '进行中',
  enum: '示例',
  enum_string: '示例',
  unknown: '示例内容',
};

/** Data that WeChat surely takes: its own example of each field, fitted where need be, else a sample. */
export function exampleData({ fields }: Pick<Template, 'fields'>): Readonly<Record<string, string>> {
  return Object.fromEntries(fields.map((field) => [field.key, exampleOf(field)]));
}

function exampleOf(field: TemplateField): string {
  const sample = SAMPLES[field.kind];
  const candidates = [
    field.example,
    fitValue(field, field.example, DEFAULT_TIME_ZONE) ?? '',
    ...(field.values ?? []),
  ];
  return candidates.find((value) => gradeValue(field, value).grade === 'sure') ?? sample;
}

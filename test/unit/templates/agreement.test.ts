import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkData } from '../../../lib/templates/check-data.ts';
import { FIELD_RULES } from '../../../lib/templates/field-rules.ts';
import { gradeValue } from '../../../lib/templates/grade-value.ts';
import { fieldRefusal } from '../../../local/wechat-simulator/field-check.ts';
import { FIELD_KINDS } from '../../../local/wechat-simulator/field-rules.ts';
import { SAMPLE_TEMPLATES } from '../../../local/wechat-simulator/samples.ts';
import { template } from '../../support/templates.ts';
import { VALUES, valuesOf } from './generated-values.ts';

const VALUES_PER_KIND = 10_000;

/** Kinds whose rule leaves nothing open. */
const WITHOUT_DOUBT: ReadonlySet<string> = new Set(['thing', 'enum', 'enum_string']);

/** The simulated WeChat has rules of its own, which share no code with the service's: they must come to the same. */
describe.each(FIELD_KINDS)('%s', (kind) => {
  const key = `${kind}1`;
  const listed = kind.startsWith('enum') ? { values: [...VALUES] } : {};
  const keywords = [{ key, label: '标签', example: '示例', ...listed }];

  function gradeAtWeChat(value: string): string {
    const template = { templateId: 'agreement', title: '标题', kind: 'one-time', keywords } as const;
    const takes = (refuseDoubtful: boolean) =>
      fieldRefusal(template, { [key]: { value } }, { refuseDoubtful }) === undefined;
    if (takes(true)) return 'sure';
    return takes(false) ? 'doubtful' : 'refused';
  }

  test('the service grades every value as the simulated WeChat does', () => {
    const graded: Record<string, number> = { sure: 0, doubtful: 0, refused: 0 };
    const agreement = fc.property(valuesOf(kind), (value) => {
      const { grade } = gradeValue({ kind, ...listed }, value);
      graded[grade] = (graded[grade] ?? 0) + 1;
      return gradeAtWeChat(value) === grade;
    });
    fc.assert(agreement, { numRuns: VALUES_PER_KIND, seed: 20261201 });
    // Agreement on refusals alone, or on nothing but good values, would prove little.
    const { sure = 0, doubtful = 0, refused = 0 } = graded;
    expect(Math.min(sure + doubtful, refused)).toBeGreaterThan(VALUES_PER_KIND / 20);
    expect(doubtful).toBeGreaterThan(WITHOUT_DOUBT.has(kind) ? -1 : VALUES_PER_KIND / 1000);
  });
});

test.each(SAMPLE_TEMPLATES)('the sample values of $title pass', ({ keywords }) => {
  const read = template({
    content: keywords.map(({ key, label }) => `${label}:{{${key}.DATA}}\n`).join(''),
    example: keywords.map(({ label, example }) => `${label}:${example}\n`).join(''),
    enumValues: Object.fromEntries(keywords.map(({ key, values = [] }) => [`${key}.DATA`, values])),
  });
  const data = Object.fromEntries(read.fields.map(({ key, example }) => [key, example]));
  expect(checkData(read, data)).toEqual({ type: 'valid', data });
  expect(data).toEqual(Object.fromEntries(keywords.map(({ key, example }) => [key, example])));
});

test('both know the same kinds', () => {
  expect(Object.keys(FIELD_RULES).toSorted()).toEqual([...FIELD_KINDS, 'unknown'].toSorted());
});

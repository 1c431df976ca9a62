import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkData } from '../../../lib/templates/check-data.ts';
import { FIELD_RULES } from '../../../lib/templates/field-rules.ts';
import { valueFault } from '../../../lib/templates/value-fault.ts';
import { fieldRefusal } from '../../../local/wechat-simulator/field-check.ts';
import { FIELD_KINDS } from '../../../local/wechat-simulator/field-rules.ts';
import { SAMPLE_TEMPLATES } from '../../../local/wechat-simulator/samples.ts';
import { template } from '../../support/templates.ts';
import { VALUES, valuesOf } from './generated-values.ts';

const VALUES_PER_KIND = 10_000;

/** The simulated WeChat has rules of its own, which share no code with the service's: they must come to the same. */
describe.each(FIELD_KINDS)('%s', (kind) => {
  const key = `${kind}1`;
  const listed = kind.startsWith('enum') ? { values: [...VALUES] } : {};
  const keywords = [{ key, label: '标签', example: '示例', ...listed }];

  function wechatTakes(value: string): boolean {
    const template = { templateId: 'agreement', title: '标题', kind: 'one-time', keywords } as const;
    return fieldRefusal(template, { [key]: { value } }) === undefined;
  }

  test('the service takes exactly the values that the simulated WeChat takes', () => {
    let taken = 0;
    const agreement = fc.property(valuesOf(kind), (value) => {
      const takes = valueFault({ kind, ...listed }, value) === undefined;
      if (takes) taken++;
      return takes === wechatTakes(value);
    });
    fc.assert(agreement, { numRuns: VALUES_PER_KIND, seed: 20261201 });
    // Agreement on refusals alone, or on nothing but good values, would prove little.
    expect(taken).toBeGreaterThan(VALUES_PER_KIND / 20);
    expect(taken).toBeLessThan(VALUES_PER_KIND * 0.95);
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

import { expect, test } from 'vitest';
import { checkData } from '../../../lib/templates/check-data.ts';
import { dataWarnings } from '../../../lib/templates/data-warnings.ts';
import { exampleData } from '../../../lib/templates/example-data.ts';
import { FIELD_RULES } from '../../../lib/templates/field-rules.ts';
import type { Template } from '../../../lib/templates/template.ts';
import { template } from '../../support/templates.ts';

const kinds = Object.keys(FIELD_RULES).map((kind) => (kind === 'unknown' ? 'novelty' : kind));

function ofEveryKind(example: string): Template {
  const keys = kinds.map((kind, index) => ({ key: `${kind}${index + 1}`, label: `标签${index}` }));
  return template({
    content: keys.map(({ key, label }) => `${label}:{{${key}.DATA}}\n`).join(''),
    example: keys.map(({ label }) => `${label}:${example}\n`).join(''),
    enumValues: Object.fromEntries(
      keys.filter(({ key }) => key.startsWith('enum')).map(({ key }) => [`${key}.DATA`, ['', '开', '关']]),
    ),
  });
}

test.each(['', '长'.repeat(60), '2026-01-31T00:00:00Z', '12', '～', '9:05', '-1', '₩5'])(
  'an example is surely taken for fields of every kind, though WeChat gave %j',
  (example) => {
    const read = ofEveryKind(example);
    const data = exampleData(read);
    expect(checkData(read, data)).toEqual({ type: 'valid', data });
    expect(dataWarnings(data)).toEqual([]);
    expect(Object.keys(data)).toHaveLength(kinds.length);
  },
);

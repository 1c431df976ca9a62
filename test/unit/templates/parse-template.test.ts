import { describe, expect, test } from 'vitest';
import { FIELD_RULES } from '../../../lib/templates/field-rules.ts';
import { template } from '../../support/templates.ts';

test('keys, labels, examples and their order come from the content lines', () => {
  const { fields } = template();
  expect(fields.map(({ key, kind, label, example }) => ({ key, kind, label, example }))).toEqual([
    { key: 'thing1', kind: 'thing', label: '商品名称', example: '红富士苹果' },
    { key: 'date2', kind: 'date', label: '下单时间', example: '2026年1月31日 15:01' },
    { key: 'amount3', kind: 'amount', label: '金额', example: '￥100' },
  ]);
  expect(fields[0]?.rule).toEqual(FIELD_RULES.thing.rule);
});

test.each([
  [2, 'one-time'],
  [3, 'long-term'],
  ['2', 'one-time'],
  [4, 'unknown'],
  ['', 'unknown'],
])('type %j is %s', (type, kind) => {
  expect(template({ type }).kind).toBe(kind);
});

test('enum values are found under the key with the .DATA suffix and without it', () => {
  const content = '状态:{{enum_string2.DATA}}\n级别:{{enum3.DATA}}\n';
  const { fields } = template({ content, enumValues: { 'enum_string2.DATA': ['开', '关'], enum3: ['高'] } });
  expect(fields.map(({ kind, values }) => ({ kind, values }))).toEqual([
    { kind: 'enum_string', values: ['开', '关'] },
    { kind: 'enum', values: ['高'] },
  ]);
});

describe('what is out of the ordinary is kept', () => {
  test('a kind that has no rule is unknown, also one named like a property of every object', () => {
    const { fields } = template({
      content: '甲:{{novelty1.DATA}}\n乙:{{constructor2.DATA}}\n丙:{{plain.DATA}}',
    });
    expect(fields.map(({ key, kind }) => [key, kind])).toEqual([
      ['novelty1', 'unknown'],
      ['constructor2', 'unknown'],
      ['plain', 'unknown'],
    ]);
  });

  test('full-width colons, spaces and labels that hold a colon', () => {
    const { fields } = template({
      content: '比分：主:客 ： {{ thing1.DATA }}\r\n{{thing2.DATA}}',
      example: '比分：主:客 ： 3:1\r\n第二',
    });
    expect(fields.map(({ key, label, example }) => ({ key, label, example }))).toEqual([
      { key: 'thing1', label: '比分：主:客', example: '3:1' },
      { key: 'thing2', label: '', example: '第二' },
    ]);
  });

  test('content without a key gives no fields, and a missing example line an empty example', () => {
    expect(template({ content: '谢谢惠顾' }).fields).toEqual([]);
    expect(template({ example: '' }).fields.map(({ example }) => example)).toEqual(['', '', '']);
  });
});

import { describe, expect, test } from 'vitest';
import type { FieldKind } from '../../../lib/templates/template.ts';
import { valueFault } from '../../../lib/templates/value-fault.ts';

interface Examples {
  readonly taken: readonly string[];
  readonly refused: Readonly<Record<string, readonly string[]>>;
}

const LISTED = ['已发货', '已签收', ' spaced '];

const EXAMPLES: Readonly<Record<FieldKind, Examples>> = {
  thing: {
    taken: ['a', '红富士苹果 5kg！', '一'.repeat(20), '🎉'.repeat(10), ' x '],
    refused: {
      empty: ['', ' ', '\u3000\u00a0', '\n'],
      'too-long': ['一'.repeat(21), `${'🎉'.repeat(10)}a`],
      'control-character': [
        'a\nb',
        'a\r\nb',
        'a\tb',
        '\u0000x',
        'a\u0085b',
        'a\u2028b',
        'a\u2029b',
        'a\u007f',
        'x\ud83c',
      ],
    },
  },
  number: {
    taken: ['0', '007', '3.14', '9'.repeat(32), `${'9'.repeat(30)}.5`],
    refused: {
      'wrong-form': ['-1', '+1', '1.', '.5', '1,000', '1e3', '１２', '1 ', '12个', '1.2.3', '٣'],
      'too-long': ['9'.repeat(33), `${'9'.repeat(31)}.5`],
    },
  },
  letter: {
    taken: ['a', 'Z'.repeat(32)],
    refused: { 'wrong-form': ['a1', 'a b', 'é', 'ａ', '字', 'a-'], 'too-long': ['a'.repeat(33)] },
  },
  symbol: {
    taken: ['*', '¥¥¥¥¥', '！？', '★☆'],
    refused: {
      'wrong-form': ['a', '1', '字', '*a', '①', 'é', 'あ', '* *', '⺀', '❤\ufe0f'],
      'too-long': ['******', '🎉🎉🎉'],
    },
  },
  character_string: {
    taken: ['A-001/b', 'x'.repeat(32), 'a b', '~!@#$%^&*()'],
    refused: { 'wrong-form': ['订单1', 'é', '１', '…'], 'too-long': ['x'.repeat(33)] },
  },
  time: {
    taken: [
      '15:01',
      '00:00',
      '23:59:59',
      '2026年1月31日 15:01',
      '2026-01-31 15:01',
      '1月31日 15:01',
      '15:01~16:30',
      '2026-01-31 15:01~2026-02-01 09:00',
    ],
    refused: {
      'wrong-form': [
        '24:00',
        '15:60',
        '9:05',
        '15：01',
        '2026-01-31',
        '2026-01-31T15:01',
        '2026-01-31  15:01',
        '15:01～16:30',
        '15:01 ~ 16:30',
        '15:01~',
        '15:01~16:00~17:00',
        '15:01 2026-01-31',
        '3pm',
        ' 15:01',
      ],
      'no-such-date': ['2026-02-30 15:01', '15:01~2026-13-01 15:01'],
    },
  },
  date: {
    taken: [
      '2026年1月31日',
      '2026年01月31日',
      '2026年1月',
      '1月31日',
      '2026-01-31',
      '2026/01/31',
      '2026.01.31',
      '2026-01',
      '01-31',
      '02-29',
      '2028-02-29',
      '2000-02-29',
      '2026-01-31 15:01',
      '2026年1月31日 15:01:02',
      '2026-01-31~2026-02-02',
    ],
    refused: {
      'wrong-form': [
        '15:01',
        '2026-1-31',
        '2026-01/31',
        '26-01-2031',
        '20260131',
        '2026年1月31',
        '2026-01-31T15:01:00Z',
        '2026-01-31～2026-02-02',
        '2026-01-31 25:00',
        '2026-01 15:01',
        '2026年1月 15:01',
        '明天',
        '~2026-01-31',
      ],
      'no-such-date': [
        '2026-02-30',
        '2026-02-29',
        '2100-02-29',
        '2026-04-31',
        '2026-00-10',
        '2026-13-01',
        '2026-01-00',
        '2026年2月30日',
        '2026年13月',
        '02-30',
        '2026-01-31~2026-02-30',
      ],
    },
  },
  amount: {
    taken: ['￥100', '¥29.90', '9.99元', '¥12.3元', '0.01', '$1', '€1', '£1', '1234567890.12'],
    refused: {
      'wrong-form': [
        '12345678901',
        '1.234',
        '-1',
        '1,000',
        '¥ 1',
        '¥¥1',
        '100圆',
        '元',
        '¥',
        '.5',
        '１',
        '₹5',
      ],
    },
  },
  phone_number: {
    taken: ['13800138000', '+86 138-0013-8000', '(010) 12345678', '+'.concat('1'.repeat(16))],
    refused: {
      'wrong-form': ['138****8000', '138转8', '1'.repeat(17), '1+2', '１３８', '()'],
      'too-long': ['1'.repeat(18)],
    },
  },
  car_number: {
    taken: ['粤A12345', '粤AD12345', 'ABC123', '京A1234学', '粤', 'A'],
    refused: { 'wrong-form': ['粤A·12345', '粤A 1234', '粤AB学12', 'A-1'], 'too-long': ['粤AD123456'] },
  },
  name: {
    taken: ['张三', '阿卜杜拉·买买提', 'Ann-Marie O’Neil', 'a'.repeat(20), '一'.repeat(10)],
    refused: {
      'wrong-form': ['张3', 'R2D', '１', '张\u3000三', '张\u200b三'],
      'too-long': ['一'.repeat(11), 'a'.repeat(21), `${'a'.repeat(10)}一`],
    },
  },
  phrase: {
    taken: ['已', '已发货', '已经发货了'],
    refused: {
      'wrong-form': ['已发货!', 'ok', '已 发', '已，发', '1'],
      'too-long': ['已经发货了吧', '𠮷𠮷𠮷'],
    },
  },
  enum: { taken: LISTED, refused: { 'not-listed': ['已发', '已发货 ', 'spaced'], empty: ['', ' '] } },
  enum_string: { taken: LISTED, refused: { 'not-listed': ['已发', '已发货 '], empty: [''] } },
  unknown: {
    taken: ['anything at all, however long it may be: 1234567890 一二三'],
    refused: { empty: ['', ' '], 'control-character': ['a\nb'] },
  },
};

describe.each(Object.entries(EXAMPLES))('%s', (name, { taken, refused }) => {
  const kind = Object.keys(EXAMPLES).find((known): known is FieldKind => known === name) ?? 'unknown';
  const field = name.startsWith('enum') ? { kind, values: LISTED } : { kind };

  test.each(taken)('takes %j', (value) => {
    expect(valueFault(field, value)).toBeUndefined();
  });

  const cases = Object.entries(refused).flatMap(([code, values]) => values.map((value) => ({ code, value })));
  test.each(cases)('refuses $value as $code', ({ code, value }) => {
    expect(valueFault(field, value)).toMatchObject({ code });
  });
});

test('a length fault tells how long the value is and how long it may be', () => {
  expect(valueFault({ kind: 'thing' }, '一'.repeat(25))).toEqual({ code: 'too-long', length: 25, limit: 20 });
  expect(valueFault({ kind: 'name' }, '一'.repeat(12))).toEqual({ code: 'too-long', length: 12, limit: 10 });
});

test('an enum whose values WeChat did not list takes any text', () => {
  expect(valueFault({ kind: 'enum_string' }, '随便')).toBeUndefined();
  expect(valueFault({ kind: 'enum_string' }, '')).toEqual({ code: 'empty' });
});

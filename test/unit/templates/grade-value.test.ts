import { describe, expect, test } from 'vitest';
import { FIELD_RULES } from '../../../lib/templates/field-rules.ts';
import { gradeValue } from '../../../lib/templates/grade-value.ts';
import type { FieldKind } from '../../../lib/templates/template.ts';

type Values = Readonly<Record<string, readonly string[]>>;

interface Examples {
  readonly sure: readonly string[];
  readonly doubtful?: Values;
  readonly refused: Values;
}

const LISTED = ['已发货', '已签收', ' spaced '];

const EXAMPLES: Readonly<Record<FieldKind, Examples>> = {
  thing: {
    sure: ['a', '红富士苹果 5kg！', '一'.repeat(20), '🎉'.repeat(10), ' x ', '-100¥ #*·—￥', '\u200bx'],
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
    sure: ['0', '007', '3.14', '9'.repeat(32), `${'9'.repeat(29)}.50`],
    doubtful: {
      sign: ['-1', '+1', '−5', '－0.5', `-${'9'.repeat(32)}`],
      'decimal-point': ['1.', '.5'],
      'thousands-separator': ['1,000', '12,345,678.9', '1，000'],
      'full-width': ['１２', '1．5'],
      length: [`${'9'.repeat(31)}.5`],
      'white-space': ['1 ', '\u00a012', '12\u3000', '\u202d12\u202c', '1\u200b2'],
    },
    refused: {
      'wrong-form': [
        '--1',
        '1-',
        '1,00',
        '1,0000',
        ',100',
        '1e3',
        '12个',
        '1.2.3',
        '٣',
        '一百',
        '12%',
        '1 000',
        '.',
      ],
      'too-long': ['9'.repeat(33), `${'9'.repeat(32)}.5`],
      empty: ['', ' ', '\u200b'],
    },
  },
  letter: {
    sure: ['a', 'Z'.repeat(32)],
    doubtful: { 'unusual-letter': ['é', 'ａ', 'Ω', 'あ', 'e\u0301'], 'white-space': ['ab ', '\ufeffab'] },
    refused: { 'wrong-form': ['a1', 'a b', '字', 'a-', '１', '🎉'], 'too-long': ['a'.repeat(33)] },
  },
  symbol: {
    sure: ['*', '¥¥¥¥¥', '！？', '★☆', '，。'],
    doubtful: { 'unusual-symbol': ['* *', '❤\ufe0f', '①', '½', '*\u3000'] },
    refused: {
      'wrong-form': ['a', '1', '字', '*a', 'é', 'あ', '⺀', '１', '〇'],
      'too-long': ['******', '🎉🎉🎉'],
    },
  },
  character_string: {
    sure: ['A-001/b', 'x'.repeat(32), 'a b', '~!@#$%^&*()', ' 1 '],
    doubtful: {
      'unusual-symbol': [
        'A·123',
        'A￥1',
        '—',
        '…',
        'é',
        '１',
        '（1）',
        'A，B',
        '～',
        'No.1🎉',
        'あ',
        'A\u00a01',
      ],
    },
    refused: {
      'wrong-form': ['订单1', 'A·单', '々', '〇'],
      'too-long': ['x'.repeat(33)],
      'control-character': ['A\t1', 'A1\n'],
    },
  },
  time: {
    sure: [
      '15:01',
      '00:00',
      '23:59:59',
      '2026年1月31日 15:01',
      '2026-01-31 15:01',
      '2026/8/2 15:01',
      '1月31日 15:01',
      '15:01~16:30',
      '2026-01-31 15:01~16:30',
      '2026-01-31 15:01~2026-02-01 09:00',
    ],
    doubtful: {
      'bare-date': ['2026-01-31', '2026年1月31日', '2026/1/31', '2026-01-31~2026-02-02', '01-31'],
      'unusual-form': [
        '9:05',
        '24:00',
        '18:00~24:00',
        '15：01',
        '15点30分',
        '15时',
        '9点5分10秒',
        '15:01 ~ 16:30',
        '15:01-16:30',
        '15:01至16:30',
        '15:01—16:30',
        '15:01〜16:30',
        '2026-01-31  15:01',
        '2026-01-31\u00a015:01',
        '2026年1月31日15:01',
        '2026-01-31 15:01:02.123',
        '2026-01-31 15点',
        '１５:01',
      ],
      'white-space': [' 15:01', '15:01\u3000', '2026-01-31 15:01 '],
    },
    refused: {
      'wrong-form': [
        '24:01',
        '25:00',
        '15:60',
        '15:01:60',
        '2026-01-31T15:01',
        '15:01～16:30',
        '2026年1月31日～2月2日',
        '15:01~',
        '15:01~16:00~17:00',
        '15:01 2026-01-31',
        '3pm',
        '下午3:00',
        '明天 15:01',
        '1'.repeat(200),
      ],
      'no-such-date': ['2026-02-30 15:01', '15:01~2026-13-01 15:01', '2026-02-30'],
    },
  },
  date: {
    sure: [
      '2026年1月31日',
      '2026年01月31日',
      '2026年1月',
      '1月31日',
      '2026-01-31',
      '2026/01/31',
      '2026/8/22',
      '2026-1-5',
      '2026.1.5',
      '2026.01.31',
      '2026-01',
      '2026-1',
      '01-31',
      '1/5',
      '02-29',
      '2028-02-29',
      '2000-02-29',
      '2026-01-31 15:01',
      '2026年1月31日 15:01:02',
      '2026-01-31~2026-02-02',
      '2026/8/1~2026/8/22',
    ],
    doubtful: {
      'unusual-form': [
        '2026-01/31',
        '20260131',
        '26-01-31',
        '2026年',
        '1月',
        '31日',
        '1月31号',
        '2026 年 1 月 31 日',
        '２０２６-01-31',
        '2026-01-31 ~ 2026-02-02',
        '2026-01-31至2026-02-02',
        '2026年1月31日-2月2日',
        '2026/01/31-2026/02/02',
        '2026-01-31-2026-02-02',
        '1月31日~2日',
        '2026-01-31 15:01~16:30',
        '2026-01-31 24:00',
        '2026-01-31 9:05',
        '2026-01 15:01',
        '2026年1月 15:01',
      ],
      'white-space': ['2026-01-31 ', '\u00a02026-01-31', '2026-01-31\u200b'],
    },
    refused: {
      'wrong-form': [
        '15:01',
        '26-01-2031',
        '01/31/2026',
        '2026年1月31',
        '2026-01-31T15:01:00Z',
        '2026-01-31～2026-02-02',
        '2026-01-31 25:00',
        '2026-01-31 周六',
        '明天',
        '长期有效',
        '2026',
        '~2026-01-31',
        '15:01~2026-01-31',
        'Jan 31, 2026',
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
        '2026/2/30',
        '20260230',
        '32日',
        '2026-01-31~2026-02-30',
      ],
    },
  },
  amount: {
    sure: ['￥100', '¥29.90', '9.99元', '¥12.3元', '0.01', '$1', '€1', '£1', '1234567890.12'],
    doubtful: {
      'many-decimals': ['0.5283元', '1.234', '¥0.12345678901234'],
      'currency-sign': ['₩12000', '₹5', '₫100元', '＄5', '100€', '12.30¥', '฿5'],
      sign: ['-1', '-￥5', '￥-5', '+5元', '−1.00'],
      'thousands-separator': ['1,000', '¥1,234.50', '1,234,567,890', '1，000元'],
      'full-width': ['１', '￥１２．５'],
      'decimal-point': ['.5', '5.', '¥.5元', '5.元'],
      'white-space': ['¥ 1', '100 元', ' 100', '100\u00a0元'],
    },
    refused: {
      'wrong-form': [
        '12345678901',
        '12,345,678,901',
        '1,00',
        '¥¥1',
        '¥1€',
        '100圆',
        '100元整',
        '1.2万元',
        '元',
        '¥',
        'CNY100',
        'HK$5',
        '一百元',
        '100~200',
        '约100元',
        '1.2.3',
        '- -1',
      ],
    },
  },
  phone_number: {
    sure: [
      '13800138000',
      '+86 138-0013-8000',
      '(010) 12345678',
      '1'.repeat(17),
      '0766-66888866-801',
      '1+2',
      ' 1',
    ],
    doubtful: {
      'unusual-symbol': [
        '138****8888',
        '400-820-8820#801',
        '010-1234567/8',
        '010-1234567,8',
        '１３８００１３８０００',
        '（010）12345678',
        '020－81167888',
        '1.2',
        '020\u00a081167888',
        '\u202d13800138000\u202c',
        '📞13800138000',
      ],
    },
    refused: {
      'wrong-form': ['138转8', '400-CALL', '13800138000x8', '()', '---', '***'],
      'too-long': ['1'.repeat(18)],
      empty: [' '],
    },
  },
  car_number: {
    sure: ['粤A12345', '粤AD12345', 'ABC123', '京A1234学', '粤', 'A'],
    doubtful: { 'full-width': ['粤Ａ12345', '粤A１2345'], 'white-space': ['粤A12345 '] },
    refused: {
      'wrong-form': ['粤A·12345', '粤A 1234', '粤AB学12', 'A-1'],
      'too-long': ['粤AD123456'],
    },
  },
  name: {
    sure: ['张三', '阿卜杜拉·买买提', 'Ann-Marie O’Neil', 'a'.repeat(20), '一'.repeat(10), '王〇', '🎉张三'],
    doubtful: {
      'unusual-symbol': ['张\u3000三', '张\u200b三', 'Ⅷ', 'Ann\u00a0Lee'],
      length: ['阿卜杜拉·买买提·艾山江', `${'一'.repeat(10)}··········`],
    },
    refused: {
      'wrong-form': ['张3', 'R2D', '１', '٣'],
      'too-long': [
        '一'.repeat(11),
        'a'.repeat(21),
        `${'a'.repeat(10)}一`,
        `${'一'.repeat(10)}${'·'.repeat(11)}`,
      ],
    },
  },
  phrase: {
    sure: ['已', '已发货', '已经发货了', '〇'],
    doubtful: { 'white-space': ['已发货 ', '\u3000已发货', '已发\u200b货'] },
    refused: {
      'wrong-form': ['已发货!', 'ok', '已 发', '已，发', '1', '好👌', '配送a'],
      'too-long': ['已经发货了吧', '𠮷𠮷𠮷'],
    },
  },
  enum: { sure: LISTED, refused: { 'not-listed': ['已发', '已发货 ', 'spaced'], empty: ['', ' '] } },
  enum_string: { sure: LISTED, refused: { 'not-listed': ['已发', '已发货 '], empty: [''] } },
  unknown: {
    sure: ['anything at all: 1234567890 一二三', 'x'.repeat(1000)],
    refused: { empty: ['', ' '], 'control-character': ['a\nb'], 'too-long': ['x'.repeat(1001)] },
  },
};

const KINDS = Object.keys(FIELD_RULES).filter((name): name is FieldKind => name in EXAMPLES);

const casesOf = (values: Values = {}) =>
  Object.entries(values).flatMap(([code, each]) => each.map((value) => ({ code, value })));

describe.each(KINDS)('%s', (kind) => {
  const { sure, doubtful, refused } = EXAMPLES[kind];
  const field = kind.startsWith('enum') ? { kind, values: LISTED } : { kind };

  test.each(sure)('surely takes %j', (value) => {
    expect(gradeValue(field, value)).toEqual({ grade: 'sure' });
  });

  test.each(casesOf(doubtful))('takes $value with the doubt $code', ({ code, value }) => {
    expect(gradeValue(field, value)).toEqual({ grade: 'doubtful', doubt: code });
  });

  test.each(casesOf(refused))('refuses $value as $code', ({ code, value }) => {
    expect(gradeValue(field, value)).toMatchObject({ grade: 'refused', invalid: { code } });
  });
});

test('a length fault tells how long the value is and how long it may be', () => {
  const faultOf = (kind: FieldKind, value: string) => {
    const result = gradeValue({ kind }, value);
    return result.grade === 'refused' ? result.invalid : result;
  };
  expect(faultOf('thing', '一'.repeat(25))).toEqual({ code: 'too-long', length: 25, limit: 20 });
  expect(faultOf('name', '一'.repeat(12))).toEqual({ code: 'too-long', length: 12, limit: 10 });
});

test('an enum whose values WeChat did not list takes any text', () => {
  expect(gradeValue({ kind: 'enum_string' }, '随便')).toEqual({ grade: 'sure' });
  expect(gradeValue({ kind: 'enum_string' }, '')).toMatchObject({ invalid: { code: 'empty' } });
});

// A pattern that goes back over what it has read would take minutes.
test.each(KINDS)('a very long %s is graded in no time', (kind) => {
  for (const text of [' ', '1 ', '-', '1', ',', '¥', '. ', '年', '\u200b ']) {
    expect(gradeValue({ kind }, `-${text.repeat(300_000)}!`)).toBeDefined();
  }
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  FIELD_KINDS,
  type FieldKind,
  gradeOf,
  kindOfKey,
} from '../../../local/wechat-simulator/field-rules.ts';
import { SAMPLE_TEMPLATES } from '../../../local/wechat-simulator/index.ts';

const LISTED = ['待缴费', '已缴费'];

const SURE: Record<FieldKind, readonly string[]> = {
  thing: ['一二三四五六七八九十一二三四五六七八九十', 'Order #1，已发货！', '😀'.repeat(10)],
  number: ['0', '3.5', '1'.repeat(32)],
  letter: ['A', 'abcXYZ', 'a'.repeat(32)],
  symbol: ['!', '￥%，。~', '★'],
  character_string: ['SF-1390/02_a', '2026 A', '~'.repeat(32)],
  time: [
    '15:01',
    '00:00:59',
    '2019年10月1日 15:01',
    '10月1日 08:00',
    '2018-01-01 23:59:59',
    '2018/1/1 00:00',
    '2018.01.01 12:00',
    '01-01 12:00',
    '15:01~16:30',
    '2019年10月1日 15:01~2019年10月2日 16:00',
    '2024-02-29 10:00',
  ],
  date: [
    '2019年10月1日',
    '2019年10月01日',
    '2019年10月',
    '10月1日',
    '2018-01-01',
    '2018-1-1',
    '2020/8/22',
    '2018.01.01',
    '2018-01',
    '01-01',
    '02-29',
    '2019年10月1日 15:01',
    '2018-01-01~2018-01-05',
  ],
  amount: ['￥100', '¥29.90', '$1', '€0.5', '£9999999999.99', '9.99元', '0.01', '¥12.3元'],
  phone_number: ['13800138000', '+86-0766-66888866', '0766-66888866-801', '(020) 8116 7888'],
  car_number: ['粤A8Z888', '粤A8Z888挂', 'A12345', '粤ABCDEF8'],
  name: ['王小明', '一二三四五六七八九十', 'Alice Smith', 'A'.repeat(20), '王·Smith'],
  phrase: ['已', '配送中', '一二三四五'],
  enum_string: LISTED,
  enum: LISTED,
};

const DOUBTFUL: Record<FieldKind, readonly string[]> = {
  thing: [],
  number: ['-1', '1.', '.5', '1,000', '１', ' 1', '1\u200b'],
  letter: ['é', 'Я', 'ab '],
  symbol: ['! !', '①', '☎\ufe0f'],
  character_string: ['A·123', '￥1', '—', '１', '～'],
  time: [
    '2019-10-01',
    '2019年10月1日',
    '9:05',
    '24:00',
    '15：01',
    '15点30分',
    '15:01 ~ 16:30',
    '15:01至16:30',
    '2019年10月1日15:01',
  ],
  date: [
    '2018-01/01',
    '20180101',
    '18-01-01',
    '10月1号',
    '2018年',
    '2018-01-01 ~ 2018-01-02',
    '2018-01 15:01',
    '2018-01-01 15:01~16:30',
  ],
  amount: ['-1', '0.5283元', '₩12000', '100 元', '1,000', '１', '.5', '100€'],
  phone_number: ['138****8888', '400-820-8820#801', '1.2', '１３８', '010/1234'],
  car_number: ['粤Ａ8Z888', ' 粤A8Z888'],
  name: ['王\u3000小明', '阿卜杜拉·买买提·艾山江'],
  phrase: ['配送中 ', '\u200b配送中'],
  enum_string: [],
  enum: [],
};

const REFUSED: Record<FieldKind, readonly string[]> = {
  thing: [
    '一二三四五六七八九十一二三四五六七八九十一',
    'a\nb',
    'a\u0000',
    '\u2028',
    '\ud800',
    `${'😀'.repeat(10)}a`,
  ],
  number: ['1,00', '1'.repeat(33), '1e3', '一', '12个'],
  letter: ['a1', 'a b', '汉', 'a'.repeat(33)],
  symbol: ['a', '1', '汉', '!!!!!!'],
  character_string: ['编号1', 'a\tb', 'a'.repeat(33)],
  time: [
    '24:01',
    '15:60',
    '15:01:60',
    '15:01～16:30',
    '15:01~',
    '15:01~16:00~17:00',
    '2023-02-29 10:00',
    '下午3点',
    '2018-01-01T15:01',
  ],
  date: [
    '15:01',
    '2018-13-01',
    '2018-02-30',
    '2018年13月',
    '13-01',
    '2018-01-01T15:01',
    '2018-00-10',
    '明天',
    '2018-01-01～2018-01-02',
  ],
  amount: ['12345678901', '￥', 'CNY100', '1,00', '￥￥1', '100元整'],
  phone_number: ['123456789012345678', '一二三', '()-', '138转1'],
  car_number: ['粤A·8Z888', '粤A8Z8888挂', '粤粤A8888', 'A 1234', '粤A-8888'],
  name: ['王小明1', '一二三四五六七八九十一', '王abcdefghij', 'A'.repeat(21), 'A\n'],
  phrase: ['一二三四五六', '配送a', '配送!', 'ok', '1'],
  enum_string: ['待缴', '待缴费 ', 'x'],
  enum: ['待缴', ' 待缴费'],
};

describe.each(FIELD_KINDS)('%s', (kind) => {
  test.each(SURE[kind])('surely takes %j', (value) => {
    expect(gradeOf(kind, value, LISTED)).toBe('sure');
  });

  test.each(DOUBTFUL[kind])('has doubts about %j', (value) => {
    expect(gradeOf(kind, value, LISTED)).toBe('doubtful');
  });

  test.each(REFUSED[kind])('refuses %j', (value) => {
    expect(gradeOf(kind, value, LISTED)).toBe('refused');
  });

  test('takes nothing with a control character, and nothing longer than 50 units', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SURE[kind]),
        fc.constantFrom('\n', '\t', '\u0007', '\u0085'),
        (value, control) => {
          expect(gradeOf(kind, value + control, [...LISTED, value + control])).toBe('refused');
        },
      ),
    );
    if (kind === 'time' || kind === 'date' || kind.startsWith('enum')) return;
    fc.assert(
      fc.property(fc.constantFrom(...SURE[kind]), (value) => {
        expect(gradeOf(kind, value.repeat(50), LISTED)).toBe('refused');
      }),
    );
  });
});

test('every clock time of a day passes as a time, and with its date as a date', () => {
  const moments = fc.date({
    min: new Date('1900-01-01T00:00:00Z'),
    max: new Date('2099-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(moments, fc.constantFrom('-', '/', '.'), (moment, separator) => {
      const [day = '', clock = ''] = moment.toISOString().slice(0, 19).split('T');
      const text = `${day.replaceAll('-', separator)} ${clock}`;
      expect(gradeOf('time', clock)).toBe('sure');
      expect(gradeOf('time', text)).toBe('sure');
      expect(gradeOf('date', text)).toBe('sure');
      expect(gradeOf('date', `${text}~${text}`)).toBe('sure');
      expect(gradeOf('date', clock)).toBe('refused');
    }),
  );
});

test('the kind is read from the key, and only mini-program kinds exist', () => {
  expect(kindOfKey('character_string13')).toBe('character_string');
  expect(kindOfKey('enum_string2')).toBe('enum_string');
  expect(kindOfKey('thing')).toBeUndefined();
  expect(kindOfKey('Thing1')).toBeUndefined();
  expect(kindOfKey('const1')).toBeUndefined();
  expect(kindOfKey('site1')).toBeUndefined();
  expect(kindOfKey('thing1.DATA')).toBeUndefined();
});

test('the examples of the sample templates pass their own rules', () => {
  const keywords = SAMPLE_TEMPLATES.flatMap((template) => template.keywords);
  const failing = keywords.filter(({ key, example, values }) => {
    const kind = kindOfKey(key);
    return !kind || gradeOf(kind, example, values) !== 'sure';
  });
  expect(failing).toEqual([]);
});

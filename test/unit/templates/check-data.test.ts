import { describe, expect, test } from 'vitest';
import { type CheckResult, checkData } from '../../../lib/templates/check-data.ts';
import type { FieldProblem } from '../../../lib/templates/field-problem.ts';
import { isJsonText } from '../../../lib/templates/normalise-data.ts';
import { template, templateOfKind } from '../../support/templates.ts';

const GOOD = { thing1: '苹果', date2: '2026-01-31', amount3: '￥100' };

function problems(result: CheckResult): readonly FieldProblem[] {
  return result.type === 'invalid' ? result.problems : [];
}

function codes(input: unknown): string[] {
  return problems(checkData(template(), input)).map(({ path, code }) => `${path} ${code}`);
}

test('both spellings of data are taken, also mixed, and come out as texts', () => {
  const input = {
    thing1: { value: '苹果' },
    date2: '2026-01-31',
    amount3: { value: '￥100', color: '#f00' },
  };
  expect(checkData(template(), input)).toEqual({ type: 'valid', data: GOOD });
});

test('every bad field is named at once, in the order of the template, then the surplus keys', () => {
  expect(codes({ surplus9: 'x', amount3: '12,3', thing1: '一'.repeat(25) })).toEqual([
    'data.thing1 too-long',
    'data.date2 missing',
    'data.amount3 wrong-form',
    'data.surplus9 unexpected-key',
  ]);
});

describe('values that are not text are refused, not turned into text', () => {
  test.each([
    [null],
    [5],
    [true],
    [['x']],
    [{ text: 'x' }],
    [{ value: null }],
    [{ value: 5 }],
    [{ value: { value: 'x' } }],
  ])('%j', (value) => {
    expect(codes({ ...GOOD, thing1: value })).toEqual(['data.thing1 not-text']);
  });

  test('a number is told to go into quotes', () => {
    const [problem] = problems(checkData(template(), { ...GOOD, thing1: 5 }));
    expect(problem?.message).toEqual({
      en: 'thing1 is a number, not a text. Put it in quotes: "5".',
      zh: 'thing1 是数字，不是文字。请加上引号："5"。',
    });
  });

  test('a surplus key whose value is no text is named too', () => {
    expect(codes({ ...GOOD, more1: 5 })).toEqual(['data.more1 unexpected-key']);
  });
});

test('a flood of surplus keys is counted, not sent back', () => {
  const flood = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`junk${index}`, 'x']));
  const found = problems(checkData(template(), { ...GOOD, ...flood }));
  expect(found).toHaveLength(21);
  expect(found[20]).toMatchObject({
    path: 'data',
    message: { en: expect.stringContaining('980 more keys') },
  });
});

test('a key written as in the template is told from a missing one', () => {
  const { thing1, ...rest } = GOOD;
  const found = problems(checkData(template(), { ...rest, 'thing1.DATA': thing1 }));
  expect(found.map(({ code }) => code)).toEqual(['data-suffix']);
  expect(found[0]?.message.en).toBe(
    'thing1.DATA is how the template writes it; data takes the key alone. Write thing1.',
  );
});

describe('data that is no object', () => {
  test('JSON inside a text is recognised', () => {
    expect(codes(JSON.stringify(GOOD))).toEqual(['data json-text']);
    expect(isJsonText(' {"thing1": "x"}\n')).toBe(true);
    expect(isJsonText('thing1')).toBe(false);
    expect(isJsonText({})).toBe(false);
  });

  test.each([[undefined], [null], ['text'], [5], [[GOOD]]])('%j', (input) => {
    expect(codes(input)).toEqual(['data not-an-object']);
  });
});

test('keys that every object inherits are neither found nor lost', () => {
  const inherited = template({ content: '甲:{{constructor.DATA}}' });
  expect(problems(checkData(inherited, {})).map(({ code }) => code)).toEqual(['missing']);
  expect(codes(GOOD)).toEqual([]);
  expect(codes({ ...GOOD, constructor: 'x' })).toEqual(['data.constructor unexpected-key']);
  expect(codes(JSON.parse('{"thing1":"a","date2":"2026-01","amount3":"1","__proto__":"x"}'))).toEqual([
    'data.__proto__ unexpected-key',
  ]);
});

describe('what a beginner reads', () => {
  test('too long', () => {
    const [problem] = problems(checkData(template(), { ...GOOD, thing1: '一'.repeat(25) }));
    expect(problem).toMatchObject({
      path: 'data.thing1',
      length: 25,
      limit: 20,
      message: {
        en: 'thing1 ("商品名称") has 25 characters; WeChat allows 20. Shorten it or send fit: true.',
        zh: 'thing1（“商品名称”）有 25 个字符，微信最多允许 20 个。请缩短，或加上 fit: true 自动调整。',
      },
    });
  });

  test('missing and empty', () => {
    const found = problems(checkData(template(), { thing1: ' ', amount3: '1' }));
    expect(found.map(({ message }) => message.en)).toEqual([
      'thing1 ("商品名称") is empty; WeChat wants every field filled. Write it as in "红富士苹果".',
      'date2 ("下单时间") is missing; WeChat wants every field of the template. Add it, such as "2026年1月31日 15:01".',
    ]);
  });

  test('fit: true is offered only where it helps', () => {
    const offers = (value: string) =>
      problems(checkData(template(), { ...GOOD, amount3: value }))[0]?.suggestion?.en.includes('fit: true');
    expect(offers('￥100\n')).toBe(true);
    expect(offers('a lot')).toBe(false);
  });

  test('the full-width ~ of Chinese input methods is named', () => {
    const [problem] = problems(checkData(template(), { ...GOOD, date2: '2026-01-01～2026-01-02' }));
    expect(problem?.suggestion?.en).toContain('U+FF5E');
    expect(problem?.suggestion?.zh).toContain('半角 ~');
  });

  test('a date that does not exist, and a value that is not listed', () => {
    const [date] = problems(checkData(template(), { ...GOOD, date2: '2026-02-30' }));
    expect(date?.message.en).toBe(
      'date2 ("下单时间") names a date that does not exist. Correct the day or the month.',
    );
    const listed = templateOfKind('enum_string', ['开', '关']);
    const [value] = problems(checkData(listed.template, { [listed.key]: '半' }));
    expect(value?.message.zh).toBe('enum_string1（“标签”）不是模板列出的取值。请改用其中之一：开、关。');
  });

  test('no message repeats the value', () => {
    const found = problems(checkData(template(), { thing1: 'secret\n', date2: 'secret', amount3: 'secret' }));
    expect(found).toHaveLength(3);
    expect(JSON.stringify(found)).not.toContain('secret');
  });
});

describe('a key that stands for a field is told the right one', () => {
  test.each([
    ['{{thing1.DATA}}', 'data-suffix'],
    ['{{ thing1.DATA }}', 'data-suffix'],
    ['thing1.data', 'data-suffix'],
    ['Thing1', 'unexpected-key'],
    ['thing_1', 'unexpected-key'],
    ['THING1', 'unexpected-key'],
    ['thng1', 'unexpected-key'],
  ])('%s', (key, code) => {
    const found = problems(checkData(template(), { ...GOOD, [key]: 'x' }));
    expect(found).toMatchObject([
      { path: `data.${key}`, code, suggestion: { en: 'Write thing1.', zh: '请写成 thing1。' } },
    ]);
  });

  test.each(['thing2', 'thing11', 'keyword1', 'first', 'remark', 'thing'])(
    'but is not guessed for %s',
    (key) => {
      const found = problems(checkData(template(), { ...GOOD, [key]: 'x' }));
      expect(found).toMatchObject([{ suggestion: { en: expect.stringMatching(/^Leave it out/) } }]);
    },
  );
});

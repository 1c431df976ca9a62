import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkData } from '../../../lib/templates/check-data.ts';
import { FIELD_RULES } from '../../../lib/templates/field-rules.ts';
import { gradeValue } from '../../../lib/templates/grade-value.ts';
import { fitData } from '../../../lib/templates/prepare-data.ts';
import type { FieldKind } from '../../../lib/templates/template.ts';
import { fieldRefusal } from '../../../local/wechat-simulator/field-check.ts';
import { template, templateOfKind } from '../../support/templates.ts';
import { VALUES, valuesOf } from './generated-values.ts';

function fit(kind: FieldKind, value: string, timeZone?: string): string | undefined {
  const { template, key } = templateOfKind(kind, VALUES);
  return fitData(template, { [key]: value }, timeZone === undefined ? {} : { timeZone }).data[key];
}

const FITTED: readonly (readonly [FieldKind, string, string])[] = [
  ['thing', '一'.repeat(25), `${'一'.repeat(19)}…`],
  ['thing', '  红富士\n苹果 \t 大 ', '红富士 苹果 大'],
  ['thing', `${'a'.repeat(18)} bcd`, `${'a'.repeat(18)}…`],
  ['thing', `${'a'.repeat(18)}🎉🎉`, `${'a'.repeat(18)}…`],
  ['thing', `${'a'.repeat(15)}👨‍👩‍👧xyz`, `${'a'.repeat(15)}…`],
  ['name', '尼古拉·阿列克谢耶维奇·奥斯特洛夫斯基', '尼古拉·阿列克谢耶…'],
  ['number', ' １２．５０ ', '12.50'],
  ['number', '1,234,567.8', '1234567.8'],
  ['number', '.5', '0.5'],
  ['letter', ' ＡＢ', 'AB'],
  ['character_string', 'ＮＯ－１ ', 'NO-1'],
  ['amount', '¥ 1,234.50 元', '¥1234.50元'],
  ['amount', '￥１２', '￥12'],
  ['amount', '12.5000', '12.50'],
  ['amount', '12.', '12'],
  ['phone_number', '（０１０）１２３４５６７８', '(010)12345678'],
  ['car_number', '粤A·12345', '粤A12345'],
  ['car_number', '粤A 12345', '粤A12345'],
  ['car_number', '粤A-12345', '粤A12345'],
  ['phrase', ' 已发货 ', '已发货'],
  ['enum_string', '开 ', '开'],
  ['date', '2026-01-31～2026-02-02', '2026-01-31~2026-02-02'],
  ['date', '2026-01-31 ~ 2026-02-02', '2026-01-31~2026-02-02'],
  ['date', '2026-12-01T01:00:00.000Z', '2026-12-01 09:00'],
  ['date', '2026-12-01T01:00:05+08:00', '2026-12-01 01:00:05'],
  ['date', '2026-12-01T09:30', '2026-12-01 09:30'],
  ['date', '2026-12-31T16:00:00Z~2027-01-01T02:00:00Z', '2027-01-01 00:00~2027-01-01 10:00'],
  ['date', '2026年1月5日9:05', '2026年1月5日 09:05'],
  ['date', '2026-1-5 9:05', '2026-01-05 09:05'],
  ['date', '20260131', '2026-01-31'],
  ['date', '2026/1-31', '2026/01/31'],
  ['date', '2026 年 1 月 31 日', '2026年1月31日'],
  ['date', '1月31号 15点30分', '1月31日 15:30'],
  ['date', '2026-01-31\u00a015:01', '2026-01-31 15:01'],
  ['date', '2026-01-31 15:01:02.123456', '2026-01-31 15:01:02'],
  ['date', '2026年1月31日至2月2日', '2026年1月31日~2月2日'],
  ['date', '2026年1月31日-2月2日', '2026年1月31日~2月2日'],
  ['date', '2026-01-31-2026-02-02', '2026-01-31~2026-02-02'],
  ['time', '9:05', '09:05'],
  ['time', '9:05-10:00', '09:05~10:00'],
  ['time', '15：01', '15:01'],
  ['number', '-1,000', '-1000'],
  ['amount', '12.30€', '€12.30'],
  ['phone_number', '\u202d13800138000\u202c', '13800138000'],
  ['phone_number', '020\u00a081167888', '020 81167888'],
  ['name', '张\u3000三\u200b', '张 三'],
  ['time', '１５：０１～１６：００', '15:01~16:00'],
  ['time', '2026-12-01T01:00:00Z', '2026-12-01 09:00'],
];

test.each(FITTED)('%s %j becomes %j', (kind, from, to) => {
  expect(fit(kind, from)).toBe(to);
});

const LEFT: readonly (readonly [FieldKind, string])[] = [
  ['number', '9'.repeat(33)],
  ['number', '1,23'],
  ['number', '12个'],
  ['number', '²'],
  ['amount', '12.345'],
  ['amount', '12345678901'],
  ['amount', '-5'],
  ['phone_number', '1'.repeat(18)],
  ['car_number', '粤AD123456'],
  ['character_string', 'x'.repeat(33)],
  ['letter', 'x'.repeat(33)],
  ['phrase', '已经发货了吧'],
  ['symbol', '******'],
  ['enum_string', '半'],
  ['name', '张3'],
  ['date', '2026-02-30'],
  ['date', '2026-02-30T09:00:00Z'],
  ['date', '1/5'],
  ['date', '2026-1-5'],
  ['date', '26-01-31'],
  ['date', '2026年'],
  ['date', '2026-01 15:01'],
  ['date', '2026-01-02-03'],
  ['time', '24:00'],
  ['time', '18:00~24:00'],
  ['phone_number', '138****8000'],
  ['character_string', 'A·123'],
  ['amount', '₩12000'],
  ['name', '阿卜杜拉·买买提·艾山江'],
  ['date', '1969-01-01T00:00:00Z'],
  ['time', '2026-12-01'],
  ['thing', 'a\u0000b'],
  ['thing', ' '],
  ['thing', `a${'\u0301'.repeat(30)}`],
];

test.each(LEFT)('%s %j has no form that keeps its meaning and stays', (kind, value) => {
  expect(fit(kind, value)).toBe(value);
});

describe('time zones', () => {
  test('a moment is told in the zone that is asked for, summer time included', () => {
    expect(fit('date', '2026-07-01T01:00:00Z', 'Europe/Berlin')).toBe('2026-07-01 03:00');
    expect(fit('date', '2026-12-01T01:00:00Z', 'America/New_York')).toBe('2026-11-30 20:00');
    expect(fit('date', '2026-12-01T16:00:00Z', 'Asia/Shanghai')).toBe('2026-12-02 00:00');
  });

  test('a zone that does not exist is an error of the caller', () => {
    expect(() => fit('date', '2026-12-01T01:00:00Z', 'Mars/Base')).toThrow(RangeError);
  });
});

test('only what changed is named, and other keys stay', () => {
  const data = { thing1: ' 苹果\n', date2: '2026-01-31', amount3: '1,000', extra: ' x ' };
  expect(fitData(template(), data)).toEqual({
    data: { thing1: '苹果', date2: '2026-01-31', amount3: '1000', extra: ' x ' },
    fitted: [
      { key: 'thing1', from: ' 苹果\n', to: '苹果' },
      { key: 'amount3', from: '1,000', to: '1000' },
    ],
  });
});

// Backtracking or segmenting all of it would take longer than a test may.
test('a very long text is fitted in no time', () => {
  expect(fit('thing', 'ab '.repeat(1_000_000))).toBe(`${'ab '.repeat(6)}a…`);
  expect(fit('thing', ' '.repeat(1_000_000))).toHaveLength(1_000_000);
});

describe.each(Object.keys(FIELD_RULES))('whatever is given to %s', (name) => {
  const kind = Object.keys(FIELD_RULES).find((known): known is FieldKind => known === name) ?? 'unknown';
  const { template, key } = templateOfKind(kind, name.startsWith('enum') ? VALUES : undefined);
  const passes = (value: string | undefined) => checkData(template, { [key]: value }).type === 'valid';
  const listed = name.startsWith('enum') ? { values: [...VALUES] } : {};
  const keywords = [{ key, label: '标签', example: '示例', ...listed }];
  const atWeChat = { templateId: 'fit', title: '标题', kind: 'one-time', keywords } as const;
  // The simulated WeChat has no template with a field of a kind that it does not know.
  const wechatTakes = (value: string | undefined) =>
    kind === 'unknown' ||
    fieldRefusal(atWeChat, { [key]: { value } }, { refuseDoubtful: false }) === undefined;

  test('what fitting changed is taken here and at WeChat, what is sure is unchanged, and fitting twice changes nothing', () => {
    fc.assert(
      fc.property(valuesOf(kind), (value) => {
        const once = fitData(template, { [key]: value });
        const twice = fitData(template, once.data);
        if (once.fitted.length > 0)
          expect([passes(once.data[key]), wechatTakes(once.data[key])]).toEqual([true, true]);
        else expect(once.data[key]).toBe(value);
        if (gradeValue({ kind, ...listed }, value).grade === 'sure') expect(once.fitted).toEqual([]);
        expect(twice).toEqual({ data: once.data, fitted: [] });
      }),
      { numRuns: 400, seed: 20261201 },
    );
  });
});

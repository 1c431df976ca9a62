import fc from 'fast-check';
import type { FieldKind } from '../../../lib/templates/template.ts';

/** The listed values that generated enum templates have. */
export const VALUES: readonly string[] = ['开', '关', '维修中', 'N/A', '1'];

const HAN = fc.constantFrom(...'一中文字符张王李京粤沪学警々〇〆𠮷𪚥');
const LETTER = fc.constantFrom(...'abcxyzABCXYZ');
const DIGIT = fc.constantFrom(...'0123456789');
const SYMBOL = fc.constantFrom(...'!@#$%^&*()-+=_.,:;~/\\|<>?\'"[]{}·！？（），。￥¥€£★•‘’“”—…');
const ODD = fc.constantFrom(
  ...[
    '\n',
    '\r',
    '\t',
    '\u0000',
    '\u007f',
    '\u0085',
    '\u2028',
    '\u2029',
    ' ',
    '\u3000',
    '\u00a0',
    '\ufeff',
    '\u200b',
    '\u200d',
  ],
  ...[
    'é',
    'ß',
    'Я',
    'あ',
    'カ',
    '한',
    '１',
    'Ａ',
    '～',
    '：',
    '²',
    '½',
    'Ⅷ',
    '①',
    '٣',
    '🎉',
    '👨‍👩‍👧',
    '🇨🇳',
    'e\u0301',
    '元',
    '年',
    '月',
    '日',
  ],
);

const ANY_CHARACTER = fc.oneof(HAN, LETTER, DIGIT, SYMBOL, ODD);

function textOf(character: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> {
  return fc.array(character, { maxLength, size: 'max' }).map((characters) => characters.join(''));
}

const NUMERAL = (max: number) => fc.integer({ min: 0, max });
const MAYBE_PADDED = (max: number) =>
  fc
    .tuple(NUMERAL(max), fc.constantFrom(1, 2, 2, 2, 2, 2, 2))
    .map(([n, width]) => String(n).padStart(width, '0'));
const YEAR = fc.constantFrom('2026', '2027', '2028', '2000', '1900', '2100', '9999', '26');
const MONTH = MAYBE_PADDED(13);
const DAY = MAYBE_PADDED(32);
const JOINER = fc.constantFrom('-', '-', '/', '.');

const DATE = fc.oneof(
  fc.tuple(YEAR, MONTH, DAY).map(([y, m, d]) => `${y}年${m}月${d}日`),
  fc.tuple(YEAR, MONTH).map(([y, m]) => `${y}年${m}月`),
  fc.tuple(MONTH, DAY).map(([m, d]) => `${m}月${d}日`),
  fc.tuple(YEAR, JOINER, MONTH, DAY).map(([y, j, m, d]) => [y, m, d].join(j)),
  fc.tuple(YEAR, JOINER, MONTH, JOINER, DAY).map((parts) => parts.join('')),
  fc.tuple(YEAR, JOINER, MONTH).map((parts) => parts.join('')),
  fc.tuple(MONTH, JOINER, DAY).map((parts) => parts.join('')),
  fc
    .tuple(YEAR, MONTH, DAY, fc.constantFrom('日', '号', '', ' 日'), fc.nat(7))
    .map(([y, m, d, end, parts]) => {
      const [year, month, day] = [
        parts & 1 ? `${y}年` : '',
        parts & 2 ? `${m} 月` : '',
        parts & 4 ? d + end : '',
      ];
      return year + month + day;
    }),
  fc.tuple(YEAR, MONTH, DAY).map((parts) => parts.join('')),
);
const CLOCK = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        MAYBE_PADDED(25),
        fc.array(MAYBE_PADDED(61), { minLength: 1, maxLength: 2 }),
        fc.constantFrom(':', ':', ':', ':', ':', '：'),
        fc.constantFrom('', '', '', '', '', '.5'),
      )
      .map(([hour, rest, colon, fraction]) => [hour, ...rest].join(colon) + fraction),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        MAYBE_PADDED(25),
        fc.constantFrom('点', '时', ' 点'),
        MAYBE_PADDED(61),
        fc.constantFrom('', '分', '分5秒'),
      )
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.constantFrom('24:00', '24:00:00', '24:01', '24点', '0:00') },
);
const RFC_3339 = fc
  .tuple(
    fc.date({ min: new Date('1960-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
    fc.constantFrom('Z', '+08:00', '-05:30', ''),
  )
  .map(([date, offset]) => date.toISOString().replace('Z', offset));
const POINT = fc.oneof(
  { weight: 3, arbitrary: DATE },
  { weight: 3, arbitrary: CLOCK },
  {
    weight: 3,
    arbitrary: fc
      .tuple(DATE, fc.constantFrom(' ', ' ', ' ', ' ', '', '  ', 'T'), CLOCK)
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: RFC_3339 },
);
const MOMENT = fc.oneof(
  { weight: 2, arbitrary: POINT },
  {
    weight: 1,
    arbitrary: fc
      .tuple(POINT, fc.constantFrom('~', '~', '～', ' ~ ', '-', ' - ', '至', '——', '〜', '–'), POINT)
      .map((parts) => parts.join('')),
  },
);

const GROUPS = fc
  .tuple(
    fc.nat(1234),
    fc.array(fc.constantFrom('000', '123', '12', '1234'), { maxLength: 4 }),
    fc.constantFrom(',', '，'),
  )
  .map(([first, rest, comma]) => [first, ...rest].join(comma));
const WIDE_DIGITS = textOf(fc.constantFrom(...'０１２３4５'), 12);

const DECIMAL = fc
  .tuple(
    fc.constantFrom('', '', '¥', '￥', '$', '€', '£', '-', '+', '￥ ', '₹', '-¥', '¥-', '−', '¥¥', 'HK$'),
    fc.oneof(textOf(DIGIT, 10), textOf(DIGIT, 34), GROUPS, WIDE_DIGITS),
    fc.oneof(
      fc.constant(''),
      textOf(DIGIT, 4).map((digits) => `.${digits}`),
    ),
    fc.constantFrom('', '', '元', ' 元', '圆', '%', '€', '¥', '.'),
  )
  .map((parts) => parts.join(''));

/** Values that come near the rule of a kind, on both sides of it. */
const NEAR: Readonly<Record<FieldKind, fc.Arbitrary<string>>> = {
  thing: textOf(fc.oneof(HAN, LETTER, SYMBOL), 24),
  number: fc.oneof(textOf(DIGIT, 36), DECIMAL),
  letter: textOf(
    fc.oneof(
      { weight: 20, arbitrary: LETTER },
      { weight: 1, arbitrary: fc.constantFrom('é', 'Ａ', 'Я', 'e\u0301') },
    ),
    36,
  ),
  symbol: textOf(SYMBOL, 7),
  character_string: textOf(fc.oneof(LETTER, DIGIT, SYMBOL), 36),
  time: MOMENT,
  date: MOMENT,
  amount: DECIMAL,
  phone_number: textOf(
    fc.oneof(DIGIT, DIGIT, fc.constantFrom('+', '-', '(', ')', ' ', '*', '#', '/', '，')),
    20,
  ),
  car_number: fc
    .tuple(
      fc.oneof(HAN, LETTER),
      textOf(fc.oneof(LETTER, DIGIT, fc.constantFrom('Ａ', '１')), 7),
      fc.oneof(HAN, DIGIT),
    )
    .map((parts) => parts.join('')),
  name: textOf(fc.oneof(HAN, LETTER, fc.constantFrom('·', ' ', '-', '.')), 24),
  phrase: textOf(HAN, 7),
  enum: fc.constantFrom(...VALUES),
  enum_string: fc.constantFrom(...VALUES),
  unknown: textOf(ANY_CHARACTER, 60),
};

/** A value with one character put in, taken out or doubled. */
function disturbed(values: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(values, fc.nat(40), fc.nat(1), fc.oneof(ANY_CHARACTER, fc.constant('')))
    .map(([value, at, drop, put]) => {
      const characters = [...value];
      characters.splice(at % (characters.length + 1), drop, put);
      return characters.join('');
    });
}

/** Values for a field of the kind: valid, nearly valid, and anything at all. */
export function valuesOf(kind: FieldKind): fc.Arbitrary<string> {
  const near = NEAR[kind];
  return fc.oneof(
    { weight: 5, arbitrary: near },
    { weight: 3, arbitrary: disturbed(near) },
    { weight: 1, arbitrary: textOf(ANY_CHARACTER, 36) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 36 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 24 }) },
  );
}

import { gradeDate, gradeTime } from './moments.ts';

/** The kinds of mini-program templates (WeChat contract §4), `enum_string` being how `enum` is spelt in keys. */
export const FIELD_KINDS = [
  'thing',
  'number',
  'letter',
  'symbol',
  'character_string',
  'time',
  'date',
  'amount',
  'phone_number',
  'car_number',
  'name',
  'phrase',
  'enum_string',
  'enum',
] as const;

/** One kind of field. */
export type FieldKind = (typeof FIELD_KINDS)[number];

const KEY = /^([a-z]+(?:_[a-z]+)?)(\d+)$/;

/** The kind that a data key such as `thing1` begins with, or undefined when mini programs have no such kind. */
export function kindOfKey(key: string): FieldKind | undefined {
  const kind = KEY.exec(key)?.[1];
  return FIELD_KINDS.find((known) => known === kind);
}

const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
const HAN = /\p{sc=Han}/gu;
const DIGIT = '[0-9\uff10-\uff19]';
const ANY_DIGIT = new RegExp(DIGIT, 'g');
const ONLY_DIGITS = new RegExp(`^${DIGIT}*$`);

/** What WeChat does with a filled value: takes it, may refuse it, or refuses it. */
export type Grade = 'sure' | 'doubtful' | 'refused';

/**
 * WeChat's rule for one filled value, in the two grades of WeChat contract §4. Lengths count UTF-16 units. It shares
 * nothing with the checks of the service, so that the two can be compared.
 */
export function gradeOf(kind: FieldKind, value: string, listed: readonly string[] = []): Grade {
  if (UNPRINTABLE.test(value)) return 'refused';
  if (!PADDED.has(kind)) return gradeText(kind, value, listed);
  const bare = value.replace(/\p{Cf}+/gu, '').trim();
  const grade = bare === '' ? 'refused' : gradeText(kind, bare, listed);
  return grade === 'sure' && bare !== value ? 'doubtful' : grade;
}

/** Kinds that have no white space of their own: what stands around a value, or cannot be seen in it, is in doubt. */
const PADDED: ReadonlySet<FieldKind> = new Set<FieldKind>([
  'number',
  'letter',
  'time',
  'date',
  'amount',
  'car_number',
  'phrase',
]);

function gradeText(kind: FieldKind, value: string, listed: readonly string[]): Grade {
  switch (kind) {
    case 'thing':
      return value.length <= 20 ? 'sure' : 'refused';
    case 'number':
      return gradeNumber(value);
    case 'letter':
      return between(/^[A-Za-z]{1,32}$/, /^(?:(?!\p{sc=Han})[\p{L}\p{M}]){1,32}$/u, value, 32);
    case 'symbol':
      return between(/^[\p{P}\p{S}]+$/u, /^[^\p{L}\p{Nd}]+$/u, hasHan(value) ? '' : value, 5);
    case 'character_string':
      return between(/^[ -~]{1,32}$/, /^./u, hasHan(value) ? '' : value, 32);
    case 'time':
      return gradeTime(value);
    case 'date':
      return gradeDate(value);
    case 'amount':
      return gradeAmount(value);
    case 'phone_number':
      return between(/^[0-9+() -]*[0-9][0-9+() -]*$/, hasPhoneDigit, hasHan(value) ? '' : value, 17);
    case 'car_number':
      return gradePlate(value);
    case 'name':
      return gradeName(value);
    case 'phrase':
      return value.length <= 5 && /^\p{sc=Han}+$/u.test(value) ? 'sure' : 'refused';
    case 'enum_string':
    case 'enum':
      return listed.includes(value) ? 'sure' : 'refused';
  }
}

const hasPhoneDigit = new RegExp(`^\\P{L}*${DIGIT}\\P{L}*$`, 'u');

function between(sure: RegExp, possible: RegExp, value: string, most: number): Grade {
  if (value.length > most || !possible.test(value)) return 'refused';
  return sure.test(value) ? 'sure' : 'doubtful';
}

function hasHan(value: string): boolean {
  return value.search(HAN) >= 0;
}

/** A decimal point may stand at either end, digits may be full-width, commas may stand between thousands: all in doubt. */
function isDigits(text: string, most: number): boolean {
  const [whole = '', rest = '', ...more] = text.split(/[.\uff0e]/);
  const groups = whole.split(/[,\uff0c]/);
  const isGrouped =
    groups.length === 1 || groups.every((group, at) => (at === 0 ? /^.{1,3}$/ : /^.{3}$/).test(group));
  const digits = groups.join('');
  return (
    more.length === 0 &&
    isGrouped &&
    digits.length <= most &&
    digits + rest !== '' &&
    ONLY_DIGITS.test(digits + rest)
  );
}

function gradeNumber(value: string): Grade {
  const unsigned = value.replace(/^[-+\u2212\uff0d\uff0b]/, '');
  const digits = value.match(ANY_DIGIT) ?? [];
  if (digits.length > 32 || !isDigits(unsigned, 32)) return 'refused';
  return value.length <= 32 && /^[0-9]+(\.[0-9]+)?$/.test(value) ? 'sure' : 'doubtful';
}

function gradeAmount(value: string): Grade {
  if (/^[¥￥$€£]?[0-9]{1,10}(\.[0-9]{1,2})?元?$/.test(value)) return 'sure';
  const parts = /^(?<before>[^0-9\uff10-\uff19.\uff0e]*)(?<digits>[^\s\p{Sc}元]+)(?<after>.*)$/u.exec(
    value,
  )?.groups;
  const { before = '', digits = '', after = '' } = parts ?? {};
  const isBefore =
    /^(?:[-+\u2212\uff0d\uff0b]?\s{0,3}\p{Sc}?|\p{Sc}\s{0,3}[-+\u2212\uff0d\uff0b])\s{0,3}$/u.test(before);
  const isAfter = /^\s{0,3}(?:元|\p{Sc})?$/u.test(after);
  const signs = value.match(/\p{Sc}/gu)?.length ?? 0;
  return isBefore && isAfter && signs <= 1 && isDigits(digits, 10) ? 'doubtful' : 'refused';
}

function gradePlate(value: string): Grade {
  const plain = value.replace(/[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/g, 'A');
  const isPlate = /^[\p{sc=Han}A-Za-z0-9]([A-Za-z0-9]*[\p{sc=Han}A-Za-z0-9])?$/u.test(plain);
  if (value.length > 8 || !isPlate) return 'refused';
  return plain === value ? 'sure' : 'doubtful';
}

/** Han and letters count as Han together; for Han and signs nobody has said so. */
function gradeName(value: string): Grade {
  if (/\p{Nd}/u.test(value)) return 'refused';
  const han = value.match(HAN)?.length ?? 0;
  const other = value.replace(HAN, '');
  if (value.length > (han > 10 || (han > 0 && /\p{L}/u.test(other)) ? 10 : 20)) return 'refused';
  const isSure = value.length <= (han > 0 ? 10 : 20) && /^[\p{L}\p{M}\p{P}\p{S} ]*$/u.test(other);
  return isSure ? 'sure' : 'doubtful';
}

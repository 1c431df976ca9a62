import { isDateValue, isTimeValue } from './moments.ts';

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
const HAN = /\p{sc=Han}/u;

/**
 * WeChat's rule for one filled value: true when it passes. Lengths count UTF-16 units. Where WeChat leaves a rule open
 * this is the refusing side, and it shares nothing with the checks of the service, so that the two can be compared.
 */
export function passesRule(kind: FieldKind, value: string, listed: readonly string[] = []): boolean {
  if (UNPRINTABLE.test(value)) return false;
  switch (kind) {
    case 'thing':
      return value.length <= 20;
    case 'number':
      return value.length <= 32 && /^[0-9]+(\.[0-9]+)?$/.test(value);
    case 'letter':
      return /^[A-Za-z]{1,32}$/.test(value);
    case 'symbol':
      return value.length <= 5 && /^[\p{P}\p{S}]+$/u.test(value);
    case 'character_string':
      return /^[ -~]{1,32}$/.test(value);
    case 'time':
      return isTimeValue(value);
    case 'date':
      return isDateValue(value);
    case 'amount':
      return /^[¥￥$€£]?[0-9]{1,10}(\.[0-9]{1,2})?元?$/.test(value);
    case 'phone_number':
      return /^\+?[0-9() -]{1,16}$/.test(value) && /[0-9]/.test(value);
    case 'car_number':
      return value.length <= 8 && /^[\p{sc=Han}A-Za-z0-9]([A-Za-z0-9]*[\p{sc=Han}A-Za-z0-9])?$/u.test(value);
    case 'name':
      return value.length <= (HAN.test(value) ? 10 : 20) && /^[\p{L}\p{M}\p{P}\p{S} ]+$/u.test(value);
    case 'phrase':
      return value.length <= 5 && /^\p{sc=Han}+$/u.test(value);
    case 'enum_string':
    case 'enum':
      return listed.includes(value);
  }
}

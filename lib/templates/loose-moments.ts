import { toHalfWidth } from './fit-text.ts';

/** A date as a person wrote it, with the parts that it names. */
export interface WrittenDate {
  readonly year?: string;
  readonly month?: string;
  readonly day?: string;
  /** What stands between the parts; `年` for 2026年1月31日. */
  readonly joiner: string;
}

/** A time of the day as a person wrote it. */
export interface WrittenClock {
  readonly hour: string;
  readonly minute: string;
  readonly second?: string;
  /** Whether it is 24:00, which a 24-hour clock may or may not have. */
  readonly endOfDay: boolean;
}

/** One point in time: a date, a clock, or both. */
export interface Point {
  readonly date?: WrittenDate;
  readonly clock?: WrittenClock;
}

/** Longer than any spelling of two points: what is longer is not read. */
export const LONGEST_MOMENT = 100;

/** What people put between the two points of a range. */
export const RANGE_JOINER: RegExp = /[~〜∼–]|—{1,2}|至|到/u;

const DATES: readonly RegExp[] = [
  /^(?:(?<year>\d{4}|\d{2})(?<joiner>年))?(?:(?<month>\d{1,2})月)?(?:(?<day>\d{1,2})[日号])?$/,
  /^(?<year>\d{4}|\d{2})(?<joiner>[-/.])(?<month>\d{1,2})[-/.](?<day>\d{1,2})$/,
  /^(?<year>\d{4})(?<joiner>[-/.])(?<month>\d{1,2})$/,
  /^(?<month>\d{1,2})(?<joiner>[-/.])(?<day>\d{1,2})$/,
  /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})$/,
];

const CLOCKS: readonly RegExp[] = [
  /^(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d{1,9})?)?$/,
  /^(?<hour>\d{1,2})[点时](?:(?<minute>\d{1,2})分?(?:(?<second>\d{1,2})秒)?)?$/,
];

const DAYS_IN_MONTH: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Every way to read a text as one point or as a range of two. A hyphen stands in dates too, so that each of them may be
 * the one that joins.
 */
export function rangesIn(text: string): readonly (readonly string[])[] {
  const half = toHalfWidth(text);
  const joined = half.split(RANGE_JOINER).map((point) => point.trim());
  if (joined.length > 1) return joined.length === 2 ? [joined] : [];
  const hyphens = [...half.matchAll(/-/g)].map(({ index }) => [
    half.slice(0, index).trim(),
    half.slice(index + 1).trim(),
  ]);
  return [[half.trim()], ...hyphens];
}

/** Reads one point, whatever its spelling. */
export function pointIn(text: string): Point | undefined {
  const tidy = text.replace(/\s*([年月点时分])\s*/gu, '$1').replace(/\s+([日号])/gu, '$1');
  const date = dateIn(tidy);
  if (date) return { date };
  const clock = clockIn(tidy);
  if (clock) return { clock };
  const [, day = '', time = ''] = /^(.*?(?:[日号]|月|\s))\s*(\d{1,2}[:点时].*)$/u.exec(tidy) ?? [];
  const [before, after] = [dateIn(day.trim()), clockIn(time)];
  return before && after && { date: before, clock: after };
}

/** Reads a date. Whether it exists is another question. */
export function dateIn(text: string): WrittenDate | undefined {
  if (text === '') return undefined;
  const parts = firstMatch(DATES, text);
  if (!parts) return undefined;
  const { year, month, day, joiner } = parts;
  return {
    joiner: joiner ?? (/[月日号]/.test(text) ? '年' : '-'),
    ...(year !== undefined && { year }),
    ...(month !== undefined && { month }),
    ...(day !== undefined && { day }),
  };
}

/** Reads a time of the day that a 24-hour clock shows, 24:00 among them. */
export function clockIn(text: string): WrittenClock | undefined {
  const parts = firstMatch(CLOCKS, text);
  if (!parts) return undefined;
  const { hour = '', minute = '00', second } = parts;
  const endOfDay = hour === '24' && Number(minute) === 0 && Number(second ?? 0) === 0;
  if (Number(hour) > 23 && !endOfDay) return undefined;
  if (Number(minute) > 59 || Number(second ?? 0) > 59) return undefined;
  return { hour, minute, endOfDay, ...(second !== undefined && { second }) };
}

/** Whether the calendar has the date, as far as it is written. 29 February is in some year. */
export function exists({ year, month, day }: WrittenDate): boolean {
  if (month === undefined) return day === undefined || (Number(day) >= 1 && Number(day) <= 31);
  const days = DAYS_IN_MONTH[Number(month) - 1];
  if (days === undefined) return false;
  if (day === undefined) return true;
  if (Number(month) === 2 && Number(day) === 29 && year !== undefined) return isLeapYear(year);
  return Number(day) >= 1 && Number(day) <= days;
}

function isLeapYear(year: string): boolean {
  const number = Number(year.length === 2 ? `20${year}` : year);
  return number % 4 === 0 && (number % 100 !== 0 || number % 400 === 0);
}

function firstMatch(forms: readonly RegExp[], text: string): Readonly<Record<string, string>> | undefined {
  for (const form of forms) {
    const parts = form.exec(text)?.groups;
    if (parts) return parts;
  }
  return undefined;
}

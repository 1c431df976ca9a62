import { toHalfWidth } from './fit-text.ts';

type MomentError = 'wrong-form' | 'no-such-date';

/** What WeChat's rule does not surely take in a date or time. */
type MomentDoubt = 'bare-date' | 'unusual-form';

type MomentGrade = 'sure' | MomentDoubt | MomentError;

/** The written forms of a date (WeChat contract §4). Month and day need no leading zero. */
const DATE_FORMS: readonly RegExp[] = [
  /^\d{4}年\d{1,2}月\d{1,2}日$/,
  /^\d{4}年\d{1,2}月$/,
  /^\d{1,2}月\d{1,2}日$/,
  /^\d{4}([-/.])\d{1,2}\1\d{1,2}$/,
  /^\d{4}[-/.]\d{1,2}$/,
  /^\d{1,2}[-/.]\d{1,2}$/,
];

const CLOCK_FORM = /^\d{2}:\d{2}(?::\d{2})?$/;

/** What surely makes WeChat refuse a date or time (WeChat contract §4). */
export function momentError(kind: 'date' | 'time', value: string): MomentError | undefined {
  const grade = gradeMoment(kind, value);
  return grade === 'wrong-form' || grade === 'no-such-date' ? grade : undefined;
}

/** What may make WeChat refuse a date or time that has no fault. */
export function momentDoubt(kind: 'date' | 'time', value: string): MomentDoubt | undefined {
  const grade = gradeMoment(kind, value);
  return grade === 'bare-date' || grade === 'unusual-form' ? grade : undefined;
}

/**
 * Sure is one point, or two joined by a half-width `~`: a clock or a date with a clock for a `time`, a date
 * with or without a clock for a `date`. What a person reads as such in another spelling is doubtful, but for
 * the full-width `～`, which WeChat was seen to refuse. 29 February passes where no year is given.
 */
function gradeMoment(kind: 'date' | 'time', value: string): MomentGrade {
  if (value.includes('～') || value.length > LONGEST_MOMENT) return 'wrong-form';
  const plain = value.split('~');
  if (plain.length <= 2 && plain.every((point) => isSure(kind, point))) return 'sure';
  const grades = rangesIn(value).map((points) => gradeRange(kind, points));
  const best = grades.find((grade) => grade === 'bare-date' || grade === 'unusual-form');
  return best ?? (grades.includes('no-such-date') ? 'no-such-date' : 'wrong-form');
}

function isSure(kind: 'date' | 'time', point: string): boolean {
  const [first = '', second, ...more] = point.split(' ');
  if (more.length > 0) return false;
  if (second === undefined) return kind === 'time' ? isSureClock(first) : isSureDate(first);
  return isSureDate(first) && dateIn(first)?.day !== undefined && isSureClock(second);
}

function isSureClock(text: string): boolean {
  return CLOCK_FORM.test(text) && clockIn(text)?.endOfDay === false;
}

function isSureDate(text: string): boolean {
  const date = dateIn(text);
  return date !== undefined && exists(date) && DATE_FORMS.some((form) => form.test(text));
}

function gradeRange(kind: 'date' | 'time', texts: readonly string[]): MomentGrade {
  const points = texts.map(pointIn);
  const [first] = points;
  const fits = points.every((point, index) => {
    if (!point) return false;
    if (kind === 'time' || point.date) return true;
    // The end of a range of one day: 2026-01-31 15:01~16:30.
    return index === 1 && first?.date !== undefined && first.clock !== undefined;
  });
  if (!fits) return 'wrong-form';
  if (points.some((point) => point?.date && !exists(point.date))) return 'no-such-date';
  return kind === 'time' && texts.every(isSureDate) ? 'bare-date' : 'unusual-form';
}

/** A date as a person wrote it, with the parts that it names. */
export interface WrittenDate {
  readonly year?: string;
  readonly month?: string;
  readonly day?: string;
  /** What stands between the parts; `年` for 2026年1月31日. */
  readonly joiner: string;
}

interface WrittenClock {
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
 * Every way to read a text as one point or as a range of two. A hyphen stands in dates too, so that each of
 * them may be the one that joins.
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
function dateIn(text: string): WrittenDate | undefined {
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
function clockIn(text: string): WrittenClock | undefined {
  const parts = firstMatch(CLOCKS, text);
  if (!parts) return undefined;
  const { hour = '', minute = '00', second } = parts;
  const endOfDay = hour === '24' && Number(minute) === 0 && Number(second ?? 0) === 0;
  if (Number(hour) > 23 && !endOfDay) return undefined;
  if (Number(minute) > 59 || Number(second ?? 0) > 59) return undefined;
  return { hour, minute, endOfDay, ...(second !== undefined && { second }) };
}

/** Whether the calendar has the date, as far as it is written. 29 February is in some year. */
function exists({ year, month, day }: WrittenDate): boolean {
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

/** What is wrong with a date or time. */
export type MomentFault = 'wrong-form' | 'no-such-date';

interface CalendarDate {
  readonly year?: number;
  readonly month: number;
  readonly day?: number;
}

/**
 * The written forms of a date (WeChat contract §4). Joined forms are taken only with two-digit months and days, as in
 * WeChat's samples; 年月日 forms also with one digit.
 */
const DATE_FORMS: readonly RegExp[] = [
  /^(?<year>\d{4})年(?<month>\d{1,2})月(?<day>\d{1,2})日$/,
  /^(?<year>\d{4})年(?<month>\d{1,2})月$/,
  /^(?<month>\d{1,2})月(?<day>\d{1,2})日$/,
  /^(?<year>\d{4})(?<joiner>[-/.])(?<month>\d{2})\k<joiner>(?<day>\d{2})$/,
  /^(?<year>\d{4})[-/.](?<month>\d{2})$/,
  /^(?<month>\d{2})[-/.](?<day>\d{2})$/,
];

const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;

const DAYS_IN_MONTH: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Checks the value of a `date` or `time` field (WeChat contract §4): one point, or two joined by a half-width `~`.
 *
 * A date point is a date; a time point is a clock. A date with a day, a space and a clock is both. A bare date in a
 * `time` field is unconfirmed and refused, so is a clock after a date without a day. 29 February passes where no year
 * is given.
 */
export function momentFault(kind: 'date' | 'time', value: string): MomentFault | undefined {
  const points = value.split('~');
  if (points.length > 2) return 'wrong-form';
  const faults = points.map((point) => pointFault(kind, point));
  return faults.includes('wrong-form') ? 'wrong-form' : faults.find((fault) => fault !== undefined);
}

function pointFault(kind: 'date' | 'time', point: string): MomentFault | undefined {
  const [first = '', second, ...more] = point.split(' ');
  if (more.length > 0) return 'wrong-form';
  if (second === undefined) {
    if (kind === 'time') return CLOCK.test(first) ? undefined : 'wrong-form';
    return dateFault(first, { withDay: false });
  }
  return CLOCK.test(second) ? dateFault(first, { withDay: true }) : 'wrong-form';
}

function dateFault(text: string, { withDay }: { withDay: boolean }): MomentFault | undefined {
  const date = readDate(text);
  if (!date || (withDay && date.day === undefined)) return 'wrong-form';
  return exists(date) ? undefined : 'no-such-date';
}

function readDate(text: string): CalendarDate | undefined {
  for (const form of DATE_FORMS) {
    const parts = form.exec(text)?.groups;
    if (!parts) continue;
    const { year, month, day } = parts;
    return {
      month: Number(month),
      ...(year === undefined ? {} : { year: Number(year) }),
      ...(day === undefined ? {} : { day: Number(day) }),
    };
  }
  return undefined;
}

function exists({ year, month, day }: CalendarDate): boolean {
  const days = DAYS_IN_MONTH[month - 1];
  if (days === undefined) return false;
  if (day === undefined) return true;
  if (month === 2 && day === 29 && year !== undefined) return isLeapYear(year);
  return day >= 1 && day <= days;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

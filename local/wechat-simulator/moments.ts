const CLOCK = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;

/** A leap year stands in where a date names none, so that 02-29 is one. */
const ANY_YEAR = 2020;

/**
 * Every spelling of a date that has a day (WeChat contract §4). Between 年, 月 and 日 one digit will do; the forms with
 * separators are known with two only.
 */
const DAYS: readonly RegExp[] = [
  /^(?<y>\d{4})年(?<m>\d{1,2})月(?<d>\d{1,2})日$/,
  /^(?<m>\d{1,2})月(?<d>\d{1,2})日$/,
  /^(?<y>\d{4})(?<sep>[-/.])(?<m>\d{2})\k<sep>(?<d>\d{2})$/,
  /^(?<m>\d{2})[-/.](?<d>\d{2})$/,
];

const MONTHS: readonly RegExp[] = [/^\d{4}年(?<m>\d{1,2})月$/, /^\d{4}[-/.](?<m>\d{2})$/];

/** `time`: a clock time, a date may precede it, or a range of two; a bare date is not known to pass. */
export function isTimeValue(value: string): boolean {
  return isPointOrRange(value, (point) => CLOCK.test(point) || isDayWithClock(point));
}

/** `date`: a date, a clock time may follow its day, or a range of two. */
export function isDateValue(value: string): boolean {
  return isPointOrRange(value, (point) => isDay(point) || isMonth(point) || isDayWithClock(point));
}

function isPointOrRange(value: string, isPoint: (point: string) => boolean): boolean {
  const points = value.split('~');
  return points.length <= 2 && points.every(isPoint);
}

function isDayWithClock(point: string): boolean {
  const parts = point.split(' ');
  const [day, clock] = parts;
  return parts.length === 2 && day !== undefined && clock !== undefined && isDay(day) && CLOCK.test(clock);
}

function isDay(text: string): boolean {
  return DAYS.some((form) => {
    const found = form.exec(text)?.groups;
    return (
      found !== undefined && isRealDay(Number(found['y'] ?? ANY_YEAR), Number(found['m']), Number(found['d']))
    );
  });
}

function isMonth(text: string): boolean {
  return MONTHS.some((form) => {
    const month = Number(form.exec(text)?.groups?.['m'] ?? 0);
    return month >= 1 && month <= 12;
  });
}

function isRealDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

import { isRealDate, zonedParts } from '../time-zone.ts';
import {
  LONGEST_MOMENT as LONGEST,
  type Point,
  pointIn,
  RANGE_JOINER,
  rangesIn,
  type WrittenDate,
} from './date-times.ts';

/**
 * RFC 3339 date-time, also without offset, to the second; fractions are not shown by WeChat and fall away.
 */
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

/** Zones were not yet agreed on before this year, and `Intl` would then shift by odd seconds. */
const FIRST_YEAR = 1970;

/**
 * Puts a date, a time or a range of two into WeChat's form (WeChat contract §4), each point on its own. A
 * moment that names its offset is written in `timeZone`. What is not understood stays as it was.
 */
export function fitMoment(text: string, timeZone: string): string {
  if (text.length > LONGEST) return text;
  const points = text.split(RANGE_JOINER).map((point) => point.trim());
  const fitted = points.map((point) => fitPoint(point, timeZone));
  if (fitted.every((point) => point !== undefined)) return fitted.join('~');
  const range = points.length === 1 ? rangeByHyphen(text) : undefined;
  return range?.join('~') ?? points.map((point, index) => fitted[index] ?? point).join('~');
}

/** The two points that a hyphen joins, where only one hyphen can be the one. */
function rangeByHyphen(text: string): readonly string[] | undefined {
  const ranges = rangesIn(text).flatMap((texts) => {
    const points = texts.map(pointIn);
    const [first, second] = points.map((point) => point && shapeOf(point));
    if (first === undefined || second === undefined) return [];
    if (first !== second && text.split('-').length > 2) return [];
    const written = points.flatMap((point) => (point && writePoint(point)) ?? []);
    return written.length === 2 ? [written] : [];
  });
  return ranges.length === 1 ? ranges[0] : undefined;
}

function shapeOf({ date, clock }: Point): string {
  return Object.keys({ ...date, ...clock })
    .toSorted()
    .join();
}

function fitPoint(point: string, timeZone: string): string | undefined {
  const [, date, hour, minute, second = '00', offset] = DATE_TIME.exec(point) ?? [];
  if (!date) {
    const read = pointIn(point);
    return read && writePoint(read);
  }
  const clock = `${hour}:${minute}:${second}`;
  if (offset === undefined) return `${date} ${withoutZeroSeconds(clock)}`;
  return inZone(`${date}T${clock}${offset.toUpperCase()}`, timeZone);
}

/** A point in WeChat's form, or undefined where that would say more or less than was written. */
function writePoint({ date, clock }: Point): string | undefined {
  const day = date && writeDate(date);
  if (!clock) return day;
  if (clock.endOfDay) return undefined;
  const time = [clock.hour, clock.minute, ...(clock.second === undefined ? [] : [clock.second])]
    .map(pad)
    .join(':');
  if (!date) return time;
  return day !== undefined && date.day !== undefined ? `${day} ${time}` : undefined;
}

function writeDate({ year, month, day, joiner }: WrittenDate): string | undefined {
  if (month === undefined || (year === undefined ? day === undefined : year.length !== 4)) return undefined;
  if (joiner !== '年') {
    return [year, pad(month), day && pad(day)].filter((part) => part !== undefined).join(joiner);
  }
  const parts = [year && `${year}年`, `${month}月`, day && `${day}日`];
  return parts.filter((part) => part !== undefined).join('');
}

function inZone(moment: string, timeZone: string): string | undefined {
  const atMs = Date.parse(moment);
  if (Number.isNaN(atMs) || !isRealDate(moment.slice(0, 10))) return undefined;
  if (Number(moment.slice(0, 4)) < FIRST_YEAR) return undefined;
  const { date, time } = zonedParts(atMs, timeZone);
  return `${date} ${withoutZeroSeconds(time)}`;
}

function withoutZeroSeconds(clock: string): string {
  return clock.replace(/^(\d{2}:\d{2}):00$/, '$1');
}

function pad(digits: string): string {
  return digits.padStart(2, '0');
}

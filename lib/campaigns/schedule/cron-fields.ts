import type { BilingualText } from '../../bilingual-text.ts';

/** EventBridge's six cron fields as croner's seven, or what is wrong with them. */
type CronPattern =
  | { readonly type: 'pattern'; readonly pattern: string }
  | { readonly type: 'bad'; readonly invalid: BilingualText };

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  readonly steps: boolean;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const MINUTES: Field = { name: 'minutes', min: 0, max: 59, steps: true };
const HOURS: Field = { name: 'hours', min: 0, max: 23, steps: true };
const DAY_OF_MONTH: Field = { name: 'day-of-month', min: 1, max: 31, steps: true };
const MONTH: Field = { name: 'month', min: 1, max: 12, names: MONTHS, steps: true };
const DAY_OF_WEEK: Field = { name: 'day-of-week', min: 1, max: 7, names: WEEKDAYS, steps: false };
const YEAR: Field = { name: 'year', min: 1970, max: 2199, steps: true };

class CronFieldError extends Error {
  readonly text: BilingualText;

  constructor(text: BilingualText) {
    super(text.en);
    this.text = text;
  }
}

/**
 * Reads the inside of `cron(…)` as EventBridge Scheduler documents it: six fields, `?` in exactly one of the
 * two fields for days, `L` and `W` for days of the month, `L` and `#` for days of the week, of which 1 is
 * Sunday.
 */
export function readCronFields(text: string): CronPattern {
  const fields = text.trim().split(/\s+/);
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  if (fields.length !== 6) {
    return bad({
      en: `has ${fields.length} fields; it takes 6: minutes hours day-of-month month day-of-week year`,
      zh: `有 ${fields.length} 个字段，应为 6 个：分 时 日 月 星期 年`,
    });
  }
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    return bad({
      en: 'must have ? in one of day-of-month and day-of-week, and in one only',
      zh: '“日”和“星期”必须且只能有一个为 ?',
    });
  }
  try {
    const parts = [
      '0',
      list(MINUTES, minutes),
      list(HOURS, hours),
      daysOfMonth(dayOfMonth),
      list(MONTH, month),
      daysOfWeek(dayOfWeek),
      list(YEAR, year),
    ];
    return { type: 'pattern', pattern: parts.join(' ') };
  } catch (error) {
    if (error instanceof CronFieldError) return bad(error.text);
    throw error;
  }
}

const bad = (invalid: BilingualText): CronPattern => ({ type: 'bad', invalid });

function daysOfMonth(text: string): string {
  if (text === '?') return '*';
  if (text === 'L') return 'L';
  const nearest = /^(\d{1,2})W$/.exec(text)?.[1];
  return nearest === undefined ? list(DAY_OF_MONTH, text) : `${number(DAY_OF_MONTH, nearest)}W`;
}

function daysOfWeek(text: string): string {
  if (text === '?') return '*';
  // The last day of the week is Saturday.
  if (text === 'L') return '6';
  const [, last] = /^(\w+?)L$/.exec(text) ?? [];
  if (last !== undefined) return `${weekday(last)}#L`;
  const [, day, nth] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  if (day !== undefined && nth !== undefined) return `${weekday(day)}#${nth}`;
  // Croner counts from 0, EventBridge from 1.
  return list(DAY_OF_WEEK, text, (value) => value - 1);
}

const weekday = (text: string) => number(DAY_OF_WEEK, text) - 1;

/** Values, ranges and steps with commas between. */
function list(field: Field, text: string, shown: (value: number) => number = (value) => value): string {
  return text
    .split(',')
    .map((part) => item(field, part, shown))
    .join(',');
}

function item(field: Field, text: string, shown: (value: number) => number): string {
  const [range = '', step, ...more] = text.split('/');
  if (more.length > 0 || (step !== undefined && !field.steps)) throw invalid(field, text);
  const [from, to] = bounds(field, range, step !== undefined);
  if (step === undefined) return from === to ? `${shown(from)}` : `${shown(from)}-${shown(to)}`;
  if (!/^\d{1,4}$/.test(step) || Number(step) < 1) throw invalid(field, text);
  // A step beyond the range leaves its first value only.
  return Number(step) > to - from ? `${shown(from)}` : `${shown(from)}-${shown(to)}/${Number(step)}`;
}

function bounds(field: Field, range: string, open: boolean): [number, number] {
  if (range === '*') return [field.min, field.max];
  const [first = '', last, ...more] = range.split('-');
  if (more.length > 0) throw invalid(field, range);
  const from = number(field, first);
  if (last === undefined) return [from, open ? field.max : from];
  const to = number(field, last);
  if (to < from) {
    throw new CronFieldError({
      en: `has a range in ${field.name} that ends before it begins: ${range}`,
      zh: `${field.name} 的范围起止颠倒：${range}`,
    });
  }
  return [from, to];
}

function number(field: Field, text: string): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + field.min : Number(text);
  if (named < 0 && !/^\d{1,4}$/.test(text)) throw invalid(field, text);
  if (value >= field.min && value <= field.max) return value;
  throw new CronFieldError({
    en: `has ${text} in ${field.name}, which takes ${field.min} to ${field.max}`,
    zh: `${field.name} 的取值范围是 ${field.min} 到 ${field.max}，不能是 ${text}`,
  });
}

function invalid(field: Field, text: string): CronFieldError {
  const shown = text.slice(0, 40);
  return new CronFieldError({
    en: `has something in ${field.name} that cannot be read: ${shown}`,
    zh: `${field.name} 中有无法识别的内容：${shown}`,
  });
}

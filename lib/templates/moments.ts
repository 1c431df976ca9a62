import { clockIn, dateIn, exists, LONGEST_MOMENT, pointIn, rangesIn } from './loose-moments.ts';

/** What is wrong with a date or time. */
export type MomentError = 'wrong-form' | 'no-such-date';

/** What WeChat's rule does not surely take in a date or time. */
export type MomentDoubt = 'bare-date' | 'unusual-form';

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
 * Sure is one point, or two joined by a half-width `~`: a clock or a date with a clock for a `time`, a date with or
 * without a clock for a `date`. What a person reads as such in another spelling is doubtful, but for the full-width
 * `～`, which WeChat was seen to refuse. 29 February passes where no year is given.
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

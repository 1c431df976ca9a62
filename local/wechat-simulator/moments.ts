/** What is known of one spelling of a date or time: WeChat takes it, may take it, or has no such day or hour. */
export type MomentGrade = 'sure' | 'doubtful' | 'refused';

/** A leap year stands in where a date names none, so that 02-29 is one. */
const ANY_YEAR = 2020;

const HOUR = '(?:[01]?\\d|2[0-3])';
const SIXTY = '[0-5]\\d';

/** A 24-hour clock as WeChat writes it. */
const CLOCK = new RegExp(`^(?:[01]\\d|2[0-3]):${SIXTY}(?::${SIXTY})?$`);

/** Others that a person reads as one: one digit for the hour, 点 and 分, fractions, the end of the day. */
const OTHER_CLOCK = [
  `(?:${HOUR}:${SIXTY}(?::${SIXTY}(?:\\.\\d{1,9})?)?)`,
  '(?:24:00(?::00(?:\\.\\d{1,9})?)?)',
  `(?:${HOUR}[点时](?:[0-5]?\\d分?(?:[0-5]?\\d秒)?)?)`,
  '(?:24[点时](?:00?分?(?:00?秒)?)?)',
].join('|');

const BARE_CLOCK = new RegExp(`^(?:${OTHER_CLOCK})$`);
const DAY_THEN_CLOCK = new RegExp(`^(?<day>.*?(?:[日号月]|(?=\\s)))\\s*(?<clock>${OTHER_CLOCK})$`);

/** Every spelling of a date that WeChat names (WeChat contract §4). */
const DATES: readonly RegExp[] = [
  /^(?<y>\d{4})年(?<m>\d{1,2})月(?<d>\d{1,2})日$/,
  /^(?<m>\d{1,2})月(?<d>\d{1,2})日$/,
  /^(?<y>\d{4})(?<sep>[-/.])(?<m>\d{1,2})\k<sep>(?<d>\d{1,2})$/,
  /^(?<m>\d{1,2})[-/.](?<d>\d{1,2})$/,
  /^(?<y>\d{4})年(?<m>\d{1,2})月$/,
  /^(?<y>\d{4})[-/.](?<m>\d{1,2})$/,
];

/** Others that a person reads as one. */
const OTHER_DATES: readonly RegExp[] = [
  ...DATES,
  /^(?=.)(?:(?<y>\d{4}|\d{2})年)?(?:(?<m>\d{1,2})月)?(?:(?<d>\d{1,2})[日号])?$/,
  /^(?<y>\d{4}|\d{2})[-/.](?<m>\d{1,2})[-/.](?<d>\d{1,2})$/,
  /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})$/,
];

/** `time`: a clock time, a date may precede it, or a range of two; a bare date is doubtful. */
export function gradeTime(value: string): MomentGrade {
  const isTime = (point: string) => CLOCK.test(point) || isDayWithClock(point);
  const isLike = (point: string) => isOtherClock(point) || isOtherDate(point) || isOtherDayWithClock(point);
  return gradeRange(value, isTime, ([from = '', to]) => isLike(from) && (to === undefined || isLike(to)));
}

/** `date`: a date, a clock time may follow its day, or a range of two; the end of one within a day is doubtful. */
export function gradeDate(value: string): MomentGrade {
  const isDate = (point: string) => isWrittenDate(point, DATES) || isDayWithClock(point);
  const isLike = (point: string) => isOtherDate(point) || isOtherDayWithClock(point);
  return gradeRange(
    value,
    isDate,
    ([from = '', to]) =>
      isLike(from) && (to === undefined || isLike(to) || (isOtherDayWithClock(from) && isOtherClock(to))),
  );
}

function gradeRange(
  value: string,
  isSure: (point: string) => boolean,
  isLike: (points: readonly string[]) => boolean,
): MomentGrade {
  // A full-width tilde was seen to be refused; nothing so long is one moment or two.
  if (value.includes('\uff5e') || value.length > 100) return 'refused';
  const points = value.split('~');
  if (points.length <= 2 && points.every(isSure)) return 'sure';
  return readings(halfWidth(value)).some(isLike) ? 'doubtful' : 'refused';
}

/** As one point, as two with a joiner between them, or as two at any hyphen. */
function readings(text: string): readonly (readonly string[])[] {
  const parts = text.split(/~|\u301c|\u223c|\u2013|\u2014\u2014?|至|到/);
  if (parts.length > 1) return parts.length === 2 ? [parts] : [];
  const at = [...text].flatMap((character, index) => (character === '-' ? [index] : []));
  return [[text], ...at.map((index) => [text.slice(0, index), text.slice(index + 1)])];
}

function isDayWithClock(point: string): boolean {
  const [day = '', clock = '', ...more] = point.split(' ');
  return more.length === 0 && isWrittenDate(day, DATES, 'd') && CLOCK.test(clock);
}

function isOtherClock(text: string): boolean {
  return BARE_CLOCK.test(tidy(text));
}

function isOtherDate(text: string): boolean {
  return isWrittenDate(tidy(text), OTHER_DATES);
}

function isOtherDayWithClock(text: string): boolean {
  const found = DAY_THEN_CLOCK.exec(tidy(text));
  const { day = '', clock } = found?.groups ?? {};
  return clock !== undefined && isWrittenDate(day, OTHER_DATES);
}

function isWrittenDate(text: string, forms: readonly RegExp[], needed?: 'd'): boolean {
  return forms.some((form) => {
    const parts = form.exec(text)?.groups;
    if (!parts || (needed && parts[needed] === undefined)) return false;
    const { y, m, d = '1' } = parts;
    const year = y === undefined ? ANY_YEAR : Number(y.length === 2 ? `20${y}` : y);
    return isRealDay(year, m === undefined ? 1 : Number(m), Number(d));
  });
}

/** The calendar repeats every 400 years. */
function isRealDay(year: number, month: number, day: number): boolean {
  const last = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  return month >= 1 && month <= 12 && day >= 1 && day <= last;
}

/** Around 年, 月, 日, 点, 时, 分 and 号 white space says nothing. */
function tidy(text: string): string {
  return text
    .trim()
    .replace(/\s*([年月点时分])\s*/g, '$1')
    .replace(/\s+([日号])/g, '$1');
}

function halfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5d]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
}

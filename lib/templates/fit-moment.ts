/** RFC 3339 date-time, also without offset, to the second; fractions are not shown by WeChat and fall away. */
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

/** Zones were not yet agreed on before this year, and `Intl` would then shift by odd seconds. */
const FIRST_YEAR = 1970;

/**
 * Puts a date, a time or a range of two into WeChat's form (WeChat contract §4), each point on its own. A moment that
 * names its offset is told in `timeZone`. What is not understood stays as it was.
 */
export function fitMoment(text: string, timeZone: string): string {
  return text
    .replaceAll('～', '~')
    .split('~')
    .map((point) => fitPoint(point.trim(), timeZone))
    .join('~');
}

function fitPoint(point: string, timeZone: string): string {
  const [, date, hour, minute, second = '00', offset] = DATE_TIME.exec(point) ?? [];
  if (!date) return fitWritten(point);
  const clock = `${hour}:${minute}:${second}`;
  if (offset === undefined) return `${date} ${withoutZeroSeconds(clock)}`;
  return inZone(`${date}T${clock}${offset.toUpperCase()}`, timeZone) ?? point;
}

/** Adds the zeros and the space that were left out; the order of year, month and day must be plain already. */
function fitWritten(point: string): string {
  return point
    .replace(/^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/, (_all, year, joiner, month, day) =>
      [year, pad(month), pad(day)].join(joiner),
    )
    .replace(/日(?=\d)/, '日 ')
    .replace(/ {2,}/, ' ')
    .replace(/(^| )(\d:\d{2}(?::\d{2})?)$/, '$10$2');
}

function inZone(moment: string, timeZone: string): string | undefined {
  const atMs = Date.parse(moment);
  // Date.parse takes 30 February for 2 March: only a date that reads back unchanged exists.
  const named = Date.parse(`${moment.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(atMs) || Number.isNaN(named)) return undefined;
  if (new Date(named).toISOString().slice(0, 10) !== moment.slice(0, 10)) return undefined;
  if (Number(moment.slice(0, 4)) < FIRST_YEAR) return undefined;
  const parts = Object.fromEntries(
    zoneFormat(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, value]),
  );
  const { year, month, day, hour, minute, second } = parts;
  return `${year}-${month}-${day} ${withoutZeroSeconds(`${hour}:${minute}:${second}`)}`;
}

/** One per zone, since making one takes longer than using it. */
const zoneFormats = new Map<string, Intl.DateTimeFormat>();

function zoneFormat(timeZone: string): Intl.DateTimeFormat {
  const format = zoneFormats.get(timeZone) ?? newZoneFormat(timeZone);
  zoneFormats.set(timeZone, format);
  return format;
}

function newZoneFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

function withoutZeroSeconds(clock: string): string {
  return clock.replace(/^(\d{2}:\d{2}):00$/, '$1');
}

function pad(digits: string): string {
  return digits.padStart(2, '0');
}

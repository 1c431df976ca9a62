/** One for each zone, because making one takes longer than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** What a zone's clocks are read with, for Gregorian years and 24 hours. @throws RangeError for a zone that does not exist */
export function zoneFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
}

/** What a zone's calendar and clocks show at a moment. */
export interface ZonedParts {
  /** `2026-12-01`. */
  readonly date: string;
  /** `08:05:00`. */
  readonly time: string;
}

/** Reads a zone's calendar and clocks. @throws RangeError for a zone that does not exist */
export function zonedParts(atMs: number, timeZone: string): ZonedParts {
  const parts = zoneFormat(timeZone).formatToParts(atMs);
  const {
    year = '',
    month,
    day,
    hour,
    minute,
    second,
  } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return { date: `${year.padStart(4, '0')}-${month}-${day}`, time: `${hour}:${minute}:${second}` };
}

import type { BilingualText } from './bilingual-text.ts';

/** Cached, because making one takes longer than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats Gregorian years and 24 hours. @throws RangeError for a zone that does not exist */
function zoneFormat(timeZone: string): Intl.DateTimeFormat {
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

/** A zone's calendar and clocks at a moment. */
interface ZonedParts {
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

const DAY_MS = 24 * 60 * 60 * 1000;

const ZONE_RULE: BilingualText = {
  en: 'must be an IANA time zone, such as Asia/Shanghai',
  zh: '应为 IANA 时区名，例如 Asia/Shanghai',
};

/** What is wrong with the name of a time zone, if anything. It must be spelt as IANA does. */
export function timezoneError(timezone: string): BilingualText | undefined {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(timezone)) return ZONE_RULE;
  try {
    const { timeZone: spelt } = zoneFormat(timezone).resolvedOptions();
    if (spelt === timezone || spelt.toLowerCase() !== timezone.toLowerCase()) return undefined;
    return { en: `must be spelt ${spelt}`, zh: `应写作 ${spelt}` };
  } catch {
    return ZONE_RULE;
  }
}

/** What a zone's clocks show at a moment, as the moment at which UTC's clocks show the same. */
export function wallClockAt(atMs: number, timezone: string): number {
  const { date, time } = zonedParts(atMs, timezone);
  return Date.parse(`${date}T${time}Z`);
}

/**
 * The moment at which a zone's clocks show `wallMs` (see {@link wallClockAt}). Of a time that comes twice it
 * is the first; undefined for a time that clocks leap over.
 */
export function momentOf(wallMs: number, timezone: string): number | undefined {
  // A zone changes its clocks once in two days at most: its offset is that of the day before or the day
  // after.
  const offsets = [wallMs - DAY_MS, wallMs + DAY_MS].map((nearMs) => wallClockAt(nearMs, timezone) - nearMs);
  return offsets
    .map((offsetMs) => wallMs - offsetMs)
    .toSorted((a, b) => a - b)
    .find((atMs) => wallClockAt(atMs, timezone) === wallMs);
}

/** Whether a date exists. Date.parse takes 30 February for 2 March: it must come out as it went in. */
export function isRealDate(date: string): boolean {
  const atMs = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(date);
}

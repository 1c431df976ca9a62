import type { BilingualText } from '../../bilingual-text.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a zone's clocks can be read with; made once for each zone, because that takes longer than reading. */
function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timezone, format);
  return format;
}

const ZONE_RULE: BilingualText = {
  en: 'must be an IANA time zone, such as Asia/Shanghai',
  zh: '应为 IANA 时区名，例如 Asia/Shanghai',
};

/** What is wrong with the name of a time zone, if anything: it must be IANA's, spelt as IANA does. */
export function timezoneFault(timezone: string): BilingualText | undefined {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(timezone)) return ZONE_RULE;
  try {
    const { timeZone: spelt } = formatOf(timezone).resolvedOptions();
    if (spelt === timezone || spelt.toLowerCase() !== timezone.toLowerCase()) return undefined;
    return { en: `must be spelt ${spelt}`, zh: `应写作 ${spelt}` };
  } catch {
    return ZONE_RULE;
  }
}

/** What a zone's clocks show at a moment, as the milliseconds that UTC's clocks would show the same at. */
export function wallClockAt(atMs: number, timezone: string): number {
  const parts = Object.fromEntries(
    formatOf(timezone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/**
 * The moment at which a zone's clocks show `wallMs` (see {@link wallClockAt}). Of a time that comes twice, when clocks go
 * back, the first; undefined for one that they leap over when they go forward.
 */
export function momentOf(wallMs: number, timezone: string): number | undefined {
  // A zone changes its clocks once in two days at most: its offset is that of the day before or the day after.
  const offsets = [wallMs - DAY_MS, wallMs + DAY_MS].map((nearMs) => wallClockAt(nearMs, timezone) - nearMs);
  return offsets
    .map((offsetMs) => wallMs - offsetMs)
    .toSorted((a, b) => a - b)
    .find((atMs) => wallClockAt(atMs, timezone) === wallMs);
}

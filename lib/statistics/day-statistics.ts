import { zonedParts } from '../time-zone.ts';
/** The statistics of one template for a time bucket: time zones' midnights all fall between two of them. */
export interface TimeBucket {
  readonly startsAtMs: number;
  /** What was added, by name: `granted`, `sent`, `failed:43004` and so on; `available` may be negative. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A template of which there are statistics, and the grants that are left of it now. */
export interface AvailableGauge {
  readonly templateId: string;
  readonly available: number;
}

/** Where statistics are kept. What was stored shows here within seconds. */
export interface StatisticsReader {
  /** The templates in the order of their ids. */
  gauges(): Promise<readonly AvailableGauge[]>;
  /** A template's quarters that begin at `fromMs` or later, earliest first; those in which nothing happened are left out. */
  buckets(templateId: string, fromMs: number): Promise<readonly TimeBucket[]>;
}

/** One template on one day of a time zone. */
export interface DayStatistics {
  readonly templateId: string;
  /** `2026-12-01`. */
  readonly day: string;
  readonly granted: number;
  readonly sent: number;
  readonly delivered: number;
  readonly refused: number;
  readonly unknown: number;
  /** By errcode, or by reason where WeChat gave none. */
  readonly failed: Readonly<Record<string, number>>;
  /** Grants that were left when the day ended; today: now. */
  readonly available: number;
}

/** Length of a {@link TimeBucket}. */
export const BUCKET_MS = 15 * 60_000;

/** The beginning of the time bucket that a moment falls into. */
export function bucketOf(atMs: number): number {
  return Math.floor(atMs / BUCKET_MS) * BUCKET_MS;
}

/** Says the day of a moment in a time zone, as `2026-12-01`. */
export function daysIn(timezone: string): (atMs: number) => string {
  return (atMs) => zonedParts(atMs, timezone).date;
}

const FAILED = 'failed:';

/** A template's days, earliest first, out of all quarters from the first of these days until now. Days on which nothing happened are left out. */
export function daysOf(
  { templateId, available: availableNow }: AvailableGauge,
  buckets: readonly TimeBucket[],
  dayOf: (atMs: number) => string,
): readonly DayStatistics[] {
  const days = Map.groupBy(buckets, ({ startsAtMs }) => dayOf(startsAtMs));
  let available = availableNow;
  const latestFirst = [...days].toReversed().map(([day, ofDay]) => {
    const counts = sumOf(ofDay.map((bucket) => bucket.counts));
    const statistics = dayStatistics(templateId, day, counts, available);
    available -= counts['available'] ?? 0;
    return statistics;
  });
  return latestFirst.toReversed();
}

function dayStatistics(
  templateId: string,
  day: string,
  counts: Readonly<Record<string, number>>,
  available: number,
): DayStatistics {
  const of = (name: string) => counts[name] ?? 0;
  const failed = Object.entries(counts)
    .filter(([name, count]) => name.startsWith(FAILED) && count !== 0)
    .map(([name, count]) => [name.slice(FAILED.length), count] as const);
  return {
    templateId,
    day,
    granted: of('granted'),
    sent: of('sent'),
    delivered: of('delivered'),
    refused: of('refused'),
    unknown: of('unknown'),
    failed: Object.fromEntries(failed),
    available,
  };
}

/** Adds up counts by name. */
export function sumOf(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

import type { Clock } from '../clock.ts';
import { zonedParts } from '../time-zone.ts';

/** Length of a {@link TimeBucket}: midnight in every time zone falls between two of them. */
export const BUCKET_MS = 15 * 60_000;

/** The beginning of the time bucket that a moment falls into. */
export function bucketOf(atMs: number): number {
  return Math.floor(atMs / BUCKET_MS) * BUCKET_MS;
}

/** Counts by name: `granted`, `sent`, `failed:43004` and so on. */
export type Counts = Readonly<Record<string, number>>;

/** What was added to the counts of one template within {@link BUCKET_MS}; `available` may be negative. */
export interface TimeBucket {
  readonly startsAtMs: number;
  readonly counts: Counts;
}

/** The grants of a template that are available now. */
export interface AvailableGauge {
  readonly templateId: string;
  readonly available: number;
}

/** Reads statistics. What was stored shows here about a minute later. */
export interface StatisticsReader {
  /** Of all templates that have statistics, in the order of their ids. */
  gauges(): Promise<readonly AvailableGauge[]>;
  /** A template's buckets that begin at `fromMs` or later, earliest first; empty ones are left out. */
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
  readonly failed: Counts;
  /** Grants that were available when the day ended; today: now. */
  readonly available: number;
}

const FAILED = 'failed:';

/** A template's days, earliest first, out of its buckets until now. Days without counts are left out. */
export function daysOf(
  { templateId, available: availableNow }: AvailableGauge,
  buckets: readonly TimeBucket[],
  dayOf: (atMs: number) => string,
): readonly DayStatistics[] {
  const days = Map.groupBy(buckets, ({ startsAtMs }) => dayOf(startsAtMs));
  let available = availableNow;
  const latestFirst = [...days].toReversed().map(([day, ofDay]) => {
    const counts = sumOf(ofDay.map((bucket) => bucket.counts));
    const statistics = { templateId, day, ...countedIn(counts), available };
    available -= counts['available'] ?? 0;
    return statistics;
  });
  return latestFirst.toReversed();
}

function countedIn(counts: Counts): Omit<DayStatistics, 'templateId' | 'day' | 'available'> {
  const of = (name: string) => counts[name] ?? 0;
  const failed = Object.entries(counts)
    .filter(([name, count]) => name.startsWith(FAILED) && count !== 0)
    .map(([name, count]) => [name.slice(FAILED.length), count] as const);
  return {
    granted: of('granted'),
    sent: of('sent'),
    delivered: of('delivered'),
    refused: of('refused'),
    unknown: of('unknown'),
    failed: Object.fromEntries(failed),
  };
}

/** Adds up counts by name. */
export function sumOf(all: readonly Counts[]): Counts {
  const sum: Record<string, number> = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

/** The statistics that are asked for. Days are those of `timezone`. */
export interface StatisticsQuery {
  readonly templateId?: string;
  readonly from?: string;
  readonly to?: string;
  readonly timezone: string;
  readonly limit: number;
  readonly after?: StatisticsCursor;
}

/** Where a page ends: a template, and a day of it. */
export type StatisticsCursor = Pick<DayStatistics, 'templateId' | 'day'>;

/** A page of statistics, or why there is none. */
export type StatisticsResult =
  | { readonly type: 'page'; readonly items: readonly DayStatistics[]; readonly next?: StatisticsCursor }
  | { readonly type: 'too-long-ago' | 'wrong-order' };

const DAY_MS = 24 * 60 * 60_000;
/** Every bucket since the first day is read: `available` at a day's end is reckoned back from now. */
const MAX_DAYS_BACK = 92;
const DEFAULT_DAYS_BACK = 6;
const TEMPLATES_AT_ONCE = 10;
/** A page ends after so many templates, so that a request keeps within its time. */
const TEMPLATES_PER_PAGE = 100;
/** Sorts behind every day. */
const WHOLE_TEMPLATE = '~';

/** Reads statistics by template and then by day. */
export async function readStatistics(
  { statistics, clock }: { readonly statistics: StatisticsReader; readonly clock: Clock },
  query: StatisticsQuery,
): Promise<StatisticsResult> {
  const nowMs = clock();
  const dayOf = (atMs: number) => zonedParts(atMs, query.timezone).date;
  const from = query.from ?? dayOf(nowMs - DEFAULT_DAYS_BACK * DAY_MS);
  const to = query.to ?? dayOf(nowMs);
  if (from < dayOf(nowMs - MAX_DAYS_BACK * DAY_MS)) return { type: 'too-long-ago' };
  if (from > to) return { type: 'wrong-order' };
  // A day begins up to 14 hours before or 12 hours after its beginning in UTC.
  const firstMs = Date.parse(`${from}T00:00:00Z`) - DAY_MS;
  const wanted = (await statistics.gauges()).filter(
    ({ templateId }) =>
      (query.templateId ?? templateId) === templateId &&
      (!query.after || templateId >= query.after.templateId),
  );
  const items: DayStatistics[] = [];
  for (let read = 0; read < wanted.length; read += TEMPLATES_AT_ONCE) {
    const last = wanted[read - 1];
    if (last && read >= TEMPLATES_PER_PAGE) {
      return { type: 'page', items, next: { templateId: last.templateId, day: WHOLE_TEMPLATE } };
    }
    const days = await Promise.all(
      wanted
        .slice(read, read + TEMPLATES_AT_ONCE)
        .map(async (gauge) => daysOf(gauge, await statistics.buckets(gauge.templateId, firstMs), dayOf)),
    );
    items.push(
      ...days.flat().filter((item) => item.day >= from && item.day <= to && isAfter(item, query.after)),
    );
    if (items.length > query.limit) break;
  }
  const shown = items.slice(0, query.limit);
  const last = items.length > shown.length ? shown.at(-1) : undefined;
  return {
    type: 'page',
    items: shown,
    ...(last && { next: { templateId: last.templateId, day: last.day } }),
  };
}

function isAfter({ templateId, day }: StatisticsCursor, after: StatisticsCursor | undefined): boolean {
  return templateId !== after?.templateId || day > after.day;
}

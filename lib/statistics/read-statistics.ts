import type { Clock } from '../clock.ts';
import { type DayStatistics, daysIn, daysOf, type StatisticsReader } from './day-statistics.ts';

/** Which statistics are asked for. Days are told in `timezone`. */
export interface StatisticsQuery {
  readonly templateId?: string;
  readonly from?: string;
  readonly to?: string;
  readonly timezone: string;
  readonly limit: number;
  /** The template and day of the last item of the page before. */
  readonly after?: { readonly templateId: string; readonly day: string };
}

/** One page of statistics, and where the next begins. */
export type StatisticsResult =
  | { readonly type: 'page'; readonly items: readonly DayStatistics[]; readonly hasMore: boolean }
  | { readonly type: 'too-long-ago' | 'wrong-order' };

const DAY_MS = 24 * 60 * 60_000;
/** Every time bucket since the first day is read: what is left at a day's end is reckoned back from now. */
const MOST_DAYS_BACK = 92;
const DEFAULT_DAYS_BACK = 6;

/** Reads statistics by template and then by day, from what was added up as it happened. */
export async function readStatistics(
  { statistics, clock }: { readonly statistics: StatisticsReader; readonly clock: Clock },
  query: StatisticsQuery,
): Promise<StatisticsResult> {
  const nowMs = clock();
  const dayOf = daysIn(query.timezone);
  const from = query.from ?? dayOf(nowMs - DEFAULT_DAYS_BACK * DAY_MS);
  const to = query.to ?? dayOf(nowMs);
  if (from < dayOf(nowMs - MOST_DAYS_BACK * DAY_MS)) return { type: 'too-long-ago' };
  if (from > to) return { type: 'wrong-order' };
  // A day begins up to 14 hours before or 12 hours after its beginning in UTC.
  const firstMs = Date.parse(`${from}T00:00:00Z`) - DAY_MS;
  const items: DayStatistics[] = [];
  for (const gauge of await statistics.gauges()) {
    const { templateId } = gauge;
    if (query.templateId !== undefined && templateId !== query.templateId) continue;
    if (query.after && templateId < query.after.templateId) continue;
    const days = daysOf(gauge, await statistics.buckets(templateId, firstMs), dayOf);
    items.push(
      ...days
        .filter(({ day }) => day >= from && day <= to)
        .filter(({ day }) => templateId !== query.after?.templateId || day > query.after.day),
    );
    if (items.length > query.limit) break;
  }
  return { type: 'page', items: items.slice(0, query.limit), hasMore: items.length > query.limit };
}

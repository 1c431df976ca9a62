import type { Clock } from '../clock.ts';
import { type DayStatistics, daysIn, daysOf, type StatisticsReader } from './day-statistics.ts';

/** Which statistics are asked for. Days are told in `timezone`. */
export interface StatisticsQuery {
  readonly templateId?: string;
  readonly from?: string;
  readonly to?: string;
  readonly timezone: string;
  readonly limit: number;
  readonly after?: StatisticsPlace;
}

/** Up to where a page goes: a template, and a day of it. */
export interface StatisticsPlace {
  readonly templateId: string;
  readonly day: string;
}

/** One page of statistics, and where the next begins. */
export type StatisticsResult =
  | { readonly type: 'page'; readonly items: readonly DayStatistics[]; readonly next?: StatisticsPlace }
  | { readonly type: 'too-long-ago' | 'wrong-order' };

const DAY_MS = 24 * 60 * 60_000;
/** Every time bucket since the first day is read: what is left at a day's end is reckoned back from now. */
const MOST_DAYS_BACK = 92;
const DEFAULT_DAYS_BACK = 6;
const TEMPLATES_AT_ONCE = 10;
/** A page ends after so many templates, however little there is to tell of them, so that a request keeps within its time. */
const TEMPLATES_PER_PAGE = 100;
/** Sorts behind every day. */
const WHOLE_TEMPLATE = '~';

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

function isAfter({ templateId, day }: StatisticsPlace, after: StatisticsPlace | undefined): boolean {
  return templateId !== after?.templateId || day > after.day;
}

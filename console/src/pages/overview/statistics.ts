import { useQuery } from '@tanstack/react-query';
import { zonedParts } from '../../../../lib/time-zone.ts';
import { answered, api, type Schemas } from '../../api/client.ts';
import { usePreferences } from '../../preferences/preferences.tsx';

/** One template on one day. */
export type DayStatistics = Schemas['DayStatistics'];

/** What is added up. */
export interface Sums {
  readonly granted: number;
  readonly sent: number;
  readonly delivered: number;
  readonly refused: number;
  readonly unknown: number;
  readonly failed: number;
  /** How many failed by errcode or reason. */
  readonly causes: ReadonlyMap<string, number>;
}

/** So many days are shown, today among them. */
const DAYS_SHOWN = 14;

const DAY_MS = 24 * 3_600_000;

/** The days that are shown, oldest first, as the calendar of a zone has them. */
export function shownDays(nowMs: number, timeZone: string): readonly string[] {
  const today = Date.parse(`${zonedParts(nowMs, timeZone).date}T00:00:00Z`);
  return Array.from({ length: DAYS_SHOWN }, (_, n) =>
    new Date(today - (DAYS_SHOWN - 1 - n) * DAY_MS).toISOString().slice(0, 10),
  );
}

/** The statistics of the days that are shown, of all templates. */
export function useStatistics() {
  const { timezone } = usePreferences();
  const [from = ''] = shownDays(Date.now(), timezone);
  return useQuery({
    queryKey: ['statistics', from, timezone],
    refetchInterval: 30_000,
    async queryFn() {
      const items: DayStatistics[] = [];
      let cursor: string | undefined;
      do {
        const query = { from, timezone, limit: 200, ...(cursor !== undefined && { cursor }) };
        const page: Schemas['StatisticsPage'] = await answered(api.GET('/v1/stats', { params: { query } }));
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return items;
    },
  });
}

/** Adds up days or templates. */
export function sumOf(items: readonly DayStatistics[]): Sums {
  const causes = new Map<string, number>();
  for (const { failed } of items)
    for (const [cause, count] of Object.entries(failed)) causes.set(cause, (causes.get(cause) ?? 0) + count);
  const of = (count: (item: DayStatistics) => number) => items.reduce((sum, item) => sum + count(item), 0);
  return {
    granted: of((item) => item.granted),
    sent: of((item) => item.sent),
    delivered: of((item) => item.delivered),
    refused: of((item) => item.refused),
    unknown: of((item) => item.unknown),
    failed: [...causes.values()].reduce((sum, count) => sum + count, 0),
    causes,
  };
}

/** The grants that are left of a template: as its latest day has it. */
export function stockOf(items: readonly DayStatistics[]): number {
  const latest = Map.groupBy(items, ({ templateId }) => templateId).values();
  return [...latest].reduce((sum, days) => sum + (days.at(-1)?.available ?? 0), 0);
}

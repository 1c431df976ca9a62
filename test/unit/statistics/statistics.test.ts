import { describe, expect, test } from 'vitest';
import { BUCKET_MS, bucketOf, daysOf, readStatistics } from '../../../lib/statistics/statistics.ts';
import { zonedParts } from '../../../lib/time-zone.ts';

const daysIn = (timezone: string) => (atMs: number) => zonedParts(atMs, timezone).date;

const at = (text: string) => Date.parse(text);
const quarter = (text: string, counts: Record<string, number>) => ({
  startsAtMs: bucketOf(at(text)),
  counts,
});

describe('days', () => {
  const buckets = [
    quarter('2026-12-01T15:50:00Z', { granted: 5, available: 5, sent: 1 }),
    quarter('2026-12-01T16:10:00Z', { granted: 2, available: 1, 'failed:45009': 1 }),
    quarter('2026-12-03T10:00:00Z', { available: -4, sent: 4 }),
  ];

  test('are those of the time zone', () => {
    const days = daysOf({ templateId: 'T', available: 10 }, buckets, daysIn('Asia/Shanghai'));
    expect(days.map(({ day, granted }) => [day, granted])).toEqual([
      ['2026-12-01', 5],
      ['2026-12-02', 2],
      ['2026-12-03', 0],
    ]);
    const inUtc = daysOf({ templateId: 'T', available: 10 }, buckets, daysIn('UTC'));
    expect(inUtc.map(({ day, granted }) => [day, granted])).toEqual([
      ['2026-12-01', 7],
      ['2026-12-03', 0],
    ]);
  });

  test('say how many grants were left at their end', () => {
    const days = daysOf({ templateId: 'T', available: 10 }, buckets, daysIn('Asia/Shanghai'));
    expect(days.map(({ available }) => available)).toEqual([13, 14, 10]);
  });

  test('tell failures apart', () => {
    const [, second] = daysOf({ templateId: 'T', available: 10 }, buckets, daysIn('Asia/Shanghai'));
    expect(second?.failed).toEqual({ 45009: 1 });
  });

  test.each(['Asia/Kathmandu', 'Australia/Eucla', 'America/St_Johns', 'Pacific/Chatham'])(
    'of %s begin with a quarter of an hour',
    (timezone) => {
      const dayOf = daysIn(timezone);
      const start = at('2026-12-01T00:00:00Z');
      for (let n = 0; n < 96; n++) {
        const startsAtMs = start + n * BUCKET_MS;
        expect(dayOf(startsAtMs)).toBe(dayOf(startsAtMs + BUCKET_MS - 1));
      }
    },
  );
});

describe('pages', () => {
  const NOW_MS = at('2026-12-03T12:00:00Z');
  const idOf = (index: number) => `T${String(index).padStart(4, '0')}`;
  /** Templates of which every hundredth has something to tell; counts how many are read at once. */
  function reader(count: number) {
    const reading = { now: 0, most: 0, all: 0 };
    const buckets = async (templateId: string) => {
      reading.all += 1;
      reading.most = Math.max(reading.most, ++reading.now);
      await Promise.resolve();
      reading.now -= 1;
      return templateId.endsWith('00') ? [quarter('2026-12-03T10:00:00Z', { sent: 1 })] : [];
    };
    const gauges = async () =>
      Array.from({ length: count }, (_, index) => ({ templateId: idOf(index), available: 0 }));
    return { reading, statistics: { gauges, buckets } };
  }

  test('read several templates at once and end after a hundred, so that many templates keep no request waiting', async () => {
    const { reading, statistics } = reader(450);
    const found: string[] = [];
    let after: { templateId: string; day: string } | undefined;
    let pages = 0;
    do {
      const before = reading.all;
      const query = { timezone: 'UTC', limit: 50, ...(after && { after }) };
      const page = await readStatistics({ statistics, clock: () => NOW_MS }, query);
      if (page.type !== 'page') throw new Error(page.type);
      found.push(...page.items.map(({ templateId }) => templateId));
      after = page.next;
      pages += 1;
      expect(reading.all - before).toBeLessThanOrEqual(100);
    } while (after);
    expect(found).toEqual([0, 100, 200, 300, 400].map(idOf));
    expect([pages, reading.most]).toEqual([5, 10]);
  });
});

import { Cron } from 'croner';
import type { CampaignSchedule } from '../campaign.ts';
import { type Expression, readExpression } from './expression.ts';
import { momentOf, wallClockAt } from './wall-clock.ts';

/** Clocks may leap over a run now and then, not over this many of one schedule in a row. */
const MOST_LEAPT_OVER = 400;

/**
 * The next times, after `afterMs`, at which EventBridge Scheduler runs the schedule, as it documents them: when clocks go
 * forward, a time that they leap over is skipped; when they go back, a time that comes twice runs once. A day of a rate
 * is 24 hours. Fewer than `count` when the schedule ends before.
 */
export function nextRuns(schedule: CampaignSchedule, afterMs: number, count: number): readonly number[] {
  const read = readExpression(schedule);
  if (read.type === 'bad') return [];
  return timesAfter(read.expression, schedule.startsAtMs ?? 0, afterMs, count);
}

/** The schedule's own moment that `atMs` stands for: the nearest one, less than the minute away that EventBridge Scheduler allows itself. */
export function scheduledMomentNear(schedule: CampaignSchedule, atMs: number): number | undefined {
  const minuteMs = 60_000;
  return nextRuns(schedule, atMs - minuteMs, 2)
    .filter((runAtMs) => runAtMs < atMs + minuteMs)
    .toSorted((one, other) => Math.abs(one - atMs) - Math.abs(other - atMs))[0];
}

function timesAfter(
  expression: Expression,
  startsAtMs: number,
  afterMs: number,
  count: number,
): readonly number[] {
  switch (expression.type) {
    case 'at':
      return expression.atMs > afterMs ? [expression.atMs] : [];
    case 'rate': {
      const { everyMs } = expression;
      const passed = Math.max(0, Math.floor((afterMs - startsAtMs) / everyMs) + 1);
      return Array.from({ length: count }, (_, index) => startsAtMs + (passed + index) * everyMs);
    }
    case 'cron':
      return cronTimes(expression, afterMs, count);
  }
}

/**
 * The pattern is followed on the zone's wall clock, as if it knew no summer time, and each time is then looked for in the
 * zone: what EventBridge documents for the two days of change comes out by itself.
 */
function cronTimes(
  { pattern, timezone }: Extract<Expression, { type: 'cron' }>,
  afterMs: number,
  count: number,
): readonly number[] {
  const cron = new Cron(pattern, { timezone: 'UTC', mode: '7-part' });
  const times: number[] = [];
  let wall: Date | null = new Date(wallClockAt(afterMs, timezone));
  for (let leapt = 0; times.length < count && leapt < MOST_LEAPT_OVER; ) {
    wall = cron.nextRun(wall);
    if (wall === null) break;
    const atMs = momentOf(wall.getTime(), timezone);
    if (atMs !== undefined && atMs > afterMs) times.push(atMs);
    else leapt += 1;
  }
  return times;
}

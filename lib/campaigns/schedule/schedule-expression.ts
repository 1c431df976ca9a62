import { Cron } from 'croner';
import type { BilingualText } from '../../bilingual-text.ts';
import { momentOf, timezoneError, wallClockAt } from '../../time-zone.ts';
import type { CampaignSchedule, RequestedSchedule } from '../campaign.ts';
import { readCronFields } from './cron-fields.ts';

/** A schedule expression as it was read. */
export type Expression =
  | { readonly type: 'cron'; readonly pattern: string; readonly timezone: string }
  | { readonly type: 'rate'; readonly everyMs: number }
  | { readonly type: 'at'; readonly atMs: number };

/** The expression, or what is wrong with it. `path` is the field. */
type ReadExpression =
  | { readonly type: 'read'; readonly expression: Expression }
  | { readonly type: 'bad'; readonly path: 'expression' | 'timezone'; readonly invalid: BilingualText };

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Ten years: what is rarer is a mistake. */
const MAX_RATE_MS = 3653 * UNIT_MS.day;

/** EventBridge's own limit. */
const MAX_LENGTH = 256;

/**
 * Reads `cron(…)`, `rate(…)` or `at(…)` with its time zone, and refuses what EventBridge Scheduler would
 * refuse. A time in the past is read like any other.
 */
export function readExpression({ expression, timezone }: RequestedSchedule): ReadExpression {
  const zoneError = timezoneError(timezone);
  if (zoneError !== undefined) return { type: 'bad', path: 'timezone', invalid: zoneError };
  const [, kind, inside = ''] = /^(cron|rate|at)\(([^()]*)\)$/.exec(expression) ?? [];
  if (expression.length > MAX_LENGTH || kind === undefined) {
    return bad({
      en: 'must be cron(minutes hours day-of-month month day-of-week year), rate(value unit) or at(yyyy-mm-ddThh:mm:ss)',
      zh: '应为 cron(分 时 日 月 星期 年)、rate(数值 单位) 或 at(yyyy-mm-ddThh:mm:ss)',
    });
  }
  if (kind === 'rate') return readRate(inside);
  if (kind === 'at') return readAt(inside, timezone);
  const fields = readCronFields(inside);
  if (fields.type === 'bad') return bad(fields.invalid);
  return { type: 'read', expression: { type: 'cron', pattern: fields.pattern, timezone } };
}

const bad = (invalid: BilingualText): ReadExpression => ({ type: 'bad', path: 'expression', invalid });

function readRate(inside: string): ReadExpression {
  const [, count = '', unit] = /^([1-9]\d{0,8}) (minute|hour|day)s?$/.exec(inside) ?? [];
  if (unit !== 'minute' && unit !== 'hour' && unit !== 'day') {
    return bad({
      en: 'must be a rate such as rate(12 hours): a positive whole number and minutes, hours or days',
      zh: '应类似 rate(12 hours)：正整数加 minutes、hours 或 days',
    });
  }
  const everyMs = Number(count) * UNIT_MS[unit];
  if (everyMs > MAX_RATE_MS) {
    return bad({ en: 'must be a rate of ten years at most', zh: '间隔最长十年' });
  }
  return { type: 'read', expression: { type: 'rate', everyMs } };
}

function readAt(inside: string, timezone: string): ReadExpression {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inside)) {
    return bad({
      en: 'must be a time without an offset, such as at(2026-12-01T09:00:00): the offset is that of timezone',
      zh: '应为不带时区偏移的时间，例如 at(2026-12-01T09:00:00)，时区以 timezone 为准',
    });
  }
  const wallMs = Date.parse(`${inside}Z`);
  if (Number.isNaN(wallMs) || !new Date(wallMs).toISOString().startsWith(inside)) {
    return bad({ en: 'must be a date and time that exist', zh: '该日期或时间不存在' });
  }
  const atMs = momentOf(wallMs, timezone);
  if (atMs === undefined) {
    return bad({
      en: `must be a time that clocks in ${timezone} show: they go forward over this one`,
      zh: `${timezone} 当天因夏令时跳过了这一时刻，请换一个时间`,
    });
  }
  return { type: 'read', expression: { type: 'at', atMs } };
}

/**
 * A schedule as it is stored: a rate begins one interval from now, on a whole minute. EventBridge by itself
 * would begin at once, before anyone could check a new campaign or name its recipients.
 */
export function firstRunOf({ expression, timezone }: RequestedSchedule, nowMs: number): CampaignSchedule {
  const read = readExpression({ expression, timezone });
  if (read.type === 'bad' || read.expression.type !== 'rate') return { expression, timezone };
  const wholeMinuteMs = Math.ceil(nowMs / UNIT_MS.minute) * UNIT_MS.minute;
  return { expression, timezone, startsAtMs: wholeMinuteMs + read.expression.everyMs };
}

/** Clocks may leap over a run now and then, not over this many of one schedule in a row. */
const MAX_LEAPT_OVER = 400;

/**
 * The next times, after `afterMs`, at which EventBridge Scheduler runs the schedule. As it documents, a time
 * that clocks leap over is skipped, and a time that comes twice runs once. A day of a rate is 24 hours. Fewer
 * than `count` are answered when the schedule ends before.
 */
export function nextRuns(schedule: CampaignSchedule, afterMs: number, count: number): readonly number[] {
  const read = readExpression(schedule);
  if (read.type === 'bad') return [];
  return timesAfter(read.expression, schedule.startsAtMs ?? 0, afterMs, count);
}

/** EventBridge Scheduler may start a run up to a minute off. */
const OFF_BY_MS = 60_000;

/** The schedule's own moment that `atMs` stands for: the nearest, less than a minute away. */
export function scheduledMomentNear(schedule: CampaignSchedule, atMs: number): number | undefined {
  return nextRuns(schedule, atMs - OFF_BY_MS, 2)
    .filter((runAtMs) => runAtMs < atMs + OFF_BY_MS)
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
 * Follows the pattern on a wall clock without summer time, and then finds each time in the zone. That gives
 * what EventBridge documents for the two days of change.
 */
function cronTimes(
  { pattern, timezone }: Extract<Expression, { type: 'cron' }>,
  afterMs: number,
  count: number,
): readonly number[] {
  const cron = new Cron(pattern, { timezone: 'UTC', mode: '7-part' });
  const times: number[] = [];
  let wall: Date | null = new Date(wallClockAt(afterMs, timezone));
  for (let leapt = 0; times.length < count && leapt < MAX_LEAPT_OVER; ) {
    wall = cron.nextRun(wall);
    if (wall === null) break;
    const atMs = momentOf(wall.getTime(), timezone);
    if (atMs !== undefined && atMs > afterMs) times.push(atMs);
    else leapt += 1;
  }
  return times;
}

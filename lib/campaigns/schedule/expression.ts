import type { BilingualText } from '../../bilingual-text.ts';
import type { CampaignSchedule } from '../campaign.ts';
import { readCronFields } from './cron-fields.ts';
import { momentOf, timezoneError } from './wall-clock.ts';

/** A schedule expression as read. */
export type Expression =
  | { readonly type: 'cron'; readonly pattern: string; readonly timezone: string }
  | { readonly type: 'rate'; readonly everyMs: number }
  | { readonly type: 'at'; readonly atMs: number };

/** What came of reading one; `path` is the field at fault. */
export type ReadExpression =
  | { readonly type: 'read'; readonly expression: Expression }
  | { readonly type: 'bad'; readonly path: 'expression' | 'timezone'; readonly invalid: BilingualText };

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Ten years: what is rarer is a mistake. */
const LONGEST_RATE_MS = 3653 * UNIT_MS.day;

/** EventBridge's own limit. */
const MAX_LENGTH = 256;

/**
 * Reads `cron(…)`, `rate(…)` or `at(…)` with its time zone, and refuses what EventBridge Scheduler would refuse. It does not ask
 * whether the time is over.
 */
export function readExpression(schedule: {
  readonly expression: string;
  readonly timezone: string;
}): ReadExpression {
  const { expression, timezone } = schedule;
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
  if (everyMs > LONGEST_RATE_MS) {
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
 * A schedule as it is stored: a rate begins one interval from now, on a whole minute. EventBridge by itself would begin
 * at once, before anyone could look at a new campaign or name its recipients.
 */
export function firstRunOf(
  { expression, timezone }: Pick<CampaignSchedule, 'expression' | 'timezone'>,
  nowMs: number,
): CampaignSchedule {
  const read = readExpression({ expression, timezone });
  if (read.type === 'bad' || read.expression.type !== 'rate') return { expression, timezone };
  const wholeMinuteMs = Math.ceil(nowMs / UNIT_MS.minute) * UNIT_MS.minute;
  return { expression, timezone, startsAtMs: wholeMinuteMs + read.expression.everyMs };
}

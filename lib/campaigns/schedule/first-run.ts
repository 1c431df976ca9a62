import type { CampaignSchedule } from '../campaign.ts';
import { readExpression } from './expression.ts';

const MINUTE_MS = 60_000;

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
  const wholeMinuteMs = Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS;
  return { expression, timezone, startsAtMs: wholeMinuteMs + read.expression.everyMs };
}

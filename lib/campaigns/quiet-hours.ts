import { momentOf, wallClockAt } from '../time-zone.ts';
import type { QuietHours } from './campaign.ts';
import type { RunRecord } from './runs/run.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The end of the quiet hours that the run is halted for; undefined when it may send. A dry run has none. */
export function runQuietUntilMs(
  { dryRun, content }: Pick<RunRecord, 'dryRun' | 'content'>,
  nowMs: number,
): number | undefined {
  return dryRun || !content.quietHours ? undefined : quietUntilMs(content.quietHours, nowMs);
}

/** The end of the quiet hours that are now; undefined outside of them. */
export function quietUntilMs({ from, to, timezone }: QuietHours, nowMs: number): number | undefined {
  const wallMs = wallClockAt(nowMs, timezone);
  const timeMs = ((wallMs % DAY_MS) + DAY_MS) % DAY_MS;
  const [fromMs, toMs] = [timeOfDayMs(from), timeOfDayMs(to)];
  const isQuiet = fromMs <= toMs ? timeMs >= fromMs && timeMs < toMs : timeMs >= fromMs || timeMs < toMs;
  if (!isQuiet) return undefined;
  const endsToday = timeMs < toMs;
  const endWallMs = wallMs - timeMs + toMs + (endsToday ? 0 : DAY_MS);
  // Where clocks leap over the end, the hour behind it is the first that is not quiet.
  return momentOf(endWallMs, timezone) ?? momentOf(endWallMs + HOUR_MS, timezone) ?? nowMs + HOUR_MS;
}

function timeOfDayMs(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * HOUR_MS + minutes * MINUTE_MS;
}

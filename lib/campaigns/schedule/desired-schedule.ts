import type { Campaign, CampaignSchedule } from '../campaign.ts';
import { nextRuns } from './run-times.ts';
import type { DesiredSchedule } from './schedule-gateway.ts';

/** What EventBridge Scheduler shall hold for a campaign now. */
export type ScheduleChange =
  | { readonly type: 'book'; readonly schedule: DesiredSchedule }
  | { readonly type: 'nothing' }
  /** Its last run may be starting just now: what stands there is left alone. */
  | { readonly type: 'leave' };

/** A run may start this late, because EventBridge takes up to a minute, and Lambda tries three times within some. */
const STARTING_MS = 5 * 60_000;

/** A run that could not start within an hour is given up: nobody wants a message for breakfast in the evening. */
export const LATEST_START_MS = 60 * 60_000;

/** The schedule of a campaign that may run. */
function scheduleOf({ schedule, status, deletedAtMs }: Campaign): CampaignSchedule | undefined {
  return status === 'active' && deletedAtMs === undefined ? schedule : undefined;
}

/** Says what the schedule of a campaign shall be. It follows from the campaign and the time alone. */
export function scheduleChangeFor(campaign: Campaign, nowMs: number): ScheduleChange {
  const schedule = scheduleOf(campaign);
  if (!schedule) return { type: 'nothing' };
  const [next] = nextRuns(schedule, nowMs, 1);
  if (next === undefined) return { type: 'leave' };
  const { expression, timezone, startsAtMs } = schedule;
  // EventBridge takes no first run in the past; the next one belongs to the same series.
  return {
    type: 'book',
    schedule: { expression, timezone, ...(startsAtMs !== undefined && { startsAtMs: next }) },
  };
}

/**
 * The latest run that should have started by now, and still may: due five minutes to an hour ago, by a schedule that the
 * campaign had before. Whether it did start is another question.
 */
export function runThatShouldBe(campaign: Campaign, nowMs: number): number | undefined {
  const schedule = scheduleOf(campaign);
  if (!schedule) return undefined;
  // Woken or changed after that moment, nothing of it was missed.
  const fromMs = Math.max(nowMs - LATEST_START_MS, campaign.updatedAtMs);
  const minutes = LATEST_START_MS / 60_000;
  return nextRuns(schedule, fromMs, minutes).findLast((atMs) => atMs <= nowMs - STARTING_MS);
}

/** Whether its schedule has had its last run. */
export function isPast(campaign: Campaign, nowMs: number): boolean {
  const schedule = scheduleOf(campaign);
  return schedule !== undefined && nextRuns(schedule, nowMs - STARTING_MS, 1).length === 0;
}

/** Whether what stands there does what is wanted. */
export function isInSync(actual: DesiredSchedule, wanted: DesiredSchedule): boolean {
  if (actual.expression !== wanted.expression || actual.timezone !== wanted.timezone) return false;
  if (wanted.startsAtMs === undefined) return actual.startsAtMs === undefined;
  // A rate that began earlier goes on in the same series.
  return nextRuns(actual, wanted.startsAtMs - 1, 1)[0] === wanted.startsAtMs;
}

import type { Campaign, CampaignSchedule } from '../campaign.ts';
import { readExpression } from './expression.ts';
import { nextRuns } from './run-times.ts';
import type { BookedSchedule } from './schedule-book.ts';

/** What EventBridge Scheduler shall hold for a campaign now. */
export type Verdict =
  | { readonly type: 'book'; readonly schedule: BookedSchedule }
  | { readonly type: 'nothing' }
  /** A run is starting about now: what stands there is left alone. */
  | { readonly type: 'leave' }
  /** The schedule should have started a run at `atMs`. Did it? */
  | { readonly type: 'past'; readonly atMs: number }
  /** It runs no more. */
  | { readonly type: 'over' };

/** A run may start this late, because EventBridge takes up to a minute, and Lambda may be slow. */
const STARTING_MS = 5 * 60_000;

/** A run that could not start within an hour is given up: nobody wants a message for breakfast in the evening. */
export const LATEST_START_MS = 60 * 60_000;

/** Says what the schedule of a campaign shall be. It follows from the campaign and the time alone. */
export function verdictOn(campaign: Campaign, nowMs: number): Verdict {
  const { schedule, status, deletedAtMs } = campaign;
  if (!schedule || status !== 'active' || deletedAtMs !== undefined) return { type: 'nothing' };
  const read = readExpression(schedule);
  if (read.type === 'bad') return { type: 'nothing' };
  const [next] = nextRuns(schedule, nowMs, 1);
  if (next !== undefined) return { type: 'book', schedule: booked(schedule, next) };
  const [last] = nextRuns(schedule, nowMs - STARTING_MS, 1);
  if (last !== undefined) return { type: 'leave' };
  const { expression } = read;
  if (expression.type !== 'at' || nowMs - expression.atMs > LATEST_START_MS) return { type: 'over' };
  // Given to it, or woken, only after its moment: then nothing was missed.
  if (campaign.updatedAtMs > expression.atMs) return { type: 'over' };
  return { type: 'past', atMs: expression.atMs };
}

function booked({ expression, timezone, startsAtMs }: CampaignSchedule, nextMs: number): BookedSchedule {
  // EventBridge takes no first run in the past; the next one belongs to the same series.
  return { expression, timezone, ...(startsAtMs !== undefined && { startsAtMs: nextMs }) };
}

/** A schedule that starts at once the run that was missed at `atMs`. */
export function catchUp(atMs: number, nowMs: number): BookedSchedule {
  const soon = new Date(Math.ceil(nowMs / 60_000) * 60_000 + 60_000).toISOString().slice(0, 19);
  return { expression: `at(${soon})`, timezone: 'UTC', standsForMs: atMs };
}

/** Whether what stands there does what is wanted. */
export function agrees(actual: BookedSchedule, wanted: BookedSchedule, nowMs: number): boolean {
  if (actual.standsForMs !== wanted.standsForMs) return false;
  if (wanted.standsForMs !== undefined) {
    // The same run is being caught up with, and has had no time yet.
    return nextRuns(actual, nowMs - STARTING_MS, 1).length > 0;
  }
  if (actual.expression !== wanted.expression || actual.timezone !== wanted.timezone) return false;
  if (wanted.startsAtMs === undefined) return actual.startsAtMs === undefined;
  // A rate that began earlier goes on in the same series.
  return nextRuns(actual, wanted.startsAtMs - 1, 1)[0] === wanted.startsAtMs;
}

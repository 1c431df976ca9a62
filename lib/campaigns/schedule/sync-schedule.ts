import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { Campaign, CampaignSchedule } from '../campaign.ts';
import type { CampaignStore } from '../campaign-store.ts';
import { nextRuns } from './schedule-expression.ts';

/** The schedules in EventBridge Scheduler, each under the id of its campaign. */
export interface ScheduleGateway {
  campaignIds(): Promise<readonly string[]>;
  /** A rate's `startsAtMs` is its first run there. `other`: a schedule that is not as this service writes it. */
  read(campaignId: string): Promise<CampaignSchedule | 'other' | undefined>;
  /** Creates or replaces a schedule. `refused`: EventBridge does not take it, and the one before stays. */
  write(
    campaignId: string,
    schedule: CampaignSchedule,
  ): Promise<{ readonly type: 'written' } | { readonly type: 'refused'; readonly reason: string }>;
  /** Removes a schedule, whether it is there or not. */
  remove(campaignId: string): Promise<void>;
}

export interface SyncScheduleServices {
  readonly store: Pick<CampaignStore, 'load'>;
  readonly schedules: ScheduleGateway;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** `in-sync`: EventBridge holds the schedule. `changed`: now it does. `refused`: it does not take it. */
type ScheduleSyncResult =
  | { readonly type: 'in-sync' | 'changed' }
  | { readonly type: 'refused'; readonly reason: string };

/** Others may change the campaign meanwhile, not this often. */
const MAX_ROUNDS = 10;

/**
 * Makes EventBridge Scheduler hold the schedule of one campaign. The campaign is read again afterwards. So
 * where two sync two versions at once, the one that wrote the older schedule writes again.
 */
export async function syncSchedule(
  services: SyncScheduleServices,
  campaignId: string,
): Promise<ScheduleSyncResult> {
  const { store, logger } = services;
  let changedAny = false;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const stored = await store.load(campaignId);
    const outcome = await syncOnce(services, campaignId, stored?.value);
    if (outcome.type === 'refused') return outcome;
    changedAny ||= outcome.type === 'changed';
    const after = await store.load(campaignId);
    if (after?.version === stored?.version) return { type: changedAny ? 'changed' : 'in-sync' };
  }
  logger.warn(
    'A campaign is changed too often for its schedule to follow; the next reconciliation sets it right.',
    { campaignId },
  );
  return { type: 'changed' };
}

async function syncOnce(
  { schedules, clock, logger }: SyncScheduleServices,
  campaignId: string,
  campaign: Campaign | undefined,
): Promise<ScheduleSyncResult> {
  const desired = campaign ? desiredSchedule(campaign, clock()) : 'none';
  if (desired === 'as-it-is') return { type: 'in-sync' };
  const actual = await schedules.read(campaignId);
  if (desired === 'none') {
    if (actual === undefined) return { type: 'in-sync' };
    await schedules.remove(campaignId);
    return { type: 'changed' };
  }
  if (actual !== undefined && actual !== 'other' && isInSync(actual, desired)) return { type: 'in-sync' };
  const written = await schedules.write(campaignId, desired);
  if (written.type === 'written') return { type: 'changed' };
  const { expression, timezone } = desired;
  logger.error('EventBridge Scheduler refuses the schedule of a campaign. Give the campaign another one.', {
    campaignId,
    expression,
    timezone,
    reason: written.reason,
  });
  return written;
}

/** A run may start this late: EventBridge takes up to a minute, and Lambda tries three times within some. */
const STARTING_MS = 5 * 60_000;

/** A run that could not start within an hour is given up: a message for breakfast is of no use at night. */
export const LATEST_START_MS = 60 * 60_000;

function activeSchedule({ schedule, status, deletedAtMs }: Campaign): CampaignSchedule | undefined {
  return status === 'active' && deletedAtMs === undefined ? schedule : undefined;
}

/** The schedule that EventBridge shall hold. `as-it-is`: the last run may be starting just now. */
export function desiredSchedule(campaign: Campaign, nowMs: number): CampaignSchedule | 'none' | 'as-it-is' {
  const schedule = activeSchedule(campaign);
  if (!schedule) return 'none';
  const [next] = nextRuns(schedule, nowMs, 1);
  if (next === undefined) return 'as-it-is';
  // EventBridge takes no first run in the past; the next one belongs to the same series.
  return schedule.startsAtMs === undefined ? schedule : { ...schedule, startsAtMs: next };
}

/** Whether EventBridge's schedule has the runs that are desired. */
function isInSync(actual: CampaignSchedule, desired: CampaignSchedule): boolean {
  if (actual.expression !== desired.expression || actual.timezone !== desired.timezone) return false;
  if (desired.startsAtMs === undefined) return actual.startsAtMs === undefined;
  // A rate that began earlier goes on in the same series.
  return nextRuns(actual, desired.startsAtMs - 1, 1)[0] === desired.startsAtMs;
}

/** The latest scheduled moment that is due by five minutes to an hour. Its run may exist. */
export function latestMissedRun(campaign: Campaign, nowMs: number): number | undefined {
  const schedule = activeSchedule(campaign);
  if (!schedule) return undefined;
  // A campaign that was resumed or changed after a moment did not miss it.
  const fromMs = Math.max(nowMs - LATEST_START_MS, campaign.updatedAtMs);
  const minutes = LATEST_START_MS / 60_000;
  return nextRuns(schedule, fromMs, minutes).findLast((atMs) => atMs <= nowMs - STARTING_MS);
}

/** Whether an active campaign's schedule has had its last run. */
export function hasNoMoreRuns(campaign: Campaign, nowMs: number): boolean {
  const schedule = activeSchedule(campaign);
  return schedule !== undefined && nextRuns(schedule, nowMs - STARTING_MS, 1).length === 0;
}

/** Removes every schedule, for a mini program whose sending is stopped. Answers how many there were. */
export async function removeSchedules(schedules: ScheduleGateway): Promise<number> {
  const ids = await schedules.campaignIds();
  for (const id of ids) await schedules.remove(id);
  return ids.length;
}

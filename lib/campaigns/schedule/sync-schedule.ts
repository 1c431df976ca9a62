import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { Campaign, CampaignSchedule } from '../campaign.ts';
import type { CampaignStore } from '../campaign-store.ts';
import { nextRuns } from './expression.ts';

export interface SyncScheduleServices {
  readonly store: Pick<CampaignStore, 'load'>;
  readonly schedules: ScheduleGateway;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** `agreed`: EventBridge holds what the campaign says. `changed`: it was made to. `refused`: EventBridge does not take the schedule. */
export type SyncResult =
  | { readonly type: 'agreed' | 'changed' }
  | { readonly type: 'refused'; readonly reason: string };

/** Others may change the campaign meanwhile, not this often. */
const MOST_ROUNDS = 10;

/**
 * Makes EventBridge Scheduler hold what the table says of one campaign. The table is read again afterwards: when two do this
 * at once for two versions of the campaign, whoever wrote the older one sees the newer and writes once more.
 */
export async function syncSchedule(services: SyncScheduleServices, campaignId: string): Promise<SyncResult> {
  const { store, logger } = services;
  let changedAny = false;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const stored = await store.load(campaignId);
    const outcome = await follow(services, campaignId, stored?.value);
    if (outcome.type === 'refused') return outcome;
    changedAny ||= outcome.type === 'changed';
    const after = await store.load(campaignId);
    if (after?.version === stored?.version) return { type: changedAny ? 'changed' : 'agreed' };
  }
  logger.warn(
    'A campaign is changed too often for its schedule to follow; the next reconciliation sets it right.',
    { campaignId },
  );
  return { type: 'changed' };
}

async function follow(
  services: SyncScheduleServices,
  campaignId: string,
  campaign: Campaign | undefined,
): Promise<SyncResult> {
  const change: ScheduleChange = campaign
    ? scheduleChangeFor(campaign, services.clock())
    : { type: 'nothing' };
  switch (change.type) {
    case 'leave':
      return { type: 'agreed' };
    case 'book':
      return put(services, campaignId, change.schedule);
    case 'nothing':
      return take(services.schedules, campaignId);
  }
}

async function put(
  { schedules, logger }: SyncScheduleServices,
  campaignId: string,
  wanted: DesiredSchedule,
): Promise<SyncResult> {
  const actual = await schedules.read(campaignId);
  if (actual !== undefined && actual !== 'other' && isInSync(actual, wanted)) return { type: 'agreed' };
  const written = await schedules.write(campaignId, wanted);
  if (written.type === 'written') return { type: 'changed' };
  logger.error('EventBridge Scheduler refuses the schedule of a campaign. Give the campaign another one.', {
    campaignId,
    expression: wanted.expression,
    timezone: wanted.timezone,
    reason: written.reason,
  });
  return written;
}

async function take(schedules: ScheduleGateway, campaignId: string): Promise<SyncResult> {
  if ((await schedules.read(campaignId)) === undefined) return { type: 'agreed' };
  await schedules.remove(campaignId);
  return { type: 'changed' };
}

/** A schedule as EventBridge Scheduler holds it, or shall hold it, under the id of its campaign. */
export interface DesiredSchedule {
  readonly expression: string;
  readonly timezone: string;
  /** Of a rate: its first run. */
  readonly startsAtMs?: number;
}

/** What EventBridge Scheduler holds for our campaigns. */
export interface ScheduleGateway {
  /** The ids under which something stands. */
  campaignIds(): Promise<readonly string[]>;
  /** What stands under an id: `other` when it is not as we write it. */
  read(campaignId: string): Promise<DesiredSchedule | 'other' | undefined>;
  /** Writes it anew or over what stands there. `refused`: EventBridge does not take it, and what stood there stays. */
  write(
    campaignId: string,
    schedule: DesiredSchedule,
  ): Promise<{ readonly type: 'written' } | { readonly type: 'refused'; readonly reason: string }>;
  /** Takes it out; nothing happens when nothing stands there. */
  remove(campaignId: string): Promise<void>;
}

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
function isInSync(actual: DesiredSchedule, wanted: DesiredSchedule): boolean {
  if (actual.expression !== wanted.expression || actual.timezone !== wanted.timezone) return false;
  if (wanted.startsAtMs === undefined) return actual.startsAtMs === undefined;
  // A rate that began earlier goes on in the same series.
  return nextRuns(actual, wanted.startsAtMs - 1, 1)[0] === wanted.startsAtMs;
}

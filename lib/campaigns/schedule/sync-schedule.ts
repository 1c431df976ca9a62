import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { Campaign } from '../campaign.ts';
import type { CampaignStore } from '../campaign-store.ts';
import { isInSync, type ScheduleChange, scheduleChangeFor } from './desired-schedule.ts';
import type { DesiredSchedule, ScheduleGateway } from './schedule-gateway.ts';

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

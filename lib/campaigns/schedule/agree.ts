import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { Campaign } from '../campaign.ts';
import type { CampaignStore } from '../campaign-store.ts';
import type { BookedSchedule, ScheduleBook } from './schedule-book.ts';
import { agrees, type Verdict, verdictOn } from './verdict.ts';

/** What bringing table and EventBridge into agreement needs. */
export interface AgreeServices {
  readonly store: Pick<CampaignStore, 'load'>;
  readonly schedules: ScheduleBook;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** `agreed`: EventBridge holds what the campaign says. `changed`: it was made to. `refused`: EventBridge does not take the schedule. */
export type Agreement =
  | { readonly type: 'agreed' | 'changed' }
  | { readonly type: 'refused'; readonly reason: string };

/** Others may change the campaign meanwhile, not this often. */
const MOST_ROUNDS = 10;

/**
 * Makes EventBridge Scheduler hold what the table says of one campaign. The table is read again afterwards: when two do this
 * at once for two versions of the campaign, whoever wrote the older one sees the newer and writes once more.
 */
export async function agree(services: AgreeServices, campaignId: string): Promise<Agreement> {
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
  services: AgreeServices,
  campaignId: string,
  campaign: Campaign | undefined,
): Promise<Agreement> {
  const verdict: Verdict = campaign ? verdictOn(campaign, services.clock()) : { type: 'nothing' };
  switch (verdict.type) {
    case 'leave':
      return { type: 'agreed' };
    case 'book':
      return book(services, campaignId, verdict.schedule);
    case 'nothing':
      return take(services.schedules, campaignId);
  }
}

async function book(
  { schedules, logger }: AgreeServices,
  campaignId: string,
  wanted: BookedSchedule,
): Promise<Agreement> {
  const actual = await schedules.read(campaignId);
  if (actual !== undefined && actual !== 'other' && agrees(actual, wanted)) return { type: 'agreed' };
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

async function take(schedules: ScheduleBook, campaignId: string): Promise<Agreement> {
  if ((await schedules.read(campaignId)) === undefined) return { type: 'agreed' };
  await schedules.remove(campaignId);
  return { type: 'changed' };
}

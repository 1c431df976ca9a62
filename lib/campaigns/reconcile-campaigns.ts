import { eachLimit } from '../each-limit.ts';
import { everyPage } from '../paginate.ts';
import { updated } from '../versioned.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignStore } from './campaign-store.ts';
import {
  desiredSchedule,
  hasNoMoreRuns,
  latestMissedRun,
  type SyncScheduleServices,
  syncSchedule,
} from './schedule/sync-schedule.ts';

interface ReconcileServices extends SyncScheduleServices {
  readonly store: CampaignStore;
  /** Whether the run of a campaign's schedule at this moment exists. */
  readonly hasRun: (campaignId: string, scheduledAtMs: number) => Promise<boolean>;
  /** Starts that run, unless it exists. */
  readonly startScheduled: (campaignId: string, scheduledAtMs: number) => Promise<unknown>;
}

/** How many campaigns were compared, schedules repaired, and missed runs started. */
interface Reconciliation {
  readonly campaigns: number;
  readonly repaired: number;
  readonly started: number;
}

const CAMPAIGNS_PER_PAGE = 100;

const COMPARED_AT_ONCE = 8;

/**
 * Compares every campaign with EventBridge Scheduler and repairs each difference there: the table is the
 * truth. Starts runs that were missed, ends campaigns that have had their last run, and finishes deletions.
 * One campaign that cannot be repaired stops no other.
 */
export async function reconcileCampaigns(
  services: ReconcileServices,
  deadlineMs: number,
): Promise<Reconciliation> {
  const { store, schedules, clock } = services;
  // Schedules first: a campaign is stored before its schedule, so a schedule without a campaign is left over.
  const scheduled = new Set(await schedules.campaignIds());
  const campaigns = await allCampaigns(store);
  const known = new Set(campaigns.map(({ id }) => id));
  const ids = [
    ...campaigns
      .filter((campaign) => scheduled.has(campaign.id) || needsComparison(campaign, clock()))
      .map(({ id }) => id),
    ...[...scheduled].filter((id) => !known.has(id)),
  ];
  const sum = { campaigns: 0, repaired: 0, started: 0 };
  await eachLimit({
    items: ids,
    limit: COMPARED_AT_ONCE,
    mayGoOn: () => clock() < deadlineMs,
    work: async (id) => {
      const { repaired, started } = await repair(services, id, deadlineMs);
      sum.campaigns += 1;
      sum.repaired += repaired;
      sum.started += started;
    },
  });
  return sum;
}

async function allCampaigns(store: CampaignStore): Promise<readonly Campaign[]> {
  const campaigns: Campaign[] = [];
  for await (const items of everyPage((after) => store.list(CAMPAIGNS_PER_PAGE, after))) {
    campaigns.push(...items.map(({ value }) => value));
  }
  return campaigns;
}

/** Most campaigns have ended and need no comparison. */
function needsComparison(campaign: Campaign, nowMs: number): boolean {
  return campaign.deletedAtMs !== undefined || desiredSchedule(campaign, nowMs) !== 'none';
}

const NOTHING = { repaired: 0, started: 0 };

async function repair(
  services: ReconcileServices,
  campaignId: string,
  deadlineMs: number,
): Promise<Pick<Reconciliation, 'repaired' | 'started'>> {
  const { store, clock, logger } = services;
  try {
    const started = await catchUp(services, campaignId);
    const synced = await syncSchedule(services, campaignId);
    const stored = await store.load(campaignId);
    if (stored?.value.deletedAtMs !== undefined) {
      await store.erase(campaignId, () => clock() < deadlineMs);
    }
    return { repaired: synced.type === 'changed' ? 1 : 0, started };
  } catch (error) {
    logger.error('The schedule of a campaign could not be compared; the next reconciliation tries again.', {
      campaignId,
      error,
    });
    return NOTHING;
  }
}

/** Starts the latest run if it was missed, and ends a campaign that has had its last. Answers how many. */
async function catchUp(services: ReconcileServices, campaignId: string): Promise<number> {
  const { store, clock, logger } = services;
  const stored = await store.load(campaignId);
  if (!stored) return 0;
  const due = latestMissedRun(stored.value, clock());
  const isMissed = due !== undefined && !(await services.hasRun(campaignId, due));
  if (isMissed) {
    const scheduledAt = new Date(due).toISOString();
    logger.warn('A run of a campaign did not start in time and is started now.', { campaignId, scheduledAt });
    await services.startScheduled(campaignId, due);
  }
  if (hasNoMoreRuns(stored.value, clock())) {
    // A conflict leaves it to the next reconciliation.
    await store.put(updated(stored, { ...stored.value, status: 'ended', updatedAtMs: clock() }));
  }
  return isMissed ? 1 : 0;
}

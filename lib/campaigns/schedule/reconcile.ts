import type { CampaignStore } from '../campaign-store.ts';
import { type AgreeServices, agree } from './agree.ts';

/** What the reconciliation needs. */
export interface ReconcileServices extends AgreeServices {
  readonly store: CampaignStore;
}

/** How many campaigns were looked at, and how many schedules were wrong. */
export interface Reconciliation {
  readonly campaigns: number;
  readonly repaired: number;
}

const CAMPAIGNS_PER_PAGE = 100;

/**
 * Compares every campaign with EventBridge Scheduler and repairs each difference there: the table is the truth. Deletions
 * that were begun and not finished are finished. One campaign that cannot be repaired stops no other.
 */
export async function reconcileSchedules(
  services: ReconcileServices,
  deadlineMs: number,
): Promise<Reconciliation> {
  const { store, schedules, clock } = services;
  // Schedules first: a campaign is stored before its schedule, so one that has none in the table by then is gone.
  const booked = new Set(await schedules.campaignIds());
  const ids = await campaignIds(store);
  let repaired = 0;
  let looked = 0;
  for (const id of new Set([...ids, ...booked])) {
    if (clock() >= deadlineMs) break;
    looked += 1;
    if (await repair(services, id)) repaired += 1;
  }
  return { campaigns: looked, repaired };
}

async function campaignIds(store: CampaignStore): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.list(CAMPAIGNS_PER_PAGE, after);
    ids.push(...page.items.map(({ value }) => value.id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

async function repair(services: ReconcileServices, campaignId: string): Promise<boolean> {
  const { store, logger } = services;
  try {
    const agreement = await agree(services, campaignId);
    const stored = await store.load(campaignId);
    if (stored?.value.deletedAtMs !== undefined) await store.erase(campaignId);
    return agreement.type === 'changed';
  } catch (error) {
    logger.error('The schedule of a campaign could not be compared; the next reconciliation tries again.', {
      campaignId,
      error,
    });
    return false;
  }
}

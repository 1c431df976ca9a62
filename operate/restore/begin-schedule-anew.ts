import type { Campaign } from '../../lib/campaigns/campaign.ts';
import type { CampaignStore } from '../../lib/campaigns/campaign-store.ts';
import type { Clock } from '../../lib/clock.ts';
import { everyItem } from '../../lib/paginate.ts';
import { type Backoff, retryOnConflict } from '../../lib/retry.ts';
import { updated } from '../../lib/versioned.ts';

export interface ScheduleServices extends Backoff {
  readonly campaigns: CampaignStore;
  readonly clock: Clock;
}

const LISTED_AT_ONCE = 100;

/** The campaigns that runs are started of by a schedule. */
export async function* everySchedule({
  campaigns,
}: Pick<ScheduleServices, 'campaigns'>): AsyncGenerator<Campaign> {
  for await (const { value } of everyItem((after) => campaigns.list(LISTED_AT_ONCE, after))) {
    if (value.schedule && value.status === 'active' && value.deletedAtMs === undefined) yield value;
  }
}

/**
 * Makes a schedule begin anew. A run that was due before now is not started any more: it may have been, and
 * the restore has taken away what is known of it.
 */
export function beginScheduleAnew(
  { campaigns, clock, ...backoff }: ScheduleServices,
  { id }: Pick<Campaign, 'id'>,
): Promise<void> {
  return retryOnConflict(async () => {
    const stored = await campaigns.load(id);
    if (!stored) return undefined;
    const result = await campaigns.put(updated(stored, { ...stored.value, updatedAtMs: clock() }));
    return result === 'conflict' ? result : undefined;
  }, backoff);
}

import { type Backoff, retryOnConflict } from '../retry.ts';
import { updated } from '../versioned.ts';
import type { CampaignStore } from './campaign-store.ts';
import { isOver } from './runs/run.ts';
import type { RunStore } from './runs/run-store.ts';
import { type SyncScheduleServices, syncSchedule } from './schedule/sync-schedule.ts';

export interface DeleteCampaignServices extends SyncScheduleServices, Backoff {
  readonly store: CampaignStore;
  readonly runs: Pick<RunStore, 'list'>;
}

/** `under-way`: one of its runs is running or paused. */
type DeleteCampaignResult = { readonly type: 'deleted' | 'not-found' | 'under-way' };

/** No campaign has more runs under way. */
const MAX_UNDER_WAY = 100;

/** One call deletes for so long. A run of a hundred thousand recipients takes a few seconds. */
const DELETE_FOR_MS = 15_000;

/**
 * Deletes a campaign with its recipients, its runs and its schedule. From the first write on it is gone to
 * callers. The reconciliation of schedules finishes what is left.
 *
 * @throws ContentionError
 */
export async function deleteCampaign(
  services: DeleteCampaignServices,
  campaignId: string,
): Promise<DeleteCampaignResult> {
  const { store, runs, clock } = services;
  const marked = await retryOnConflict(async (): Promise<DeleteCampaignResult | 'conflict'> => {
    const stored = await store.load(campaignId);
    if (!stored || stored.value.deletedAtMs !== undefined) return { type: 'not-found' };
    const latest = await runs.list(campaignId, MAX_UNDER_WAY);
    if (latest.items.some((run) => !isOver(run))) return { type: 'under-way' };
    const put = await store.put(updated(stored, { ...stored.value, deletedAtMs: clock() }));
    return put === 'conflict' ? 'conflict' : { type: 'deleted' };
  }, services);
  if (marked.type !== 'deleted') return marked;
  await finishDeletion(services, campaignId);
  return marked;
}

async function finishDeletion(services: DeleteCampaignServices, campaignId: string): Promise<void> {
  const untilMs = services.clock() + DELETE_FOR_MS;
  try {
    await syncSchedule(services, campaignId);
    await services.store.erase(campaignId, () => services.clock() < untilMs);
  } catch (error) {
    services.logger.warn('A deleted campaign could not be cleared away; the next reconciliation goes on.', {
      campaignId,
      error,
    });
  }
}

import type { Clock } from '../clock.ts';
import { everyItem } from '../listing.ts';
import { type Contention, retryOnConflict } from '../retry.ts';
import { updated } from '../versioned.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignStore } from './campaign-store.ts';

export interface PauseCampaignsServices extends Contention {
  readonly store: Pick<CampaignStore, 'list' | 'load' | 'put'>;
  /** Pauses the runs of a campaign that are running. */
  readonly pauseRuns: (campaignId: string) => Promise<void>;
  readonly clock: Clock;
}

/** A campaign by name. */
export type CampaignName = Pick<Campaign, 'id' | 'name'>;

const PER_PAGE = 100;

/**
 * Pauses the active campaigns of a template, with their runs. Answers all of its campaigns that have not
 * ended, paused ones included. A paused campaign starts no run, and the next reconciliation removes its
 * schedule from EventBridge.
 *
 * @throws ContentionError
 */
export async function pauseCampaignsOfTemplate(
  services: PauseCampaignsServices,
  templateId: string,
): Promise<readonly CampaignName[]> {
  const named: CampaignName[] = [];
  for await (const { value } of everyItem((after) => services.store.list(PER_PAGE, after))) {
    if (value.templateId !== templateId || isOver(value)) continue;
    await pause(services, value.id);
    named.push({ id: value.id, name: value.name });
  }
  return named;
}

async function pause(
  { store, pauseRuns, ...services }: PauseCampaignsServices,
  campaignId: string,
): Promise<void> {
  await retryOnConflict(async () => {
    const stored = await store.load(campaignId);
    if (stored?.value.status !== 'active') return undefined;
    const paused: Campaign = { ...stored.value, status: 'paused', updatedAtMs: services.clock() };
    return (await store.put(updated(stored, paused))) === 'conflict' ? 'conflict' : undefined;
  }, services);
  await pauseRuns(campaignId);
}

const isOver = ({ status, deletedAtMs }: Campaign) => status === 'ended' || deletedAtMs !== undefined;

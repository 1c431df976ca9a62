import { everyItem } from '../paginate.ts';
import { retryOnConflict } from '../retry.ts';
import { updated } from '../versioned.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignStore } from './campaign-store.ts';
import { type PauseServices, pauseRun } from './runs/control-run.ts';

export interface PauseCampaignsServices extends PauseServices {
  readonly store: Pick<CampaignStore, 'list' | 'load' | 'put'>;
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

async function pause(services: PauseCampaignsServices, campaignId: string): Promise<void> {
  const { store, runs, clock } = services;
  await retryOnConflict(async () => {
    const stored = await store.load(campaignId);
    if (stored?.value.status !== 'active') return undefined;
    const paused: Campaign = { ...stored.value, status: 'paused', updatedAtMs: clock() };
    return (await store.put(updated(stored, paused))) === 'conflict' ? 'conflict' : undefined;
  }, services);
  for await (const { id, status } of everyItem((after) => runs.list(campaignId, PER_PAGE, after))) {
    if (status === 'running') await pauseRun(services, campaignId, id);
  }
}

const isOver = ({ status, deletedAtMs }: Campaign) => status === 'ended' || deletedAtMs !== undefined;

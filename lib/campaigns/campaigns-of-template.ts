import { everyItem } from '../paginate.ts';
import { retryOnConflict } from '../retry.ts';
import { updated } from '../versioned.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignStore } from './campaign-store.ts';
import { type ControlServices, type PauseServices, pauseRun, stopRun } from './runs/control-run.ts';
import { isOver as isRunOver } from './runs/run.ts';

interface Campaigns {
  readonly store: Pick<CampaignStore, 'list' | 'load' | 'put'>;
}

type PauseCampaignsServices = PauseServices & Campaigns;

type EndCampaignsServices = ControlServices & Campaigns;

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
  for await (const campaign of campaignsOf(services, templateId)) {
    if (campaign.status === 'ended') continue;
    await setStatus(services, campaign.id, { from: ['active'], to: 'paused' });
    for await (const { id, status } of runsOf(services, campaign.id)) {
      if (status === 'running') await pauseRun(services, campaign.id, id);
    }
    named.push({ id: campaign.id, name: campaign.name });
  }
  return named;
}

/**
 * Ends the campaigns of a template and stops their runs, for good: what they send cannot be sent any more, and
 * a campaign keeps its template. Answers those that had not ended.
 *
 * @throws ContentionError
 */
export async function endCampaignsOfTemplate(
  services: EndCampaignsServices,
  templateId: string,
): Promise<readonly CampaignName[]> {
  const named: CampaignName[] = [];
  for await (const campaign of campaignsOf(services, templateId)) {
    if (campaign.status !== 'ended') named.push({ id: campaign.id, name: campaign.name });
    await setStatus(services, campaign.id, { from: ['active', 'paused'], to: 'ended' });
    for await (const run of runsOf(services, campaign.id)) {
      if (!isRunOver(run)) await stopRun(services, campaign.id, run.id);
    }
  }
  return named;
}

/** The campaigns of a template that are active, or of which a run is under way. */
export async function campaignsInUseOfTemplate(
  services: Pick<PauseCampaignsServices, 'store' | 'runs'>,
  templateId: string,
): Promise<readonly CampaignName[]> {
  const named: CampaignName[] = [];
  for await (const { id, name, status } of campaignsOf(services, templateId)) {
    if (status === 'active' || (await isSending(services, id))) named.push({ id, name });
  }
  return named;
}

async function isSending(
  services: Pick<PauseCampaignsServices, 'runs'>,
  campaignId: string,
): Promise<boolean> {
  for await (const { status } of runsOf(services, campaignId)) if (status === 'running') return true;
  return false;
}

async function* campaignsOf({ store }: Campaigns, templateId: string): AsyncGenerator<Campaign> {
  for await (const { value } of everyItem((after) => store.list(PER_PAGE, after))) {
    if (value.templateId === templateId && value.deletedAtMs === undefined) yield value;
  }
}

function runsOf({ runs }: Pick<PauseServices, 'runs'>, campaignId: string) {
  return everyItem((after) => runs.list(campaignId, PER_PAGE, after));
}

async function setStatus(
  { store, clock, ...backoff }: PauseCampaignsServices,
  campaignId: string,
  { from, to }: { readonly from: readonly Campaign['status'][]; readonly to: Campaign['status'] },
): Promise<void> {
  await retryOnConflict(async () => {
    const stored = await store.load(campaignId);
    if (!stored || !from.includes(stored.value.status)) return undefined;
    const changed: Campaign = { ...stored.value, status: to, updatedAtMs: clock() };
    return (await store.put(updated(stored, changed))) === 'conflict' ? 'conflict' : undefined;
  }, backoff);
}

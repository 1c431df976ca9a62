import { answered, api, done, type Schemas } from '../../../api/client.ts';
import { campaignOf, type Draft } from './draft.ts';
import { uploadsOf } from './recipient-list.ts';

/** A campaign that is made and sends nothing yet, and the dry run that counted its people. */
export interface Prepared {
  readonly campaignId: string;
  readonly run: Schemas['Run'];
}

/** So long between two looks at a dry run. */
const LOOK_MS = 500;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Makes the campaign, uploads its list and lets a dry run count everyone. What was made is deleted when a part
 * of it fails. @throws ApiError
 */
export async function prepareCampaign(draft: Draft, onUploaded: (count: number) => void): Promise<Prepared> {
  const { id } = await answered(api.POST('/v1/campaigns', { body: campaignOf(draft) }));
  try {
    if (draft.audience === 'list' && draft.list)
      for (const text of uploadsOf(draft.list)) {
        const { count } = await answered(
          api.POST('/v1/campaigns/{id}/recipients', {
            params: { path: { id } },
            body: text,
            bodySerializer: (csv) => String(csv),
            headers: { 'content-type': 'text/csv' },
          }),
        );
        onUploaded(count);
      }
    const started = await answered(
      api.POST('/v1/campaigns/{id}/runs', { params: { path: { id } }, body: { dryRun: true } }),
    );
    return { campaignId: id, run: await finished(id, started) };
  } catch (error) {
    await discardCampaign(id).catch(() => undefined);
    throw error;
  }
}

async function finished(id: string, run: Schemas['Run']): Promise<Schemas['Run']> {
  let latest = run;
  while (latest.status === 'running') {
    await sleep(LOOK_MS);
    const params = { path: { id, runId: run.id } };
    latest = await answered(api.GET('/v1/campaigns/{id}/runs/{runId}', { params }));
  }
  return latest;
}

/** Deletes a campaign that nobody confirmed. @throws ApiError */
export async function discardCampaign(id: string): Promise<void> {
  await done(api.DELETE('/v1/campaigns/{id}', { params: { path: { id } } }));
}

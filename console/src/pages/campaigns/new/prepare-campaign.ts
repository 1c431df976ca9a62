import { answered, api, patientApi, type Schemas } from '../../../api/client.ts';
import { pause } from '../../../parts/pause.ts';
import { campaignOf, type Draft } from './draft.ts';
import { uploadsOf } from './recipient-list.ts';

/** A campaign that is made and sends nothing yet, and the dry run that counted its people. */
export interface Prepared {
  readonly campaignId: string;
  readonly run: Schemas['Run'];
}

/** So long between two looks at a dry run: a small one ends within moments, a large one takes minutes. */
const LOOK_MS = { first: 300, most: 5_000 } as const;

/**
 * Makes the campaign, uploads its list and lets a dry run count everyone. What passes is tried again; what was made is
 * deleted when a part of it fails, and when `signal` is aborted. @throws QingniaoProblem
 */
export async function prepareCampaign(
  draft: Draft,
  onUploaded: (count: number) => void,
  signal: AbortSignal,
): Promise<Prepared> {
  const { id } = await answered(api.POST('/v1/campaigns', { body: campaignOf(draft) }));
  try {
    if (draft.audience === 'list' && draft.list)
      for (const text of uploadsOf(draft.list)) {
        // The same part twice in a row counts once.
        const { count } = await upload(id, text, signal);
        onUploaded(count);
      }
    const started = await answered(
      api.POST('/v1/campaigns/{id}/runs', { params: { path: { id } }, body: { dryRun: true } }),
    );
    return { campaignId: id, run: await finished(id, started, signal) };
  } catch (error) {
    await discardCampaign(id).catch(() => undefined);
    throw error;
  }
}

function upload(id: string, text: string, signal: AbortSignal) {
  return answered(
    patientApi.POST('/v1/campaigns/{id}/recipients', {
      params: { path: { id } },
      signal,
      body: text,
      bodySerializer: String,
      headers: { 'content-type': 'text/csv' },
    }),
  );
}

async function finished(id: string, run: Schemas['Run'], signal: AbortSignal): Promise<Schemas['Run']> {
  let latest = run;
  let waitMs: number = LOOK_MS.first;
  const params = { path: { id, runId: run.id } };
  while (latest.status === 'running') {
    await pause(waitMs);
    waitMs = Math.min(LOOK_MS.most, waitMs * 1.3);
    latest = await answered(patientApi.GET('/v1/campaigns/{id}/runs/{runId}', { params, signal }));
  }
  signal.throwIfAborted();
  return latest;
}

/** Deletes a campaign that nobody confirmed. @throws QingniaoProblem */
export async function discardCampaign(id: string): Promise<void> {
  await api.DELETE('/v1/campaigns/{id}', { params: { path: { id } } });
}

import * as v from 'valibot';
import { isCampaignId } from '../lib/campaigns/campaign.ts';
import type { StartResult } from '../lib/campaigns/runs/start-run.ts';
import type { Logger } from '../lib/logger.ts';
import { wireCampaignStart as wire } from '../lib/wiring/campaign-start.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';

/** What this function needs. */
export interface StartCampaignRunServices {
  /** `not-scheduled`: the campaign's schedule has no run at that moment, any more. */
  readonly startScheduled: (
    campaignId: string,
    scheduledAtMs: number,
  ) => Promise<StartResult | { readonly type: 'not-scheduled' }>;
  readonly logger: Logger;
}

/** What a campaign's schedule sends; `scheduledTime` is the moment it was to come, the same in each delivery. */
const triggerSchema = v.object({
  campaignId: v.pipe(v.string(), v.check(isCampaignId, 'Expected the id of a campaign')),
  scheduledTime: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((text) => Date.parse(text)),
  ),
});

/** Starts the run that a campaign's schedule asks for. Delivered twice, it is one run. */
export function createHandler({ startScheduled, logger }: StartCampaignRunServices) {
  return async (event: unknown): Promise<void> => {
    const { campaignId, scheduledTime } = v.parse(triggerSchema, event);
    const result = await startScheduled(campaignId, scheduledTime);
    const facts = {
      campaignId,
      result: result.type,
      runId: 'run' in result ? result.run.id : undefined,
    };
    if (result.type === 'started' || result.type === 'exists') logger.info('campaign run asked for', facts);
    else logger.warn('A schedule asked for a run of a campaign that may not run now.', facts);
  };
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);

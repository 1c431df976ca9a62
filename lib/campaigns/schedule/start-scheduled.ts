import { scheduledRunId } from '../runs/run-id.ts';
import { type StartResult, type StartServices, startRun } from '../runs/start-run.ts';
import { LATEST_START_MS } from './desired-schedule.ts';
import { scheduledMomentNear } from './run-times.ts';

/** `not-scheduled`: the campaign's schedule has no run at that moment, any more. `too-late`: the moment is over an hour ago. */
export type ScheduledStart = StartResult | { readonly type: 'not-scheduled' | 'too-late' };

/**
 * Starts the run that a campaign's schedule has at that moment. The schedule's own moment names the run, so that a trigger which comes
 * twice, seconds off or from a person standing in for it is one run. Lambda may deliver a trigger up to six hours late.
 */
export async function startScheduledRun(
  services: StartServices,
  campaignId: string,
  scheduledAtMs: number,
): Promise<ScheduledStart> {
  const campaign = (await services.campaigns.load(campaignId))?.value;
  if (!campaign || campaign.deletedAtMs !== undefined) return { type: 'unknown-campaign' };
  const momentMs = campaign.schedule && scheduledMomentNear(campaign.schedule, scheduledAtMs);
  if (momentMs === undefined) return { type: 'not-scheduled' };
  if (services.clock() - momentMs > LATEST_START_MS) return { type: 'too-late' };
  const runId = scheduledRunId(campaignId, momentMs);
  return startRun(services, { campaignId, runId, trigger: 'schedule' });
}

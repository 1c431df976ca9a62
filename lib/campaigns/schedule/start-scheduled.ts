import { scheduledRunId } from '../runs/run-id.ts';
import { type StartResult, type StartServices, startRun } from '../runs/start-run.ts';
import { runsAt } from './run-times.ts';

/** `not-scheduled`: the campaign's schedule has no run at that moment, any more. */
export type ScheduledStart = StartResult | { readonly type: 'not-scheduled' };

/**
 * Starts the run that a campaign's schedule has at that moment. Asked for twice, it is one run.
 * A trigger of a schedule that the campaign has no more comes too late to count.
 */
export async function startScheduledRun(
  services: StartServices,
  campaignId: string,
  scheduledAtMs: number,
): Promise<ScheduledStart> {
  const schedule = (await services.campaigns.load(campaignId))?.value.schedule;
  if (!schedule || !runsAt(schedule, scheduledAtMs)) return { type: 'not-scheduled' };
  const runId = scheduledRunId(campaignId, scheduledAtMs);
  return startRun(services, { campaignId, runId, trigger: 'schedule' });
}

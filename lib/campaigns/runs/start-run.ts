import * as v from 'valibot';
import type { Clock } from '../../clock.ts';
import { runContent } from '../campaign.ts';
import type { CampaignStore } from '../campaign-store.ts';
import { scheduledMomentNear } from '../schedule/schedule-expression.ts';
import { LATEST_START_MS } from '../schedule/sync-schedule.ts';
import { isOver, type RunRecord, type RunTrigger, scheduledRunId } from './run.ts';
import type { EnqueueJobs, RunJob } from './run-job.ts';
import type { RunStore } from './run-store.ts';

export interface StartServices {
  readonly campaigns: Pick<CampaignStore, 'load'>;
  readonly runs: Pick<RunStore, 'create' | 'load' | 'shards'>;
  readonly enqueueJobs: EnqueueJobs;
  readonly newRunId: () => string;
  readonly clock: Clock;
}

/** The run to start. */
export interface StartRequest {
  readonly campaignId: string;
  /** Given for a run that must not begin twice ({@link scheduledRunId}); a new one otherwise. */
  readonly runId?: string;
  readonly trigger: RunTrigger;
  readonly dryRun?: boolean;
  /** The run whose failed recipients are to be sent to again. */
  readonly ofRunId?: string;
}

type StartResult =
  /** `exists`: the same run was started before. */
  | { readonly type: 'started' | 'exists'; readonly run: RunRecord }
  | { readonly type: 'unknown-campaign' | 'unknown-run' }
  | { readonly type: 'not-active' }
  /** The run whose failed recipients were asked for may still fail to reach more. */
  | { readonly type: 'run-not-over' };

/**
 * Starts a run. Its jobs go onto the queue before the run is stored, so that no stored run is without a
 * worker. Jobs of a run that was never stored are dropped after a minute.
 */
export async function startRun(services: StartServices, request: StartRequest): Promise<StartResult> {
  const { campaigns, runs, clock } = services;
  const { campaignId, ofRunId, trigger, dryRun = false } = request;
  const campaign = (await campaigns.load(campaignId))?.value;
  if (!campaign || campaign.deletedAtMs !== undefined) return { type: 'unknown-campaign' };
  const earlier = request.runId === undefined ? undefined : await runs.load(campaignId, request.runId);
  if (earlier) return { type: 'exists', run: earlier.value };
  if (campaign.status !== 'active') return { type: 'not-active' };
  if (ofRunId !== undefined) {
    const of = await runs.load(campaignId, ofRunId);
    if (!of) return { type: 'unknown-run' };
    if (!isOver(of.value)) return { type: 'run-not-over' };
  }
  const run: RunRecord = {
    id: request.runId ?? services.newRunId(),
    campaignId,
    status: 'running',
    trigger,
    dryRun,
    source: ofRunId === undefined ? campaign.audience : { type: 'failed-of', runId: ofRunId },
    content: v.parse(runContent, campaign),
    startedAtMs: clock(),
    generation: 0,
  };
  await services.enqueueJobs(planJobs(run, runs.shards, clock()), 0);
  if ((await runs.create(run)) === 'created') return { type: 'started', run };
  const twin = await runs.load(campaignId, run.id);
  return { type: 'exists', run: twin?.value ?? run };
}

/** The jobs that plan a run's shards from the beginning. Planned batches are queued again. */
export function planJobs(
  { campaignId, id, generation }: Pick<RunRecord, 'campaignId' | 'id' | 'generation'>,
  shards: readonly number[],
  nowMs: number,
): readonly RunJob[] {
  return shards.map((shard) => ({
    type: 'plan',
    campaignId,
    runId: id,
    shard,
    after: '',
    planned: { batches: 0, recipients: 0 },
    generation,
    sinceMs: nowMs,
  }));
}

/** `not-scheduled`: the schedule has no run at that moment. `too-late`: it is over an hour ago. */
export type ScheduledStart = StartResult | { readonly type: 'not-scheduled' | 'too-late' };

/**
 * Starts the run that a campaign's schedule has at that moment. The schedule's own moment names the run. So
 * it is one run, also where a trigger comes twice, seconds off, or from a person. Lambda may deliver a
 * trigger up to six hours late.
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

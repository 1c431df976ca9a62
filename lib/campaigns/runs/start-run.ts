import type { Clock } from '../../clock.ts';
import type { CampaignStore } from '../campaign-store.ts';
import type { EnqueueJobs, RunJob } from './job.ts';
import { isOver, type RunRecord, type RunTrigger } from './run.ts';
import type { RunStore } from './run-store.ts';

export interface StartServices {
  readonly campaigns: Pick<CampaignStore, 'load'>;
  readonly runs: Pick<RunStore, 'create' | 'load' | 'shards'>;
  readonly enqueueJobs: EnqueueJobs;
  readonly newRunId: () => string;
  readonly clock: Clock;
}

/** A wish to start a run. */
export interface StartRequest {
  readonly campaignId: string;
  /** Given for a run that must not begin twice ({@link scheduledRunId}); a new one otherwise. */
  readonly runId?: string;
  readonly trigger: RunTrigger;
  readonly dryRun?: boolean;
  /** The run whose failed recipients are to be sent to again. */
  readonly ofRunId?: string;
}

/** What came of it. */
export type StartResult =
  /** `exists`: the same run was started before. */
  | { readonly type: 'started' | 'exists'; readonly run: RunRecord }
  | { readonly type: 'unknown-campaign' | 'unknown-run' }
  /** The campaign is paused or ended. */
  | { readonly type: 'not-active' }
  /** The run whose failed recipients were asked for may still come to more of them. */
  | { readonly type: 'run-not-over' };

/**
 * Starts a run. The jobs that find its recipients go onto the queue before the run is stored, so that no run stands still that
 * nobody works on; jobs of a run that was never stored are dropped after a minute.
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
  const { templateId, data, page, miniprogramState, lang, fit, maxPerSecond, quietHours, audience } =
    campaign;
  const run: RunRecord = {
    id: request.runId ?? services.newRunId(),
    campaignId,
    status: 'running',
    trigger,
    dryRun,
    source: ofRunId === undefined ? audience : { type: 'failed-of', runId: ofRunId },
    content: {
      templateId,
      data,
      miniprogramState,
      lang,
      fit,
      ...(page !== undefined && { page }),
      ...(maxPerSecond !== undefined && { maxPerSecond }),
      ...(quietHours && { quietHours }),
    },
    startedAtMs: clock(),
    generation: 0,
  };
  await services.enqueueJobs(planJobs(run, runs.shards, clock()), 0);
  if ((await runs.create(run)) === 'created') return { type: 'started', run };
  const twin = await runs.load(campaignId, run.id);
  return { type: 'exists', run: twin?.value ?? run };
}

/** The jobs that go over a run's recipients from the beginning, shard by shard: planned ones are queued again, others planned. */
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

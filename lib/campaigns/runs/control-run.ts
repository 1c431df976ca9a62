import type { Clock } from '../../clock.ts';
import { everyItem } from '../../listing.ts';
import { type Contention, retryOnConflict } from '../../retry.ts';
import { updated } from '../../versioned.ts';
import type { EnqueueJobs } from './job.ts';
import { summarise } from './progress.ts';
import { isOver, type RunRecord } from './run.ts';
import type { RunStore } from './run-store.ts';
import { planJobs } from './start-run.ts';

export interface ControlServices extends Contention {
  readonly runs: RunStore;
  readonly enqueueJobs: EnqueueJobs;
  readonly clock: Clock;
}

/** What holding a run back needs: nothing is queued for it. */
export type HaltServices = Omit<ControlServices, 'enqueueJobs'>;

/** What came of the wish. Asking twice for the same is no error. */
export type ControlResult =
  | { readonly type: 'done'; readonly run: RunRecord }
  | { readonly type: 'unknown-run' }
  /** It has been stopped or is finished. */
  | { readonly type: 'run-over'; readonly run: RunRecord };

/** Holds a run back. Senders look each second; what they find queued for it meanwhile they drop, because resuming queues it anew. */
export function pauseRun(services: HaltServices, campaignId: string, runId: string): Promise<ControlResult> {
  return change(services, { campaignId, runId }, async (run) => {
    return run.status === 'paused' ? run : { ...run, status: 'paused' };
  });
}

/** Goes on with a run: everything that is left is queued anew, before the run says so. */
export function resumeRun(
  services: ControlServices,
  campaignId: string,
  runId: string,
): Promise<ControlResult> {
  return change(services, { campaignId, runId }, async (run) => {
    if (run.status === 'running') return run;
    const resumed: RunRecord = { ...run, status: 'running', generation: run.generation + 1 };
    await services.enqueueJobs(planJobs(resumed, services.runs.shards, services.clock()), 0);
    return resumed;
  });
}

/**
 * Ends a run for good. Requests under way are still accounted for: jobs that go over the run's batches once more look after those whose
 * sender died.
 */
export function stopRun(
  services: ControlServices,
  campaignId: string,
  runId: string,
): Promise<ControlResult> {
  return change(services, { campaignId, runId }, async (run) => {
    const summary = await summarise(services.runs, run);
    const finishedAtMs = services.clock();
    const generation = run.generation + 1;
    const stopped: RunRecord = { ...run, status: 'stopped', finishedAtMs, generation, summary };
    await services.enqueueJobs(planJobs(stopped, services.runs.shards, services.clock()), 0);
    return stopped;
  });
}

function change(
  { runs, ...contention }: HaltServices,
  { campaignId, runId }: { campaignId: string; runId: string },
  decide: (run: RunRecord) => Promise<RunRecord>,
): Promise<ControlResult> {
  return retryOnConflict(async () => {
    const stored = await runs.load(campaignId, runId);
    if (!stored) return { type: 'unknown-run' };
    if (isOver(stored.value)) return { type: 'run-over', run: stored.value };
    const after = await decide(stored.value);
    if (after === stored.value) return { type: 'done', run: after };
    const result = await runs.put(updated(stored, after));
    return result === 'conflict' ? result : { type: 'done', run: after };
  }, contention);
}

const RUNS_AT_ONCE = 100;

/** Holds back every run of a campaign that is running. @throws ContentionError */
export async function pauseRunsOf(services: HaltServices, campaignId: string): Promise<void> {
  for await (const { id, status } of everyItem((after) =>
    services.runs.list(campaignId, RUNS_AT_ONCE, after),
  )) {
    if (status === 'running') await pauseRun(services, campaignId, id);
  }
}

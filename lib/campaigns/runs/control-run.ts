import type { Clock } from '../../clock.ts';
import { type Backoff, retryOnConflict } from '../../retry.ts';
import { updated } from '../../versioned.ts';
import { summarise } from './progress.ts';
import { isOver, type RunRecord } from './run.ts';
import type { EnqueueJobs } from './run-job.ts';
import type { RunStore } from './run-store.ts';
import { planJobs } from './start-run.ts';

export interface ControlServices extends Backoff {
  readonly runs: RunStore;
  readonly enqueueJobs: EnqueueJobs;
  readonly clock: Clock;
}

/** Pausing queues nothing. */
export type PauseServices = Omit<ControlServices, 'enqueueJobs'>;

/** The run as it now is, or why it stays as it was. Asking twice for the same is no error. */
type ControlResult =
  | { readonly type: 'done'; readonly run: RunRecord }
  | { readonly type: 'unknown-run' }
  | { readonly type: 'run-over'; readonly run: RunRecord };

/** Pauses a run within a second. Senders drop what is queued for it, because resuming queues it anew. */
export function pauseRun(services: PauseServices, campaignId: string, runId: string): Promise<ControlResult> {
  return change(services, { campaignId, runId }, async (run) => {
    return run.status === 'paused' ? run : { ...run, status: 'paused' };
  });
}

/** Resumes a run. Everything that is left is queued anew before the run says so. */
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

/** Stops a run for good. Its jobs go over the batches once more and resolve the claims of dead senders. */
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
  { runs, ...backoff }: PauseServices,
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
  }, backoff);
}

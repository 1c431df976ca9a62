import type { Planned } from './batch.ts';

interface AnyJob {
  readonly campaignId: string;
  readonly runId: string;
  readonly shard: number;
  /** Where in the shard the work begins. */
  readonly after: string;
  /** The run's generation when the job was made. */
  readonly generation: number;
  /** When the job was first made. */
  readonly sinceMs: number;
}

/** Find the recipients from there on, and queue them batch by batch. */
export interface PlanJob extends AnyJob {
  readonly type: 'plan';
  /** What of the shard has been planned before. */
  readonly planned: Planned;
}

/** Send to the recipients of the batch that begins there. */
export interface SendBatchJob extends AnyJob {
  readonly type: 'send';
}

/** A small piece of a run's work, carried by the queue. It may come twice, late or for nothing; all three are harmless. */
export type RunJob = PlanJob | SendBatchJob;

/** Puts jobs on the queue, to come up after `delayMs` (at most 15 minutes). */
export type EnqueueJobs = (jobs: readonly RunJob[], delayMs: number) => Promise<void>;

/** What became of a job: finished with, or to come up again at a later moment. */
export type JobResult = { readonly type: 'done' } | { readonly type: 'later'; readonly delayMs: number };

/** There is nothing left to do for a job. */
export const DONE: JobResult = { type: 'done' };

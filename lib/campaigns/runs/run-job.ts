import * as v from 'valibot';
import { planned } from './batch.ts';

const common = {
  campaignId: v.string(),
  runId: v.string(),
  shard: v.number(),
  /** The border in the shard that the work begins behind; empty for its beginning. */
  after: v.string(),
  /** The run's generation when the job was made. */
  generation: v.number(),
  /** When the job was first made. */
  sinceMs: v.number(),
};

/** Plans the recipients of a shard that come after `after`, and queues them batch by batch. */
const planJob = v.strictObject({
  type: v.literal('plan'),
  /** What of the shard was planned before. */
  planned,
  ...common,
});

/** Sends to the recipients of the batch that begins at `after`. */
const sendBatchJob = v.strictObject({ type: v.literal('send'), ...common });

/** A piece of a run's work on the queue. It may come twice, late or for nothing; all three are harmless. */
export const runJob = v.variant('type', [planJob, sendBatchJob]);

/** See {@link runJob}. */
export type RunJob = Readonly<v.InferOutput<typeof runJob>>;

/** See {@link runJob}. */
export type PlanJob = Readonly<v.InferOutput<typeof planJob>>;

/** See {@link runJob}. */
export type SendBatchJob = Readonly<v.InferOutput<typeof sendBatchJob>>;

/** Puts jobs on the queue, to come up after `delayMs` (at most 15 minutes). */
export type EnqueueJobs = (jobs: readonly RunJob[], delayMs: number) => Promise<void>;

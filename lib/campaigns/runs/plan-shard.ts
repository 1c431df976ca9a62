import type { Clock } from '../../clock.ts';
import { DONE, type JobResult } from '../../job-result.ts';
import { type Backoff, retryOnConflict } from '../../retry.ts';
import { type BatchKey, borderBehind, type RunBatch } from './batch.ts';
import { type FinishServices, finishRunIfDone } from './finish-run.ts';
import { type RecipientSource, recipientSourceOf, type SourceServices } from './recipient-source.ts';
import { needsTidying } from './results.ts';
import type { RunRecord } from './run.ts';
import type { EnqueueJobs, PlanJob, SendBatchJob } from './run-job.ts';

import type { RunStore } from './run-store.ts';

export interface PlanServices extends FinishServices, SourceServices {
  readonly runs: RunStore;
  readonly enqueueJobs: EnqueueJobs;
  readonly clock: Clock;
}

/** One job plans so many batches at most, so that a copy of it repeats no more than that. */
const BATCHES_PER_JOB = 100;
/** The queue takes so many jobs in one call. */
const JOBS_PER_CALL = 10;

/**
 * Plans the recipients of a shard from where the job begins: writes them batch by batch and queues each
 * batch. A batch that was planned before stays as it is, and is queued again where it is not done. So a job
 * that comes twice plans nobody twice. Where `isHalted` says so, which is asked before each batch, the job
 * comes up again as it was.
 */
export async function planShard(
  services: PlanServices,
  run: RunRecord,
  job: PlanJob,
  { isHalted, deadlineMs }: { isHalted: () => Promise<boolean>; deadlineMs: number },
): Promise<JobResult> {
  const { runs, clock } = services;
  const { shard } = job;
  let source = recipientSourceOf(services, run, shard);
  const queue = createBatchQueue(services, job);
  let { after, planned } = job;
  for (let count = 0; count < BATCHES_PER_JOB && clock() < deadlineMs; count++) {
    if (await isHalted()) return { type: 'later', delayMs: 0 };
    const key = { runId: run.id, shard, start: after };
    const { batch, isNew } = await batchAt(services, run, source, key, planned);
    if (batch.recipients.length > 0 && (isNew || !(await isDone(runs, key)))) await queue.add(after);
    // It may stand there because a user was erased, whom the source has read.
    if (batch.recipients.length === 0) source = recipientSourceOf(services, run, shard);
    planned = batch.upTo;
    if (batch.next === undefined) {
      await queue.flush();
      await runs.setPlanned(run.id, shard, planned);
      await finishRunIfDone(services, run);
      return DONE;
    }
    after = batch.next;
  }
  await queue.flush();
  await services.enqueueJobs([{ ...job, after, planned }], 0);
  return DONE;
}

/**
 * Puts an empty batch where the shard's next one would be. A planner that has read recipients for that one
 * finds its place taken, and reads them anew. In a stopped run the empty batch is the last.
 */
export function interruptPlanning(
  { runs, ...backoff }: Backoff & { readonly runs: Pick<RunStore, 'batchBefore' | 'createBatch'> },
  { id, campaignId, content, status }: RunRecord,
  shard: number,
): Promise<void> {
  return retryOnConflict(async () => {
    const last = (await runs.batchBefore(id, shard))?.batch;
    const after = last ? last.next : '';
    if (after === undefined) return undefined;
    const empty: RunBatch = {
      campaignId,
      templateId: content.templateId,
      recipients: [],
      upTo: last?.upTo ?? { batches: 0, recipients: 0 },
      ...(status !== 'stopped' && { next: borderBehind(after) }),
    };
    const result = await runs.createBatch({ runId: id, shard, start: after }, empty);
    return result === 'exists' ? 'conflict' : undefined;
  }, backoff);
}

/** Queues the batches of a stopped run that a worker left in the middle. */
export async function tidyShard(
  services: PlanServices,
  job: PlanJob,
  deadlineMs: number,
): Promise<JobResult> {
  const { runs, clock } = services;
  const queue = createBatchQueue(services, job);
  let { after } = job;
  while (clock() < deadlineMs) {
    const key = { runId: job.runId, shard: job.shard, start: after };
    const batch = await runs.loadBatch(key);
    if (batch && needsTidying((await runs.loadResults(key)).value)) await queue.add(after);
    if (batch?.next === undefined) {
      await queue.flush();
      return DONE;
    }
    after = batch.next;
  }
  await queue.flush();
  await services.enqueueJobs([{ ...job, after }], 0);
  return DONE;
}

/** The batch as it was planned before, or as it is planned now. */
async function batchAt(
  { runs }: Pick<PlanServices, 'runs'>,
  { campaignId, content }: RunRecord,
  source: RecipientSource,
  key: BatchKey,
  before: PlanJob['planned'],
): Promise<{ batch: RunBatch; isNew: boolean }> {
  const earlier = await runs.loadBatch(key);
  if (earlier) return { batch: earlier, isNew: false };
  const found = await source.next(key.start);
  const upTo = {
    batches: before.batches + (found.recipients.length > 0 ? 1 : 0),
    recipients: before.recipients + found.recipients.length,
  };
  const batch: RunBatch = { ...found, campaignId, templateId: content.templateId, upTo };
  if ((await runs.createBatch(key, batch)) === 'created') return { batch, isNew: true };
  return { batch: (await runs.loadBatch(key)) ?? batch, isNew: false };
}

async function isDone(runs: RunStore, key: BatchKey): Promise<boolean> {
  return (await runs.loadResults(key)).value.done;
}

/** Queues batches, {@link JOBS_PER_CALL} at a time. */
function createBatchQueue({ enqueueJobs, clock }: PlanServices, job: PlanJob) {
  const { planned: _planned, ...common } = job;
  let waiting: SendBatchJob[] = [];

  async function flush(): Promise<void> {
    const jobs = waiting;
    waiting = [];
    if (jobs.length > 0) await enqueueJobs(jobs, 0);
  }

  return {
    flush,
    async add(after: string): Promise<void> {
      waiting.push({ ...common, type: 'send', after, sinceMs: clock() });
      if (waiting.length === JOBS_PER_CALL) await flush();
    },
  };
}

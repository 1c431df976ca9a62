import type { Clock } from '../../clock.ts';
import { DONE, type JobResult } from '../../job-result.ts';
import { runQuietUntilMs } from '../quiet-hours.ts';
import { type PlanServices, planShard, tidyShard } from './plan-shard.ts';
import { isOver, type RunRecord } from './run.ts';
import type { RunJob } from './run-job.ts';
import type { RunStore } from './run-store.ts';
import { type SendBatchServices, sendBatch, tidyStopped } from './send-batch.ts';

interface RunWorkServices extends PlanServices, Omit<SendBatchServices, 'audience'> {
  readonly runStatus: RunStatusCache;
}

/** A job may overtake its run's record by a function's running time. This is twice that: clocks differ. */
const RUN_MAY_APPEAR_WITHIN_MS = 60_000;
const RETRY_AFTER_MS = 1_000;
/** A run that its job overtook is most often one write away. The worker waits so long for it. */
const OVERTAKEN_WAIT_MS = 400;

/**
 * Does a piece of a run's work. Safe to repeat, at any moment and from anywhere. The run is read anew for
 * each job. A job that is dropped because the run is paused was queued before it resumes, and resuming queues
 * everything anew.
 */
export async function processRunJob(
  services: RunWorkServices,
  job: RunJob,
  deadlineMs: number,
): Promise<JobResult> {
  const { runStatus, clock } = services;
  const readAtMs = clock();
  const run = await runOf(services, job);
  if (!run || isBehind(run, job)) return notYet(job, readAtMs);
  if (run.status === 'stopped') return tidyUp(services, run, job, deadlineMs);
  if (isVoid(run, job)) return DONE;
  const quietUntil = job.type === 'send' ? runQuietUntilMs(run, clock()) : undefined;
  if (quietUntil !== undefined) return { type: 'later', delayMs: quietUntil - clock() };
  const result = await doJob(services, run, job, deadlineMs);
  if (result.type === 'done') return DONE;
  const after = await runStatus.read(job);
  // The job of a run that was stopped meanwhile comes up once more, to resolve what was under way.
  return isVoid(after, job) && after?.status !== 'stopped' ? DONE : result;
}

/** The run, once it is stored and has reached its job's generation. */
async function runOf(
  { runStatus, clock, sleep }: RunWorkServices,
  job: RunJob,
): Promise<RunRecord | undefined> {
  const untilMs = clock() + OVERTAKEN_WAIT_MS;
  for (let pauseMs = 20; ; pauseMs *= 2) {
    const run = await runStatus.read(job);
    if (!isBehind(run, job) || clock() >= untilMs) return run;
    await sleep(pauseMs);
  }
}

function isBehind(run: RunRecord | undefined, job: RunJob): boolean {
  return !run || job.generation > run.generation;
}

/** Resolves what was under way when the run was stopped. Nothing more is sent. */
async function tidyUp(
  services: RunWorkServices,
  run: RunRecord,
  job: RunJob,
  deadlineMs: number,
): Promise<JobResult> {
  if (job.type === 'send') return tidyStopped(services, run, job);
  return job.generation < run.generation ? DONE : tidyShard(services, job, deadlineMs);
}

/** Halts where the cached run is void or quiet. It may be older than the job, so no job is dropped. */
function doJob(
  services: RunWorkServices,
  run: RunRecord,
  job: RunJob,
  deadlineMs: number,
): Promise<JobResult> {
  const isRunVoid = async () => isVoid(await services.runStatus.cached(job), job);
  if (job.type === 'plan') return planShard(services, run, job, { isHalted: isRunVoid, deadlineMs });
  const isHalted = async () => (await isRunVoid()) || runQuietUntilMs(run, services.clock()) !== undefined;
  return sendBatch(services, run, job, { isHalted, deadlineMs });
}

/** Whether the job is void: the run is paused or over, or has resumed and queued everything anew. */
function isVoid(run: RunRecord | undefined, job: RunJob): boolean {
  return !run || isOver(run) || run.status === 'paused' || job.generation < run.generation;
}

/** The job came up before its run was stored or resumed. After a minute without that it is dropped. */
function notYet({ sinceMs }: RunJob, readAtMs: number): JobResult {
  return readAtMs - sinceMs > RUN_MAY_APPEAR_WITHIN_MS ? DONE : { type: 'later', delayMs: RETRY_AFTER_MS };
}

/** Runs as they were read a moment ago, to notice when one is paused or stopped. */
interface RunStatusCache {
  read(job: Pick<RunJob, 'campaignId' | 'runId'>): Promise<RunRecord | undefined>;
  /** At most {@link CACHED_MS} old. */
  cached(job: Pick<RunJob, 'campaignId' | 'runId'>): Promise<RunRecord | undefined>;
}

/** A pause is noticed after this long at the latest. */
const CACHED_MS = 1_000;
const MAX_CACHED = 100;

/** Caches runs for a second, for one container. */
export function createRunStatusCache({
  runs,
  clock,
}: {
  runs: Pick<RunStore, 'load'>;
  clock: Clock;
}): RunStatusCache {
  const cache = new Map<string, { readonly atMs: number; readonly run: Promise<RunRecord | undefined> }>();

  function read({ campaignId, runId }: Pick<RunJob, 'campaignId' | 'runId'>): Promise<RunRecord | undefined> {
    const run = runs.load(campaignId, runId).then((stored) => stored?.value);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(runId, { atMs: clock(), run });
    run.catch(() => cache.delete(runId));
    return run;
  }

  return {
    read,
    cached(job) {
      const known = cache.get(job.runId);
      return known && clock() - known.atMs < CACHED_MS ? known.run : read(job);
    },
  };
}

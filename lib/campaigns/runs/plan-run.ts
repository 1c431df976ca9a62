import type { Clock } from '../../clock.ts';
import type { EnqueueJobs, JobResult, PlanJob, SendPageJob } from './job.ts';
import { DONE } from './job.ts';
import type { PagePlace, RunPage } from './page.ts';
import { type FinishServices, finishIfDone } from './progress.ts';
import { type RecipientSource, type SourceServices, sourceOf } from './recipient-source.ts';
import { isLeftInTheMiddle } from './results.ts';
import type { RunRecord } from './run.ts';
import type { RunStore } from './run-store.ts';

/** What planning needs from outside. */
export interface PlanServices extends FinishServices, SourceServices {
  readonly runs: RunStore;
  readonly enqueueJobs: EnqueueJobs;
  readonly clock: Clock;
}

/** One job goes over so many pages at the most, so that a copy of it repeats no more than that. */
const PAGES_PER_JOB = 100;
/** The queue takes so many jobs in one call. */
const JOBS_PER_CALL = 10;

/**
 * Finds the recipients of a shard from where the job begins, writes them down page by page and queues each page. Pages that were
 * planned before are taken as they are, so that a job that comes twice plans nobody twice; what is left of them is queued again.
 * `isHeldBack` is asked before each page; where it says so, the job is put down as it was.
 */
export async function planShard(
  services: PlanServices,
  run: RunRecord,
  job: PlanJob,
  { isHeldBack, deadlineMs }: { isHeldBack: () => Promise<boolean>; deadlineMs: number },
): Promise<JobResult> {
  const { runs, clock } = services;
  const { shard } = job;
  const source = sourceOf(services, run, shard);
  const queue = createPageQueue(services, job);
  let { after, planned } = job;
  for (let count = 0; count < PAGES_PER_JOB && clock() < deadlineMs; count++) {
    if (await isHeldBack()) return { type: 'later', delayMs: 0 };
    const place = { runId: run.id, shard, after };
    const { page, isNew } = await pageAt(services, run, source, place, planned);
    if (page.recipients.length > 0 && (isNew || !(await isDone(runs, place)))) await queue.add(after);
    planned = page.upTo;
    if (page.next === undefined) {
      await queue.flush();
      await runs.setPlanned(run.id, shard, planned);
      await finishIfDone(services, run);
      return DONE;
    }
    after = page.next;
  }
  await queue.flush();
  await services.enqueueJobs([{ ...job, after, planned }], 0);
  return DONE;
}

/** Goes over the pages of a run that was stopped and queues those that somebody left in the middle. */
export async function tidyShard(
  services: PlanServices,
  job: PlanJob,
  deadlineMs: number,
): Promise<JobResult> {
  const { runs, clock } = services;
  const queue = createPageQueue(services, job);
  let { after } = job;
  while (clock() < deadlineMs) {
    const place = { runId: job.runId, shard: job.shard, after };
    const page = await runs.loadPage(place);
    if (page && isLeftInTheMiddle((await runs.loadResults(place)).value)) await queue.add(after);
    if (page?.next === undefined) {
      await queue.flush();
      return DONE;
    }
    after = page.next;
  }
  await queue.flush();
  await services.enqueueJobs([{ ...job, after }], 0);
  return DONE;
}

/** The page as it was planned before, or as it is planned now. */
async function pageAt(
  { runs }: Pick<PlanServices, 'runs'>,
  { campaignId, content }: RunRecord,
  source: RecipientSource,
  place: PagePlace,
  before: PlanJob['planned'],
): Promise<{ page: RunPage; isNew: boolean }> {
  const earlier = await runs.loadPage(place);
  if (earlier) return { page: earlier, isNew: false };
  const found = await source.next(place.after);
  const upTo = {
    pages: before.pages + (found.recipients.length > 0 ? 1 : 0),
    recipients: before.recipients + found.recipients.length,
  };
  const page: RunPage = { ...found, campaignId, templateId: content.templateId, upTo };
  if ((await runs.createPage(place, page)) === 'created') return { page, isNew: true };
  return { page: (await runs.loadPage(place)) ?? page, isNew: false };
}

async function isDone(runs: RunStore, place: PagePlace): Promise<boolean> {
  return (await runs.loadResults(place)).value.done;
}

/** Queues pages a few at a time. */
function createPageQueue({ enqueueJobs, clock }: PlanServices, job: PlanJob) {
  const { planned: _planned, ...common } = job;
  let waiting: SendPageJob[] = [];

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

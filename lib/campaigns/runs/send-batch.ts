import type { RateLimiter } from '../../limits/rate-limiter.ts';
import type { Template } from '../../templates/template.ts';
import { createTexts } from './batch-texts.ts';
import { checkBatch, closeLeftClaims, tidyBatch } from './check-batch.ts';
import { DONE, type JobResult, type SendBatchJob } from './job.ts';
import { openBatch } from './open-batch.ts';
import { type FinishServices, finishIfDone } from './progress.ts';
import type { ResultBufferServices } from './result-buffer.ts';
import { isLeftInTheMiddle } from './results.ts';
import type { RunRecord } from './run.ts';
import type { RunStore } from './run-store.ts';
import { type BatchLimits, type BatchServices, sendToBatch } from './send-to-batch.ts';

export interface SendBatchServices extends BatchServices, ResultBufferServices, FinishServices {
  readonly runs: RunStore;
  readonly wechat: BatchServices['wechat'] & { ready(): Promise<boolean> };
  readonly findTemplate: (templateId: string) => Promise<Template | undefined>;
}

/** Without an access token the batch is looked at again after this. */
const TOKEN_WAIT_MS = 20_000;

/**
 * Sends to the recipients of one batch that have not been dealt with; one worker has the batch at a time. Those who cannot be sent to
 * now are left for later: the answer says when the job is to come up again.
 */
export async function sendBatch(
  services: SendBatchServices,
  run: RunRecord,
  job: SendBatchJob,
  limits: BatchLimits,
): Promise<JobResult> {
  const { runs } = services;
  const key = { runId: run.id, shard: job.shard, after: job.after };
  const [batch, before] = await Promise.all([runs.loadBatch(key), runs.loadResults(key)]);
  if (!batch) return DONE;
  if (!run.dryRun && !before.value.done) {
    if (!(await services.wechat.ready())) return later(services, TOKEN_WAIT_MS);
    // Before the batch is taken, so that waiting for the rate limit costs no write of it.
    const acquire = await services.acquirePermit(run);
    if (acquire.type === 'later') return acquire;
  }
  const template = await services.findTemplate(run.content.templateId);
  const opening = await openBatch(services, key, batch.recipients.length, before);
  if (opening.type === 'busy') return later(services, Math.max(1_000, opening.untilMs - services.clock()));
  if (opening.type === 'done') return finished(services, run);
  const { buffer } = opening;
  const work = { run, batch, buffer, texts: createTexts(run.content, template) };
  const backInMs = run.dryRun
    ? await checkBatch(services, work).then(() => 0)
    : await sendToBatch(services, work, limits);
  await closeLeftClaims(services, work);
  if (await buffer.close({ done: run.dryRun })) return finished(services, run);
  return { type: 'later', delayMs: backInMs };
}

/**
 * Looks after a batch of a run that was stopped: a recipient whose sender died over them is no longer pending, because a request may
 * have left. Sends nothing.
 */
export async function tidyStopped(
  services: SendBatchServices,
  run: RunRecord,
  job: SendBatchJob,
): Promise<JobResult> {
  const { runs } = services;
  const key = { runId: run.id, shard: job.shard, after: job.after };
  const before = await runs.loadResults(key);
  if (!isLeftInTheMiddle(before.value)) return DONE;
  const batch = await runs.loadBatch(key);
  if (!batch) return DONE;
  const opening = await openBatch(services, key, batch.recipients.length, before);
  if (opening.type === 'busy') return later(services, Math.max(1_000, opening.untilMs - services.clock()));
  if (opening.type === 'done') return DONE;
  const { buffer } = opening;
  const work = { run, batch, buffer, texts: createTexts(run.content, undefined) };
  const backInMs = await tidyBatch(services, work);
  await closeLeftClaims(services, work);
  await buffer.close();
  return backInMs > 0 ? later(services, backInMs) : DONE;
}

async function finished(services: SendBatchServices, run: RunRecord): Promise<JobResult> {
  await finishIfDone(services, run);
  return DONE;
}

function later({ random }: SendBatchServices, atLeastMs: number): JobResult {
  return { type: 'later', delayMs: atLeastMs * (1 + random() / 2) };
}

/** Takes a place under the run's own rate limit, then under its template's and then under that of all sending. */
export function createPermits(
  rateLimiter: Pick<RateLimiter, 'acquire' | 'acquireFor'>,
  runRateLimiter: (run: RunRecord) => Pick<RateLimiter, 'acquire'> | undefined,
): SendBatchServices['acquirePermit'] {
  return async (run) => {
    const own = await runRateLimiter(run)?.acquire();
    if (own?.type === 'later') return own;
    const ofTemplate = await rateLimiter.acquireFor(run.content.templateId);
    return ofTemplate.type === 'later' ? ofTemplate : rateLimiter.acquire();
  };
}

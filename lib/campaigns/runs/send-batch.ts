import { DONE, type JobResult } from '../../job-result.ts';
import { givenUp } from '../../sends/record-transitions.ts';
import { type ResolveServices, resolveClaim } from '../../sends/resolve-claim.ts';
import type { Template } from '../../templates/template.ts';
import { type BatchKey, isErased } from './batch.ts';
import { checkBatch } from './dry-run.ts';
import { type FinishServices, finishRunIfDone } from './finish-run.ts';
import { createTexts, sendToResolve } from './recipient-port.ts';
import { openBatch, type ResultBufferServices } from './result-buffer.ts';
import { isOpen, NOT_BEGUN, needsTidying } from './results.ts';
import type { RunRecord } from './run.ts';
import type { SendBatchJob } from './run-job.ts';
import type { RunStore } from './run-store.ts';
import {
  type BatchLimits,
  type BatchWork,
  type RecipientServices,
  sendToRecipients,
} from './send-to-recipients.ts';

export interface SendBatchServices extends RecipientServices, ResultBufferServices, FinishServices {
  readonly runs: RunStore;
  readonly wechat: RecipientServices['wechat'] & { ready(): Promise<boolean> };
  readonly findTemplate: (templateId: string) => Promise<Template | undefined>;
}

type OpenBatch = Omit<BatchWork, 'texts'>;

/** Without an access token the job comes up again after this. */
const TOKEN_WAIT_MS = 20_000;

/**
 * Sends to the recipients of one batch who are not dealt with; one worker has the batch at a time. Where some
 * are left, the answer says when the job comes up again.
 */
export async function sendBatch(
  services: SendBatchServices,
  run: RunRecord,
  job: SendBatchJob,
  limits: BatchLimits,
): Promise<JobResult> {
  const { runs } = services;
  const key = keyOf(job);
  const [batch, before] = await Promise.all([runs.loadBatch(key), runs.loadResults(key)]);
  if (!batch) return DONE;
  if (!run.dryRun && !before.value.done) {
    if (!(await services.wechat.ready())) return later(services, TOKEN_WAIT_MS);
    // Before the batch is taken, so that waiting for the rate limit costs no write of it.
    const permit = await services.acquirePermit(run);
    if (permit.type === 'later') return permit;
  }
  const template = await services.findTemplate(run.content.templateId);
  const opening = await openBatch(services, key, batch.recipients.length, before);
  if (opening.type === 'busy') return later(services, opening.untilMs - services.clock());
  if (opening.type === 'open') {
    const { buffer } = opening;
    const work = { run, batch, buffer, texts: createTexts(run.content, template) };
    giveUpErased(services, work);
    const backInMs = await (run.dryRun
      ? checkBatch(services, work)
      : sendToRecipients(services, work, limits));
    await closeUnspentClaims(services, work);
    if (!(await buffer.close({ done: run.dryRun }))) return { type: 'later', delayMs: backInMs };
  }
  await finishRunIfDone(services, run);
  return DONE;
}

/**
 * Resolves the claims in a batch of a run that was stopped, and sends nothing. A recipient whose sender died
 * ends as `unknown`, because a request may have left.
 */
export async function tidyStopped(
  services: SendBatchServices,
  run: RunRecord,
  job: SendBatchJob,
): Promise<JobResult> {
  const { runs } = services;
  const key = keyOf(job);
  const before = await runs.loadResults(key);
  const batch = needsTidying(before.value) ? await runs.loadBatch(key) : undefined;
  if (!batch) return DONE;
  const opening = await openBatch(services, key, batch.recipients.length, before);
  if (opening.type === 'busy') return later(services, opening.untilMs - services.clock());
  if (opening.type === 'done') return DONE;
  const { buffer } = opening;
  giveUpErased(services, { run, batch, buffer });
  const backInMs = await resolveOpen(services, { run, batch, buffer });
  await closeUnspentClaims(services, { run, batch, buffer });
  await buffer.close();
  return backInMs > 0 ? later(services, backInMs) : DONE;
}

function keyOf({ runId, shard, after }: SendBatchJob): BatchKey {
  return { runId, shard, start: after };
}

function later({ random }: SendBatchServices, atLeastMs: number): JobResult {
  return { type: 'later', delayMs: Math.max(1_000, atLeastMs) * (1 + random() / 2) };
}

/**
 * Gives up the erased recipients of a batch whose worker was lost. A user may have come back and been sent to
 * before the erasure reached the batch. Without an openid nobody finds their claim.
 */
function giveUpErased({ clock }: RecipientServices, { run, batch, buffer }: OpenBatch): void {
  if (run.dryRun || !buffer.needsRecovery()) return;
  for (const [index, recipient] of batch.recipients.entries()) {
    const record = buffer.resultOf(index) ?? NOT_BEGUN;
    if (!isErased(recipient) || record.state !== 'pending') continue;
    buffer.add(index, { result: givenUp(record, undefined, clock()), follows: record.lastClaim });
  }
}

/** Closes claims that spend no grant, where a worker died between writing the result and the ledger. */
async function closeUnspentClaims(services: ResolveServices, work: OpenBatch): Promise<void> {
  const { batch, buffer } = work;
  if (!buffer.needsRecovery()) return;
  for (const [index, recipient] of batch.recipients.entries()) {
    const effect = buffer.resultOf(index)?.lastClaim?.effect ?? 'spend';
    if (effect !== 'spend') await resolveClaim(services, sendToResolve({ ...work, recipient, index }));
  }
}

/** Resolves the claims of open recipients. Answers in how long to repeat it, where it is too early. */
async function resolveOpen(services: RecipientServices, work: OpenBatch): Promise<number> {
  let backInMs = 0;
  for (const [index, recipient] of work.batch.recipients.entries()) {
    if (!isOpen(work.buffer.resultOf(index))) continue;
    const resolved = await resolveClaim(services, sendToResolve({ ...work, recipient, index }));
    if (resolved.type === 'busy') backInMs = Math.max(backInMs, resolved.untilMs - services.clock(), 1_000);
  }
  return backInMs;
}

import type { Clock } from '../clock.ts';
import type { JobResult } from '../job-result.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { Permit } from '../limits/scope-rate-limiter.ts';
import type { Logger } from '../logger.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { mightLeaveAtMs, STOP_PATIENCE_MS, TOKEN_PATIENCE_MS } from '../sends/retry-policy.ts';
import { updated } from '../versioned.ts';
import { endMessage } from './end-pending-messages.ts';
import { dropJob, resultOfMissing, retryAfter, untilNearlyDue } from './finish-job.ts';
import { dueAgainAtMs, isPending } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { putPending } from './pending-messages.ts';
import {
  type DueIndexWriter,
  hasEntryAhead,
  LONGEST_QUEUE_DELAY_MS,
  type SendJob,
  withDueEntry,
} from './send-job.ts';

export interface DeferServices extends Backoff {
  readonly store: MessageStore;
  readonly dueEntries: DueIndexWriter;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A message that another sender has claimed is tried again after this. */
const IN_HAND_MS = 60_000;

/**
 * A job's permit under the rate limit of all sending and, while WeChat refuses some template, under its own.
 */
export async function acquirePermitFor(
  { rateLimiter, store }: { readonly rateLimiter: RateLimiter; readonly store: Pick<MessageStore, 'load'> },
  job: SendJob,
): Promise<Permit> {
  const ofAll = await rateLimiter.acquire(job.dueAtMs);
  if (ofAll.type === 'later' || !(await rateLimiter.hasTemplateLimits())) return ofAll;
  const { message } = await store.load(job.messageId);
  return message && isPending(message.value) ? rateLimiter.acquireFor(message.value.templateId) : ofAll;
}

/**
 * Defers a job while sending is slowed down: nothing is claimed, and the grant stays set aside.
 *
 * What waits for longer than the queue can delay its job gets a due entry, then one write of the user's item.
 * No retry of its own is used up. WeChat's refusals defer it for a day at most.
 */
export async function deferJob(
  services: DeferServices,
  job: SendJob,
  { delayMs, refused }: Extract<Permit, { type: 'later' }>,
): Promise<JobResult> {
  if (delayMs <= LONGEST_QUEUE_DELAY_MS) return { type: 'later', delayMs };
  const { store, dueEntries, clock } = services;
  const nowMs = clock();
  const deferredUntilMs = Math.ceil(nowMs + delayMs);
  const patienceMs = refused ? STOP_PATIENCE_MS : Number.POSITIVE_INFINITY;
  return retryOnConflict(async () => {
    const { message, ledger } = await store.load(job.messageId);
    if (!message) return resultOfMissing(services, job, nowMs);
    const { value } = message;
    if (!isPending(value)) return dropJob(services, job, value);
    if (hasEntryAhead(value, job)) return dropJob(services, job, value);
    if (value.dueAtMs > nowMs) return { type: 'later', delayMs: value.dueAtMs - nowMs };
    if (ledger.value.claim?.sendId === value.id) return { type: 'later', delayMs: IN_HAND_MS };
    if (nowMs >= value.sendAtMs + patienceMs) {
      return endMessage(services, job, { record: value, ledger }, 'failed', 'sending-stopped');
    }
    const dueAtMs = dueAgainAtMs(value, deferredUntilMs);
    const deferred = await withDueEntry(
      dueEntries,
      { ...value, dueAtMs, heldUntilMs: deferredUntilMs },
      nowMs,
    );
    const result = await store.commit({ ledger: updated(ledger, putPending(ledger.value, deferred)) });
    return result === 'conflict' ? result : untilNearlyDue(services, deferred, job, nowMs);
  }, services);
}

/** Defers a job while no access token can be had. A whole day of that ends the message. */
export async function deferWithoutToken(
  services: DeferServices,
  job: SendJob,
): Promise<JobResult | 'conflict'> {
  const askedAtMs = services.clock();
  const { message, ledger } = await services.store.load(job.messageId);
  if (!message) return resultOfMissing(services, job, askedAtMs);
  const { value } = message;
  if (!isPending(value)) return dropJob(services, job, value);
  const nowMs = services.clock();
  if (nowMs < value.dueAtMs) {
    if (hasEntryAhead(value, job)) return dropJob(services, job, value);
    return { type: 'later', delayMs: Math.max(1_000, value.dueAtMs - nowMs) };
  }
  const isFree = ledger.value.claim?.sendId !== job.messageId;
  if (isFree && nowMs >= mightLeaveAtMs(value) + TOKEN_PATIENCE_MS) {
    return endMessage(services, job, { record: value, ledger }, 'failed', 'token-unavailable');
  }
  return retryAfter(services, 20_000);
}

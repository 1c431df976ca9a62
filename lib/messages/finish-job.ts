import type { Random } from '../clock.ts';
import { DONE, type JobResult } from '../job-result.ts';
import type { Message } from './message.ts';
import { type DueIndexWriter, hasEntryAhead, jobDelayMs, type SendJob } from './send-job.ts';

/**
 * A job may overtake its message by as long as the accepting function runs, 29 s; doubled, since clocks
 * differ.
 */
const MESSAGE_MAY_APPEAR_WITHIN_MS = 60_000;

/** The job comes up again just before the message is due, unless another one follows from a due entry. */
export async function untilNearlyDue(
  services: DropServices,
  message: Message,
  job: SendJob,
  nowMs: number,
): Promise<JobResult> {
  if (hasEntryAhead(message, job)) return dropJob(services, job, message);
  return { type: 'later', delayMs: jobDelayMs(message.dueAtMs - nowMs), dueAtMs: message.dueAtMs };
}

/** The job comes up again after this long, or up to twice as long, so that jobs spread. */
export function retryAfter({ random }: { readonly random: Random }, atLeastMs: number): JobResult {
  return { type: 'later', delayMs: atLeastMs * (1 + random()) };
}

/** The result, with the job coming up no later than its message expires. The queue delays in whole seconds. */
export function byExpiry(result: JobResult, { expiresAtMs }: SendJob, nowMs: number): JobResult {
  if (result.type === 'done' || expiresAtMs === undefined || nowMs >= expiresAtMs) return result;
  const untilExpiryMs = 1_000 * Math.ceil((expiresAtMs - nowMs) / 1_000);
  return { ...result, delayMs: Math.min(result.delayMs, untilExpiryMs) };
}

/** What a job is dropped with. */
export interface DropServices {
  readonly dueEntries: Pick<DueIndexWriter, 'remove'>;
}

/**
 * Nothing is left to do for this job. A due entry that its message does not list is removed, as a crash before the
 * item's write leaves one: erasing a user does not find it, and it would name them until its own end.
 */
export async function dropJob(
  { dueEntries }: DropServices,
  { messageId, entryAtMs }: SendJob,
  message?: Message,
): Promise<JobResult> {
  if (entryAtMs !== undefined && !message?.dueEntries?.includes(entryAtMs)) {
    await dueEntries.remove(messageId, entryAtMs);
  }
  return DONE;
}

/** The result for a message that was not there at `askedAtMs`: it appears soon, or was never accepted. */
export function resultOfMissing(
  services: DropServices & { readonly random: Random },
  job: SendJob,
  askedAtMs: number,
): Promise<JobResult> {
  return neverAccepted(job, askedAtMs)
    ? dropJob(services, job)
    : Promise.resolve(retryAfter(services, 1_000));
}

/** Whether a message that was not there when asked for at `askedAtMs` will never be. */
export function neverAccepted(job: SendJob, askedAtMs: number): boolean {
  return askedAtMs - job.sinceMs > MESSAGE_MAY_APPEAR_WITHIN_MS;
}

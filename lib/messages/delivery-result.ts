import type { Clock, Random } from '../clock.ts';
import type { Ledger } from '../grants/ledger.ts';
import type { Logger } from '../logger.ts';
import type { Versioned } from '../versioned.ts';
import { endWithoutRequest } from './end-pending-messages.ts';
import type { Message } from './message.ts';
import { logOutcome } from './message-port.ts';
import type { MessageStore } from './message-store.ts';
import { type DueEntries, hasEntryAhead, jobDelayMs, type SendJob } from './send-job.ts';

/** The result of a job from the queue: it is done, or comes up again later. */
export type DeliveryResult =
  | { readonly type: 'done' }
  | {
      readonly type: 'later';
      readonly delayMs: number;
      /** When its message is due, where the job comes up a little ahead of that. */
      readonly dueAtMs?: number;
    };

export interface DeliveryResultServices {
  readonly store: Pick<MessageStore, 'commit'>;
  readonly dueEntries: Pick<DueEntries, 'remove'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Nothing is left to do for the job. */
export const DONE: DeliveryResult = { type: 'done' };

/**
 * A job may overtake its message by as long as the accepting function runs, 29 s; doubled, since clocks
 * differ.
 */
const MESSAGE_MAY_APPEAR_WITHIN_MS = 60_000;

/** The job comes up again just before the message is due, unless another one follows from a due entry. */
export function untilNearlyDue(message: Message, job: SendJob, nowMs: number): DeliveryResult {
  if (hasEntryAhead(message, job)) return DONE;
  return { type: 'later', delayMs: jobDelayMs(message.dueAtMs - nowMs), dueAtMs: message.dueAtMs };
}

/** The job comes up again after this long, or up to twice as long, so that jobs spread. */
export function retryAfter(
  { random }: Pick<DeliveryResultServices, 'random'>,
  atLeastMs: number,
): DeliveryResult {
  return { type: 'later', delayMs: atLeastMs * (1 + random()) };
}

/** The result, with the job coming up no later than its message expires. The queue delays in whole seconds. */
export function byExpiry(result: DeliveryResult, { expiresAtMs }: SendJob, nowMs: number): DeliveryResult {
  if (result.type === 'done' || expiresAtMs === undefined || nowMs >= expiresAtMs) return result;
  const untilExpiryMs = 1_000 * Math.ceil((expiresAtMs - nowMs) / 1_000);
  return { ...result, delayMs: Math.min(result.delayMs, untilExpiryMs) };
}

/**
 * There is nothing to send and never will be. A due entry that no message lists is removed: erasing a user
 * does not find it, and it would name them until its own end.
 */
export async function dropJob(
  { dueEntries }: Pick<DeliveryResultServices, 'dueEntries'>,
  { messageId, entryAtMs }: SendJob,
  message?: Message,
): Promise<DeliveryResult> {
  if (entryAtMs !== undefined && !message?.dueEntries?.includes(entryAtMs)) {
    await dueEntries.remove(messageId, entryAtMs);
  }
  return DONE;
}

/** The result for a message that was not there at `askedAtMs`: it appears soon, or was never accepted. */
export function resultOfMissing(
  services: DeliveryResultServices,
  job: SendJob,
  askedAtMs: number,
): Promise<DeliveryResult> {
  return neverAccepted(job, askedAtMs)
    ? dropJob(services, job)
    : Promise.resolve(retryAfter(services, 1_000));
}

/** Whether a message that was not there when asked for at `askedAtMs` will never be. */
export function neverAccepted(job: SendJob, askedAtMs: number): boolean {
  return askedAtMs - job.sinceMs > MESSAGE_MAY_APPEAR_WITHIN_MS;
}

/** Ends a message that cannot be sent. `conflict`: somebody wrote meanwhile, so the job starts again. */
export async function endMessage(
  { store, clock, logger }: DeliveryResultServices,
  { record, ledger }: { readonly record: Message; readonly ledger: Versioned<Ledger> },
  state: 'refused' | 'failed',
  reason: 'no-grant' | 'grant-revoked' | 'token-unavailable' | 'sending-stopped' | 'expired',
): Promise<DeliveryResult | 'conflict'> {
  const nowMs = clock();
  const ended = await endWithoutRequest(store, [record], ledger, { state, reason, atMs: nowMs });
  if (ended === 'conflict') return ended;
  for (const message of ended) logOutcome(logger, message, nowMs);
  return DONE;
}

import type { Clock, Random, Sleep } from '../clock.ts';
import type { Ledger } from '../grants/ledger.ts';
import type { Permit, RateLimiter } from '../limits/rate-limiter.ts';
import type { Logger } from '../logger.ts';
import type { AnswerRules, SendAnswer } from '../sends/judge-answer.ts';
import { type Performed, performSend, REQUEST_LIMIT_MS } from '../sends/perform-send.ts';
import { mightLeaveAtMs, STOP_PATIENCE_MS, TOKEN_PATIENCE_MS } from '../sends/retry-policy.ts';
import {
  type DueEntries,
  hasEntryAhead,
  jobDelayMs,
  LONGEST_QUEUE_DELAY_MS,
  type SendJob,
} from '../sends/send-job.ts';
import type { Versioned } from '../versioned.ts';
import { deferMessage } from './defer-message.ts';
import { endWithoutRequest } from './end-without-request.ts';
import { isPending, type Message, openidOf } from './message.ts';
import { logOutcome, messagePort } from './message-send.ts';
import type { MessageStore } from './message-store.ts';
import { permitFor } from './permit-for.ts';

/** The way to WeChat, as delivery sees it. */
export interface WeChatSender {
  /** Whether an access token can be had now. Asked before a message is claimed, so that an outage costs no grant. */
  ready(): Promise<boolean>;
  /** One request to send. Must return within {@link REQUEST_LIMIT_MS} and never throw for what WeChat or the network does. */
  send(message: Message): Promise<SendAnswer>;
}

export interface DeliveryServices {
  readonly store: MessageStore;
  readonly newClaimId: () => string;
  readonly dueEntries: DueEntries;
  readonly wechat: WeChatSender;
  readonly rules: AnswerRules;
  readonly rateLimiter: RateLimiter;
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
  readonly logger: Logger;
}

/** What became of a job from the queue: finished with, or to come up again at a later moment. */
export type DeliveryResult =
  | { readonly type: 'done' }
  | {
      readonly type: 'later';
      readonly delayMs: number;
      /** When its message is due, where the job comes up a little ahead of that. */
      readonly dueAtMs?: number;
    };

const DONE: DeliveryResult = { type: 'done' };
/** A sender waits this long for a turn that is about to come, rather than going back to the queue. */
const SHORT_WAIT_MS = 2_500;
/** From the moment a job is taken up to the moment its message is settled it takes no longer than this, most often far less. */
export const DELIVERY_LIMIT_MS = REQUEST_LIMIT_MS + 2 * SHORT_WAIT_MS + 5_000;
/** So long a send to the same user that comes first takes, about. */
const EACH_AHEAD_MS = 100;
/** A message that its job overtook is one write away; the job that lost a race for the last grant never gets one. */
const MISSING_WAIT_MS = 400;
/** A job may overtake its message by as long as the accepting function can run, 29 s; twice that, since clocks differ. */
const MESSAGE_MAY_APPEAR_WITHIN_MS = 60_000;

/** Tries to send one message: claim, request, settle. Safe to repeat, at any moment and from anywhere. */
export async function deliverMessage(services: DeliveryServices, job: SendJob): Promise<DeliveryResult> {
  if (openidOf(job.messageId) === undefined) {
    services.logger.error('A queue record names no message of ours and is dropped.', {
      messageId: job.messageId,
    });
    return DONE;
  }
  if (!(await services.wechat.ready())) return withoutToken(services, job);
  const rateLimit = await permitFor(services, job);
  if (rateLimit.type === 'later') return heldBack(services, job, rateLimit);
  const performed = await performPatiently(services, job);
  switch (performed.type) {
    case 'performed':
      return isPending(performed.record) ? untilNearlyDue(performed.record, job, services.clock()) : DONE;
    case 'ended':
      return doneWith(services, job, performed.record);
    case 'missing':
      return later(services, 1_000);
    case 'never-accepted':
      return doneWith(services, job);
    case 'not-due':
      return untilNearlyDue(performed.record, job, services.clock());
    case 'busy':
      return later(services, Math.max(1_000, performed.ahead * EACH_AHEAD_MS));
    case 'not-mine':
      return later(services, 1_000);
    case 'no-grant':
      return end(services, performed, 'failed', 'no-grant', job);
    case 'hold-void':
      return end(services, performed, 'refused', 'grant-revoked', job);
  }
}

/** The job comes up again just before the message is due, unless another one follows from a due entry. */
function untilNearlyDue(message: Message, job: SendJob, nowMs: number): DeliveryResult {
  if (hasEntryAhead(message, job)) return DONE;
  return { type: 'later', delayMs: jobDelayMs(message.dueAtMs - nowMs), dueAtMs: message.dueAtMs };
}

/**
 * There is nothing to send and never will be. A due entry that no message lists is removed: erasing a user does not find it, and it
 * would name them until its own end.
 */
async function doneWith(
  { dueEntries }: DeliveryServices,
  { messageId, entryAtMs }: SendJob,
  message?: Message,
): Promise<DeliveryResult> {
  if (entryAtMs !== undefined && !message?.dueEntries?.includes(entryAtMs)) {
    await dueEntries.remove(messageId, entryAtMs);
  }
  return DONE;
}

function later({ random }: DeliveryServices, atLeastMs: number): DeliveryResult {
  return { type: 'later', delayMs: atLeastMs * (1 + random()) };
}

/** Tries to send, waiting briefly where a moment's patience saves a round through the queue. */
async function performPatiently(
  services: DeliveryServices,
  job: SendJob,
): Promise<Performed<Message> | { readonly type: 'never-accepted' }> {
  const { clock, sleep, random } = services;
  const startedAtMs = clock();
  for (let round = 0; ; round++) {
    const askedAtMs = clock();
    const performed = await performSend(services, messagePort(services, job.messageId));
    const waitedMs = clock() - startedAtMs;
    if (performed.type === 'missing' && neverAccepted(job, askedAtMs)) return { type: 'never-accepted' };
    const moreMs = pauseMs(performed, round);
    if (waitedMs + moreMs > waitHereMs(performed)) return performed;
    await sleep(moreMs * (0.5 + random()));
  }
}

/** How long a sender stays with a job that it can do nothing about yet. The user's other jobs wait behind it meanwhile. */
function waitHereMs({ type }: Performed<Message>): number {
  if (type === 'busy') return SHORT_WAIT_MS;
  return type === 'missing' ? MISSING_WAIT_MS : 0;
}

/** The pause before another look: the longer, the more messages to the user come first. */
function pauseMs(performed: Performed<Message>, round: number): number {
  const aheadMs = performed.type === 'busy' ? performed.ahead * EACH_AHEAD_MS : 0;
  return Math.max(Math.min(400, 25 * 2 ** round), aheadMs);
}

/** Whether a message that was not there when asked for at `askedAtMs` will never be. The answer itself may be older by now. */
function neverAccepted(job: SendJob, askedAtMs: number): boolean {
  return askedAtMs - job.sinceMs > MESSAGE_MAY_APPEAR_WITHIN_MS;
}

async function end(
  services: DeliveryServices,
  { record, ledger }: { readonly record: Message; readonly ledger: Versioned<Ledger> },
  state: 'refused' | 'failed',
  reason: 'no-grant' | 'grant-revoked' | 'token-unavailable' | 'sending-stopped',
  job: SendJob,
): Promise<DeliveryResult> {
  const nowMs = services.clock();
  const how = { state, reason, atMs: nowMs };
  const ended = await endWithoutRequest(services.store, [record], ledger, how);
  if (ended === 'conflict') return deliverMessage(services, job);
  for (const message of ended) logOutcome(services.logger, message, nowMs);
  return DONE;
}

/**
 * While sending is slowed down nothing is claimed and the grant stays set aside. What has to wait long does so in the due index, for up to
 * a day where it is WeChat's refusals that hold it back.
 */
async function heldBack(
  services: DeliveryServices,
  job: SendJob,
  { delayMs, refused }: Extract<Permit, { type: 'later' }>,
): Promise<DeliveryResult> {
  if (delayMs <= LONGEST_QUEUE_DELAY_MS) return { type: 'later', delayMs };
  const nowMs = services.clock();
  const patienceMs = refused ? STOP_PATIENCE_MS : Number.POSITIVE_INFINITY;
  const deferral = await deferMessage(services, job, { untilMs: nowMs + delayMs, nowMs, patienceMs });
  switch (deferral.type) {
    case 'done':
      return isPending(deferral.message) ? DONE : doneWith(services, job, deferral.message);
    case 'not-now':
      return { type: 'later', delayMs: deferral.untilMs - nowMs };
    case 'waited-too-long':
      return end(
        services,
        { record: deferral.message, ledger: deferral.ledger },
        'failed',
        'sending-stopped',
        job,
      );
    case 'missing':
      return missing(services, job, nowMs);
  }
}

function missing(services: DeliveryServices, job: SendJob, askedAtMs: number): Promise<DeliveryResult> {
  return neverAccepted(job, askedAtMs) ? doneWith(services, job) : Promise.resolve(later(services, 1_000));
}

/** Without an access token nothing is claimed and the grant stays set aside; a whole day of that ends the message. */
async function withoutToken(services: DeliveryServices, job: SendJob): Promise<DeliveryResult> {
  const askedAtMs = services.clock();
  const { message, ledger } = await services.store.load(job.messageId);
  if (!message) return missing(services, job, askedAtMs);
  const { value } = message;
  if (!isPending(value)) return doneWith(services, job, value);
  const nowMs = services.clock();
  if (nowMs < value.dueAtMs) {
    if (hasEntryAhead(value, job)) return DONE;
    return { type: 'later', delayMs: Math.max(1_000, value.dueAtMs - nowMs) };
  }
  const free = ledger.value.claim?.messageId !== job.messageId;
  if (free && nowMs >= mightLeaveAtMs(value) + TOKEN_PATIENCE_MS) {
    return end(services, { record: value, ledger }, 'failed', 'token-unavailable', job);
  }
  return later(services, 20_000);
}

import type { Sleep } from '../clock.ts';
import { DONE, type JobResult } from '../job-result.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { AnswerRules } from '../sends/judge-answer.ts';
import { type Performed, REQUEST_LIMIT_MS } from '../sends/perform-send.ts';
import type { TokenSender } from '../sends/send-with-token.ts';
import { acquirePermitFor, type DeferServices, deferJob, deferWithoutToken } from './defer-job.ts';
import { endMessage, sendAndRefuseRest } from './end-pending-messages.ts';
import { byExpiry, dropJob, neverAccepted, retryAfter, untilNearlyDue } from './finish-job.ts';
import { isPending, type Message, openidOf } from './message.ts';
import { messagePort } from './message-port.ts';
import type { SendJob } from './send-job.ts';

interface DeliveryServices extends DeferServices {
  readonly newClaimId: () => string;
  readonly wechat: TokenSender;
  readonly rules: AnswerRules;
  readonly rateLimiter: RateLimiter;
  readonly sleep: Sleep;
}

/**
 * A sender waits this long for a user lock that is about to come free, rather than going back to the queue.
 */
const SHORT_WAIT_MS = 2_500;
/** A job takes no longer than this, most often far less. */
export const DELIVERY_LIMIT_MS = REQUEST_LIMIT_MS + 2 * SHORT_WAIT_MS + 5_000;
/** About how long each send to the same user takes that comes first. */
const EACH_AHEAD_MS = 100;
/**
 * How long a sender waits for a message that its job overtook, which is one write away. The job of a request
 * that lost the race for the last grant never gets a message.
 */
const MISSING_WAIT_MS = 400;

/** Tries to send one message: claim, request, outcome. Safe to repeat, at any moment and from anywhere. */
export async function deliverMessage(services: DeliveryServices, job: SendJob): Promise<JobResult> {
  const { messageId } = job;
  if (openidOf(messageId) === undefined) {
    services.logger.error('A queue record names no message of ours and is dropped.', { messageId });
    return DONE;
  }
  for (;;) {
    const result = await tryOnce(services, job);
    if (result !== 'conflict') return byExpiry(result, job, services.clock());
  }
}

async function tryOnce(services: DeliveryServices, job: SendJob): Promise<JobResult | 'conflict'> {
  // What has expired needs neither token nor permit to end. Asking for them may take until then.
  const isOver = () => services.clock() >= (job.expiresAtMs ?? Number.POSITIVE_INFINITY);
  const isReady = isOver() || (await services.wechat.ready());
  if (!isReady && !isOver()) return deferWithoutToken(services, job);
  const permit = isOver() ? undefined : await acquirePermitFor(services, job);
  if (permit?.type === 'later' && !isOver()) return deferJob(services, job, permit);
  const performed = await performPatiently(services, job);
  switch (performed.type) {
    case 'performed':
      return isPending(performed.record)
        ? untilNearlyDue(services, performed.record, job, services.clock())
        : dropJob(services, job, performed.record);
    case 'ended':
      return dropJob(services, job, performed.record);
    case 'never-accepted':
      return dropJob(services, job);
    case 'not-due':
      return untilNearlyDue(services, performed.record, job, services.clock());
    case 'busy':
      return retryAfter(services, Math.max(1_000, performed.ahead * EACH_AHEAD_MS));
    case 'missing':
    case 'lease-lost':
      return retryAfter(services, 1_000);
    case 'no-grant':
      return endMessage(services, job, performed, 'failed', 'no-grant');
    case 'expired':
      return endMessage(services, job, performed, 'failed', 'expired');
    case 'hold-void':
      return endMessage(services, job, performed, 'refused', 'grant-revoked');
  }
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
    const performed = await sendAndRefuseRest(services, messagePort(services, job.messageId));
    const waitedMs = clock() - startedAtMs;
    if (performed.type === 'missing' && neverAccepted(job, askedAtMs)) return { type: 'never-accepted' };
    const moreMs = pauseMs(performed, round);
    if (waitedMs + moreMs > waitHereMs(performed)) return performed;
    await sleep(moreMs * (0.5 + random()));
  }
}

/**
 * How long a sender stays with a job that it can do nothing about yet. The user's other jobs wait meanwhile.
 */
function waitHereMs({ type }: Performed<Message>): number {
  if (type === 'busy') return SHORT_WAIT_MS;
  return type === 'missing' ? MISSING_WAIT_MS : 0;
}

/** The pause before the next try: the longer, the more messages to the user come first. */
function pauseMs(performed: Performed<Message>, round: number): number {
  const aheadMs = performed.type === 'busy' ? performed.ahead * EACH_AHEAD_MS : 0;
  return Math.max(Math.min(400, 25 * 2 ** round), aheadMs);
}

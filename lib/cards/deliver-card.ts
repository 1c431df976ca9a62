import type { Clock, Random } from '../clock.ts';
import { DONE, type JobResult } from '../job-result.ts';
import type { Logger } from '../logger.ts';
import { type Backoff, retryOnConflict, retryOnFailure } from '../retry.ts';
import { CLAIM_LEASE_MS } from '../sends/claim-send.ts';
import type { SendAnswer } from '../sends/judge-answer.ts';
import { REQUEST_LIMIT_MS } from '../sends/perform-send.ts';
import { updated, type Versioned } from '../versioned.ts';
import type { Card, CardChange, CardName, CardReading, CardStore } from './card.ts';
import type { CardJob } from './card-job.ts';
import { asked, cardGivenUp, claimed, expired, settled } from './card-transitions.ts';
import { type CardRules, judgeCardAnswer } from './judge-card-answer.ts';
import { nextStep } from './next-step.ts';

/** A request that changes a card at WeChat. */
export interface CardRequest extends CardName {
  readonly change: CardChange;
  /** Nothing leaves from then on. */
  readonly expiresAtMs: number;
  /** Only for the activation. */
  readonly check?: Card['check'];
}

/** The way to WeChat for cards. Nothing of it throws for what WeChat or the network does. */
export interface CardSender {
  /** Whether an access token can be had now. */
  ready(): Promise<boolean>;
  send(request: CardRequest): Promise<SendAnswer>;
  /** What WeChat has of a card; undefined where it does not say. */
  read(card: CardName): Promise<CardReading | undefined>;
}

export interface DeliverCardServices extends Backoff {
  readonly store: Pick<CardStore, 'load' | 'put'>;
  readonly wechat: CardSender;
  readonly rules: CardRules;
  readonly newClaimId: () => string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** The queue delays in whole seconds and takes the rest off: a job that comes early would only go round. */
function later(delayMs: number): JobResult {
  return { type: 'later', delayMs: Math.ceil(delayMs / 1000) * 1000 };
}

const CLAIMED_TOO_LATE: SendAnswer = { type: 'not-sent', reason: 'The claim took too long to be written.' };

/** How long a job without an access token waits. */
const TOKEN_PAUSE_MS = 30_000;
/** A job is put onto the queue before its change is stored, which takes no longer. */
const STORING_MS = 60_000;
/** A job that came before its change is looked at again so soon, and then each time twice as late. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Does the next thing for a card, which is one request at the most. Every claim, answer and retry is stored
 * before the job is done with, so a crash leaves the rest to the job's next delivery.
 */
export async function deliverCard(services: DeliverCardServices, job: CardJob): Promise<JobResult> {
  const { store, clock } = services;
  const { cardId } = job;
  const stored = await store.load(cardId);
  const nowMs = clock();
  const step = stored ? nextStep(stored.value, nowMs) : ({ type: 'nothing' } as const);
  if (!stored || step.type === 'nothing') return whatIsLeft(stored?.value, job, nowMs);
  switch (step.type) {
    case 'wait':
      return whatIsLeft(stored.value, job, nowMs);
    case 'give-up':
      services.logger.warn('The sender of a card’s change stopped before it recorded an answer.', { cardId });
      return write(services, job, stored, cardGivenUp(stored.value, nowMs));
    case 'expire':
      return write(services, job, stored, expired(stored.value, nowMs));
    case 'ask': {
      const reading = await services.wechat.read(stored.value);
      return write(services, job, stored, asked(stored.value, reading, clock()));
    }
    case 'send':
      return send(services, job, stored, step.change);
  }
}

/** Where somebody else wrote in between, the card is looked at again. */
async function write(
  { store, clock }: DeliverCardServices,
  job: CardJob,
  stored: Versioned<Card>,
  card: Card,
): Promise<JobResult> {
  const result = await store.put(updated(stored, card));
  return result === 'conflict' ? later(0) : whatIsLeft(card, job, clock());
}

/**
 * When the card is to be looked at next. A job may have come before its change, and whoever has the card in hand may
 * be done with it before that is stored: so it does not wait for them alone.
 */
function whatIsLeft(card: Card | undefined, job: CardJob, nowMs: number): JobResult {
  const step = card ? nextStep(card, nowMs) : ({ type: 'nothing' } as const);
  const lookAgainMs = untilStored(card, job, nowMs);
  switch (step.type) {
    case 'wait':
      return later(Math.min(step.untilMs - nowMs, lookAgainMs ?? Number.POSITIVE_INFINITY));
    case 'nothing':
      return lookAgainMs === undefined ? DONE : later(lookAgainMs);
    default:
      return later(0);
  }
}

/** When to look for the change of a job: soon, and less and less often until no change would take so long. */
function untilStored(
  card: Card | undefined,
  { changeId, sinceMs }: CardJob,
  nowMs: number,
): number | undefined {
  const ageMs = nowMs - sinceMs;
  if (card?.changeId === changeId || ageMs >= STORING_MS) return undefined;
  return Math.min(STORING_MS - ageMs, Math.max(LOOK_AGAIN_MS, ageMs));
}

async function send(
  services: DeliverCardServices,
  job: CardJob,
  stored: Versioned<Card>,
  change: CardChange,
): Promise<JobResult> {
  const { store, wechat, newClaimId, clock } = services;
  if (!(await wechat.ready())) return later(TOKEN_PAUSE_MS);
  const claimId = newClaimId();
  const nowMs = clock();
  const card = claimed(stored.value, change, claimId, nowMs + CLAIM_LEASE_MS, nowMs);
  if ((await store.put(updated(stored, card))) === 'conflict') return later(0);
  const { openid, notifyType, code, check, expiresAtMs } = card;
  const request = { openid, notifyType, code, change, expiresAtMs, ...(check && { check }) };
  // A request that could outlast the lease would overlap with whoever gives this claim up.
  const isTooLate = clock() > nowMs + CLAIM_LEASE_MS - REQUEST_LIMIT_MS;
  const answer = isTooLate ? CLAIMED_TOO_LATE : await wechat.send(request);
  const left = await retryOnFailure(() => settle(services, card.id, claimId, answer), services);
  return whatIsLeft(left, job, clock());
}

/** Writes the answer into the card, whatever was wanted of it meanwhile. Undefined: it was erased. */
function settle(
  services: DeliverCardServices,
  cardId: string,
  claimId: string,
  answer: SendAnswer,
): Promise<Card | undefined> {
  const { store, rules, clock, random, logger } = services;
  return retryOnConflict(async () => {
    const stored = await store.load(cardId);
    if (!stored) return undefined;
    const decision = judgeCardAnswer(answer, stored.value, rules, clock(), random);
    const card = settled(stored.value, claimId, decision);
    if (!card) return stored.value;
    if ((await store.put(updated(stored, card))) === 'conflict') return 'conflict';
    logger.info('card changed', { cardId, state: card.state, reason: card.outcome?.reason });
    return card;
  }, services);
}

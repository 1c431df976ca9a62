import type { BilingualText } from '../bilingual-text.ts';
import type { Random } from '../clock.ts';
import type { SendAnswer } from '../sends/judge-answer.ts';
import { COMMON_RETRIES, nextTryAtMs, type RetryPolicy, spread } from '../sends/retry-policy.ts';
import type { Outcome } from '../sends/send-record.ts';
import type { Card, CardRetry, CardState } from './card.ts';
import { codeSourceOf } from './card-kinds.ts';
import { internalCardOutcome } from './card-outcome.ts';

/** What an errcode means for a card's change (WeChat contract §8.2). */
export interface CardRule {
  /** A stable slug that a program can branch on. */
  readonly reason: string;
  /** `order`: only for the number of a pay order. */
  readonly retry?: CardRetry;
  /** How the card ends when no retry is left; `failed` by default. */
  readonly ends?: Extract<CardState, 'expired' | 'unknown'>;
}

/** The outcome table of cards, and words for a person to act on. */
export interface CardRules {
  ruleOf(errcode: number): CardRule;
  remedyOf(errcode: number, errmsg: string): BilingualText;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

const SOON_MS = [2 * SECOND_MS, 5 * SECOND_MS, 15 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS];

/** The end of the code's time ends each of them in any case (WeChat contract §8.2 and §9.3). */
const RETRIES: Record<CardRetry, RetryPolicy> = {
  ...COMMON_RETRIES,
  connection: { ...COMMON_RETRIES.connection, times: 150 },
  /** 85431 busy, 85449 locked, -1. */
  soon: {
    times: SOON_MS.length,
    delayMs: (retry, _nowMs, random) => spread(SOON_MS[retry] ?? MINUTE_MS, random),
  },
  /** 85437: a pay order becomes known to WeChat a little later; its page says to try again after a minute. */
  order: { times: 10, delayMs: (_retry, _nowMs, random) => MINUTE_MS + random() * 5 * SECOND_MS },
};

/** How a change stands after one request. */
export type CardDecision =
  | { readonly type: 'accepted'; readonly outcome: Outcome }
  | { readonly type: 'again'; readonly outcome: Outcome; readonly retry: CardRetry; readonly atMs: number }
  | { readonly type: 'ended'; readonly outcome: Outcome; readonly state: 'failed' | 'expired' | 'unknown' };

/** Judges one answer. Pure: the same answer, card, moment and randomness give the same decision. */
export function judgeCardAnswer(
  answer: SendAnswer,
  card: Pick<Card, 'retries' | 'notifyType'>,
  rules: CardRules,
  nowMs: number,
  random: Random,
): CardDecision {
  const againOr = (retry: CardRetry | undefined, outcome: Outcome, state: 'failed' | 'expired' | 'unknown') =>
    triedAgain(retry, card, outcome, random) ?? ({ type: 'ended', outcome, state } as const);
  switch (answer.type) {
    case 'no-answer':
      return { type: 'ended', outcome: internalCardOutcome('no-answer', nowMs), state: 'unknown' };
    case 'expired':
      return { type: 'ended', outcome: internalCardOutcome('code-expired', nowMs), state: 'expired' };
    case 'not-sent':
      return againOr('connection', internalCardOutcome('not-reached', nowMs), 'failed');
    case 'no-token':
      return againOr('connection', internalCardOutcome('token-unavailable', nowMs), 'failed');
    case 'turned-away':
      return againOr('gateway', internalCardOutcome('turned-away', nowMs), 'failed');
    case 'answered': {
      const { type: _type, msgid: _msgid, ...facts } = answer;
      const { reason, retry, ends = 'failed' } = rules.ruleOf(answer.errcode);
      if (answer.errcode === 0) return { type: 'accepted', outcome: { atMs: nowMs, reason, ...facts } };
      const remedy = rules.remedyOf(answer.errcode, answer.errmsg);
      return againOr(retry, { atMs: nowMs, reason, ...facts, remedy }, ends);
    }
  }
}

function triedAgain(
  retry: CardRetry | undefined,
  card: Pick<Card, 'retries' | 'notifyType'>,
  outcome: Outcome,
  random: Random,
): CardDecision | undefined {
  // A tap's code is known at once or never (WeChat contract §8.2).
  if (retry === undefined || (retry === 'order' && codeSourceOf(card.notifyType) === 'button'))
    return undefined;
  const atMs = nextTryAtMs(RETRIES[retry], outcome.atMs, random, card.retries?.[retry]);
  return atMs === undefined ? undefined : { type: 'again', outcome, retry, atMs };
}

import type { BilingualText } from '../bilingual-text.ts';
import type { Random } from '../clock.ts';
import type { GrantEffect } from '../grants/ledger.ts';
import type { WeChatAnswer } from '../wechat-answer.ts';
import { internalOutcome } from './internal-outcome.ts';
import { nextAttemptAtMs, type RetryBasis } from './retry-policy.ts';
import type { MessageState, Outcome, RetryPolicyName } from './send-record.ts';

/** What came back from one request to send. */
export type SendAnswer =
  | (WeChatAnswer & { readonly type: 'answered'; readonly msgid?: string })
  /** Certain that no byte left. */
  | { readonly type: 'not-sent'; readonly reason: string }
  /** The message's time was over before the request, so nothing was sent. */
  | { readonly type: 'expired' }
  /** No access token could be had that WeChat takes, so nothing was sent. */
  | { readonly type: 'no-token'; readonly reason: string }
  /**
   * A gateway in between refused the request, so that WeChat has probably not seen it (WeChat contract §9.3).
   */
  | { readonly type: 'turned-away'; readonly reason: string }
  /** A byte may have left, and no readable answer came. */
  | { readonly type: 'no-answer'; readonly reason: string };

/** What kind of thing an answer to a send is; the reason that a message's outcome shows. */
export type AnswerClass =
  | 'accepted'
  | 'token'
  | 'transient'
  | 'quota'
  | 'rate'
  | 'user-state'
  | 'recipient'
  | 'payload'
  | 'configuration'
  | 'ban'
  | 'permission'
  | 'our-bug'
  | 'ambiguous'
  | 'unlisted';

/** What an errcode means for a send and its grant (WeChat contract §9.1). */
export interface AnswerRule {
  readonly class: AnswerClass;
  /** `token` is one repeat with a new access token, made before this rule is asked for. */
  readonly retry: RetryPolicyName | 'token' | 'none';
  readonly grant: GrantEffect;
  /** How the send ends once its retries are used up. */
  readonly exhausted?: 'failed' | 'unknown';
  /**
   * What several such answers in a row stop for a while, because they are about more than one message.
   * `template-unless-one-user` takes answers to several users.
   */
  readonly stops?: 'account' | 'template' | 'template-unless-one-user';
}

/** The outcome table: a rule for every errcode, and words for a person to act on. */
export interface AnswerRules {
  ruleOf(errcode: number): AnswerRule;
  remedyOf(errcode: number, errmsg: string): BilingualText;
}

/** How a send stands after one attempt. `retry` is set when it stays pending and is tried again. */
export interface SendDecision {
  readonly state: Exclude<MessageState, 'canceled'>;
  readonly effect: GrantEffect;
  readonly outcome: Outcome;
  readonly retry?: { readonly policy: RetryPolicyName; readonly atMs: number };
}

/** Judges one answer. Pure: the same answer, message, moment and randomness give the same decision. */
export function judgeAnswer(
  answer: SendAnswer,
  message: RetryBasis,
  rules: AnswerRules,
  nowMs: number,
  random: Random,
): SendDecision {
  switch (answer.type) {
    case 'no-answer':
      return { state: 'unknown', effect: 'spend', outcome: internalOutcome('no-answer', nowMs) };
    case 'not-sent':
      return retriedOrFailed('connection', message, internalOutcome('not-reached', nowMs), random);
    case 'expired':
      return { state: 'failed', effect: 'refund', outcome: internalOutcome('expired', nowMs) };
    case 'no-token':
      return retriedOrFailed('connection', message, internalOutcome('token-unavailable', nowMs), random);
    case 'turned-away':
      return retriedOrFailed('gateway', message, internalOutcome('turned-away', nowMs), random);
    case 'answered':
      return judgeErrcode(answer, message, rules, nowMs, random);
  }
}

function judgeErrcode(
  answer: Extract<SendAnswer, { type: 'answered' }>,
  message: RetryBasis,
  rules: AnswerRules,
  nowMs: number,
  random: Random,
): SendDecision {
  const { type: _type, ...fields } = answer;
  const { expiresAtMs = Number.POSITIVE_INFINITY } = message;
  if (answer.errcode === 0) {
    return { state: 'sent', effect: 'spend', outcome: { atMs: nowMs, reason: 'accepted', ...fields } };
  }
  const rule = rules.ruleOf(answer.errcode);
  const remedy = rules.remedyOf(answer.errcode, answer.errmsg);
  const outcome: Outcome = { atMs: nowMs, reason: rule.class, ...fields, remedy };
  if (rule.retry !== 'none' && rule.retry !== 'token') {
    const again = retried(rule.retry, message, outcome, nowMs, random);
    // Where no further attempt fits, a request that WeChat may have accepted was the last one.
    const isLast = rule.exhausted === 'unknown' && again?.retry && again.retry.atMs >= expiresAtMs;
    if (again && !isLast) return again;
    return rule.exhausted === 'unknown'
      ? { state: 'unknown', effect: 'spend', outcome }
      : { state: 'failed', effect: 'refund', outcome };
  }
  // WeChat said no, whatever the errcode: nothing was sent.
  return rule.grant === 'zero'
    ? { state: 'refused', effect: 'zero', outcome }
    : { state: 'failed', effect: 'refund', outcome };
}

function retriedOrFailed(
  policy: RetryPolicyName,
  message: RetryBasis,
  outcome: Outcome,
  random: Random,
): SendDecision {
  const failed: SendDecision = { state: 'failed', effect: 'refund', outcome };
  return retried(policy, message, outcome, outcome.atMs, random) ?? failed;
}

function retried(
  policy: RetryPolicyName,
  message: RetryBasis,
  outcome: Outcome,
  nowMs: number,
  random: Random,
): SendDecision | undefined {
  const atMs = nextAttemptAtMs(policy, message, nowMs, random);
  return atMs === undefined
    ? undefined
    : { state: 'pending', effect: 'keep', outcome, retry: { policy, atMs } };
}

/** No page says with which errcode WeChat refuses a send over the rate (WeChat contract §8.1, §11). */
const MAYBE_OVER_RATE: BilingualText = {
  en: 'This template has a rate for each value of its required field, and WeChat may have refused a further message of the same value. Send it in the next period. If it comes of no rate, look the rid up within 7 days.',
  zh: '该模板按必填字段的取值限频，微信可能因同一取值在本周期内已下发过而拒绝。请在下一周期再发。如果与频次无关，请在 7 天内用 rid 查询原因。',
};

/**
 * The outcome table as it holds for a frequency-limited template. An errcode that the table does not list may be
 * about the rate of one value of one user. So it stops no other message of the template.
 */
export function rulesOfLimited(rules: AnswerRules): AnswerRules {
  const isUnlisted = (errcode: number) => rules.ruleOf(errcode).class === 'unlisted';
  return {
    ruleOf(errcode) {
      const { stops, ...rule } = rules.ruleOf(errcode);
      return { ...rule, ...(stops && rule.class !== 'unlisted' && { stops }) };
    },
    remedyOf: (errcode, errmsg) => (isUnlisted(errcode) ? MAYBE_OVER_RATE : rules.remedyOf(errcode, errmsg)),
  };
}

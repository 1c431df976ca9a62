import type { Random } from '../clock.ts';
import type { Claim, Ledger } from '../grants/ledger.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { LimitSignal } from '../limits/scope-rate-limiter.ts';
import type { Versioned } from '../versioned.ts';
import { type ClaimServices, claimSend, hasExpired, type SendClaim } from './claim-send.ts';
import {
  type AnswerRules,
  judgeAnswer,
  rulesOfLimited,
  type SendAnswer,
  type SendDecision,
} from './judge-answer.ts';
import { afterAttempt } from './record-transitions.ts';
import { type CloseServices, closeStoredClaim } from './resolve-claim.ts';
import type { OutgoingMessage, SendPort } from './send-port.ts';
import type { SendRecord } from './send-record.ts';

/** A request, a new access token and the repeated request take no longer than this. */
export const REQUEST_LIMIT_MS = 35_000;

export interface SendServices extends ClaimServices {
  readonly wechat: { send(message: OutgoingMessage): Promise<SendAnswer> };
  readonly rules: AnswerRules;
  readonly rateLimiter: Pick<RateLimiter, 'report'>;
  readonly random: Random;
}

/** The record after an attempt, or why none was made. */
export type Performed<R extends SendRecord> =
  | {
      readonly type: 'performed';
      readonly record: R;
      /** WeChat showed that the user's grants for this template are gone. */
      readonly zeroedTemplateId?: string;
    }
  | Exclude<SendClaim<R>, { readonly type: 'claimed' }>;

/** Tries a send once: claim, request, decision, outcome. `known` is the user's ledger, read a moment ago. */
export async function performSend<R extends SendRecord>(
  services: SendServices,
  send: SendPort<R>,
  known?: Versioned<Ledger>,
): Promise<Performed<R>> {
  const claimed = await claimSend(services, send, known);
  if (claimed.type !== 'claimed') return claimed;
  return attempt(services, send, claimed.claim, claimed.record);
}

async function attempt<R extends SendRecord>(
  services: SendServices,
  send: SendPort<R>,
  claim: Claim,
  before: R,
): Promise<Performed<R>> {
  const { clock, random, wechat, rateLimiter } = services;
  const rules = send.kindOf?.(before) === 'limited' ? rulesOfLimited(services.rules) : services.rules;
  const { openid } = send;
  const { templateId } = send.grantSubjectOf(before);
  await untilDue(services, send.dueAtMs?.(before));
  const leftAtMs = clock();
  const answer: SendAnswer = hasExpired(send, before, leftAtMs)
    ? { type: 'expired' }
    : leftAtMs + REQUEST_LIMIT_MS <= claim.leaseUntilMs
      ? await wechat.send(send.outgoing(before))
      : { type: 'not-sent', reason: 'the sender was held up too long after its claim' };
  const decision = judgeAnswer(answer, send.retryBasis(before, leftAtMs), rules, clock(), random);
  const record = await recordOutcome(services, send, { claim, before, leftAtMs, decision });
  const signal = limitSignal(answer, rules, openid);
  if (signal) await rateLimiter.report(signal, { leftAtMs, templateId });
  return {
    type: 'performed',
    record,
    ...(decision.effect === 'zero' && { zeroedTemplateId: templateId }),
  };
}

/** A send is claimed a little ahead of its moment, and never leaves before it. */
async function untilDue({ clock, sleep }: SendServices, dueAtMs = 0): Promise<void> {
  while (clock() < dueAtMs) await sleep(dueAtMs - clock());
}

/** An attempt and the decision on it, before anything is written. */
interface Decided<R extends SendRecord> {
  readonly claim: Claim;
  readonly before: R;
  readonly leftAtMs: number;
  readonly decision: SendDecision;
}

/**
 * Records how an attempt ended: the record first, because it is the truth about the send, then the ledger.
 * Where the grant is spent the record is enough: whoever needs the ledger next closes the claim by it, which
 * saves a write.
 */
export async function recordOutcome<R extends SendRecord>(
  services: CloseServices,
  send: SendPort<R>,
  { claim, before, leftAtMs, decision }: Decided<R>,
): Promise<R> {
  const { retry } = decision;
  const after = afterAttempt(before, claim, decision, send);
  const attempt = { claim, before, leftAtMs, ...(retry && { retryAtMs: retry.atMs }) };
  const record = await send.settle(after, attempt);
  const { effect } = after.lastClaim;
  if (effect === 'refund' || effect === 'zero') await closeStoredClaim(services, send.openid, claim, effect);
  return record;
}

/**
 * What an answer to a send to this user says about the rate limit of all sending. Silence and refused tokens
 * say nothing.
 */
function limitSignal(answer: SendAnswer, rules: AnswerRules, openid: string): LimitSignal | undefined {
  if (answer.type !== 'answered') return undefined;
  const { errcode } = answer;
  const { retry, stops } = rules.ruleOf(errcode);
  if (stops === 'account' || stops === 'template') return { type: 'refused', scope: stops, errcode };
  if (stops === 'template-unless-one-user') {
    return { type: 'refused', scope: 'template', errcode, user: openid };
  }
  switch (retry) {
    case 'rate':
    case 'quota':
    case 'busy':
      return retry;
    case 'token':
    case 'connection':
      return undefined;
    default:
      return 'passed';
  }
}

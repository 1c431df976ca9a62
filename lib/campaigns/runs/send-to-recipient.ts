import type { Clock, Random } from '../../clock.ts';
import { type OutgoingMessage, REQUEST_LIMIT_MS } from '../../delivery/deliver-message.ts';
import { type AnswerRules, judgeAnswer, type SendAnswer, type Verdict } from '../../delivery/judge-answer.ts';
import { paceSignal } from '../../delivery/pace-signal.ts';
import type { Pacer } from '../../delivery/pacer.ts';
import { refuseBooked } from '../../delivery/refuse-booked.ts';
import { closeInLedger } from '../../delivery/settle.ts';
import type { Claim } from '../../grants/ledger.ts';
import { afterAttempt } from '../../sends/send-record.ts';
import { type Addressed, type ClaimServices, claimRecipient } from './claim-recipient.ts';
import type { FilledTexts } from './page-texts.ts';
import { type Finding, NOT_BEGUN, type RecipientResult } from './results.ts';

/** What sending to a recipient needs from outside. */
export interface RecipientServices extends ClaimServices {
  readonly wechat: { send(message: OutgoingMessage): Promise<SendAnswer> };
  readonly rules: AnswerRules;
  readonly pacer: Pick<Pacer, 'report'>;
  readonly clock: Clock;
  readonly random: Random;
}

/** What came of one attempt. */
export type SendResult =
  | { readonly type: 'done' }
  /** Another send to this user is under way. */
  | { readonly type: 'busy' }
  /** Somebody else has the page by now. */
  | { readonly type: 'not-mine' };

const DONE: SendResult = { type: 'done' };

/** One attempt at one recipient: claim, request, result. */
export async function sendToRecipient(
  services: RecipientServices,
  to: Addressed,
  texts: FilledTexts,
): Promise<SendResult> {
  const turn = await claimRecipient(services, to);
  switch (turn.type) {
    case 'claimed':
      await sendClaimed(services, to, texts, turn.claim);
      return DONE;
    case 'no-grant':
      to.journal.note(to.index, { result: skipped(services.clock()) });
      return DONE;
    case 'ended':
      return DONE;
    case 'busy':
    case 'not-mine':
      return turn;
  }
}

/** One whose grant was gone when their turn came. */
export function skipped(nowMs: number): RecipientResult {
  return { state: 'skipped', attempts: 0, outcome: { atMs: nowMs, reason: 'no-grant' } };
}

async function sendClaimed(
  services: RecipientServices,
  to: Addressed,
  texts: FilledTexts,
  claim: Claim,
): Promise<void> {
  const { clock, rules, random } = services;
  const leftAtMs = clock();
  const answer: SendAnswer =
    leftAtMs + REQUEST_LIMIT_MS <= claim.leaseUntilMs
      ? await services.wechat.send(outgoing(to, texts))
      : { type: 'not-sent', reason: 'the sender was held up too long after its claim' };
  const before = to.journal.resultOf(to.index);
  const firstAtMs = before?.firstAtMs ?? leftAtMs;
  const attempted = { sendAtMs: firstAtMs, ...(before?.retries && { retries: before.retries }) };
  const verdict = judgeAnswer(answer, attempted, rules, clock(), random);
  const result = {
    // Nothing was set aside for them before, so nothing is between attempts.
    ...afterAttempt(before ?? NOT_BEGUN, claim, verdict, { keepsGrant: false }),
    ...(verdict.retry && { notBeforeMs: verdict.retry.atMs, firstAtMs }),
  };
  await settle(services, to, claim, verdict, { result, follows: before?.lastClaim });
  const signal = paceSignal(answer, rules, to.recipient.openid);
  const { templateId } = to.run.content;
  if (signal) await services.pacer.report(signal, { leftAtMs, templateId });
}

function outgoing({ run, recipient }: Addressed, { data, page }: FilledTexts): OutgoingMessage {
  const { templateId, miniprogramState, lang } = run.content;
  return {
    openid: recipient.openid,
    templateId,
    data,
    miniprogramState,
    lang,
    ...(page !== undefined && { page }),
  };
}

/**
 * Writes a verdict down. Where the grant is spent the result is enough: the claim stays, and whoever needs the ledger next closes it
 * by that result. Otherwise the result comes first and the ledger follows, as with a message.
 */
async function settle(
  services: RecipientServices,
  { journal, recipient, index, run }: Addressed,
  claim: Claim,
  { effect }: Verdict,
  finding: Finding,
): Promise<void> {
  if (effect === 'spend') return journal.note(index, finding);
  await journal.write(index, finding);
  await closeInLedger(services, recipient.openid, claim, effect === 'zero' ? 'zero' : 'refund');
  if (effect === 'zero') {
    await refuseBooked(services, recipient.openid, run.content.templateId, services.clock());
  }
}

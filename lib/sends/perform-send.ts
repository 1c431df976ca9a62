import type { Random } from '../clock.ts';
import { type OutgoingMessage, REQUEST_LIMIT_MS } from '../delivery/deliver-message.ts';
import { type AnswerRules, judgeAnswer, type SendAnswer } from '../delivery/judge-answer.ts';
import { paceSignal } from '../delivery/pace-signal.ts';
import type { Pacer } from '../delivery/pacer.ts';
import { refuseBooked } from '../delivery/refuse-booked.ts';
import { closeInLedger } from '../delivery/settle.ts';
import type { Claim, Ledger } from '../grants/ledger.ts';
import type { Stored } from '../stored.ts';
import { type ClaimServices, claimSend, type SendClaim } from './claim-send.ts';
import type { SendPort } from './send-port.ts';
import { afterAttempt, type SendRecord } from './send-record.ts';

/** What performing a send needs from outside. */
export interface SendServices extends ClaimServices {
  readonly wechat: { send(message: OutgoingMessage): Promise<SendAnswer> };
  readonly rules: AnswerRules;
  readonly pacer: Pick<Pacer, 'report'>;
  readonly random: Random;
}

/** What came of one try: an attempt was made and written down, or why there was none. */
export type Performed<R extends SendRecord> =
  | { readonly type: 'performed' }
  | Exclude<SendClaim<R>, { readonly type: 'claimed' }>;

/** Tries to perform a send once: claim, request, decision, outcome. `known` is the user's ledger where it was read not long ago. */
export async function performSend<R extends SendRecord>(
  services: SendServices,
  send: SendPort<R>,
  known?: Stored<Ledger>,
): Promise<Performed<R>> {
  const claimed = await claimSend(services, send, known);
  if (claimed.type !== 'claimed') return claimed;
  await attempt(services, send, claimed.claim, claimed.record);
  return { type: 'performed' };
}

async function attempt<R extends SendRecord>(
  services: SendServices,
  send: SendPort<R>,
  claim: Claim,
  before: R,
): Promise<void> {
  const { clock, random, rules, wechat, pacer } = services;
  const { openid, templateId } = send;
  const leftAtMs = clock();
  const answer: SendAnswer =
    leftAtMs + REQUEST_LIMIT_MS <= claim.leaseUntilMs
      ? await wechat.send(send.outgoing(before))
      : { type: 'not-sent', reason: 'the sender was held up too long after its claim' };
  const decision = judgeAnswer(answer, send.attempted(before, leftAtMs), rules, clock(), random);
  const after = afterAttempt(before, claim, decision, send);
  const { effect } = after.lastClaim;
  await send.settle(after, {
    claim,
    leftAtMs,
    before,
    ...(decision.retry && { retryAtMs: decision.retry.atMs }),
  });
  // A spent grant needs no second write: whoever needs the ledger next closes the claim by the record.
  if (effect !== 'spend') await closeInLedger(services, openid, claim, effect);
  const signal = paceSignal(answer, rules, openid);
  if (signal) await pacer.report(signal, { leftAtMs, templateId });
  if (effect === 'zero') await refuseBooked(services, openid, templateId, clock());
}

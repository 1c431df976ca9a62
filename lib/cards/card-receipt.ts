import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import type { Outcome } from '../sends/send-record.ts';
import { updated } from '../versioned.ts';
import { type Card, type CardStore, cardIdOf } from './card.ts';
import { contentStatusOf } from './card-content.ts';
import { codeSourceOf } from './card-kinds.ts';
import { settled } from './card-transitions.ts';
import { acceptedStatus } from './state-order.ts';

/** What WeChat says of a notification of a service card that it could not deliver (WeChat contract §8.2). */
export const cardReceipt = v.strictObject({
  openid: v.string(),
  code: v.string(),
  notifyType: v.number(),
  /** The state of the card that the notification was about; absent where WeChat does not say. */
  status: v.exactOptional(v.number()),
  failRet: v.number(),
  failMsg: v.string(),
});

/** See {@link cardReceipt}. */
export type CardReceipt = Readonly<v.InferOutput<typeof cardReceipt>>;

/** What a failed notification means, and words for a person to act on. */
export interface ReceiptRules {
  receiptOf(failRet: number): { readonly state: 'refused' | 'failed' } & Pick<Outcome, 'reason' | 'remedy'>;
}

interface CardReceiptServices extends Backoff {
  readonly store: Pick<CardStore, 'load' | 'put'>;
  readonly rules: ReceiptRules;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** In front of a pay order's number in events (WeChat contract §8.2). */
const ORDER_PREFIX = /^p\d+\./;

/** Writes a failed notification into the card that it is about. Safe to repeat, at any moment. */
export async function applyCardReceipt(services: CardReceiptServices, receipt: CardReceipt): Promise<void> {
  const { store, rules, clock, logger } = services;
  const { openid, notifyType, failRet, failMsg } = receipt;
  const { state, ...words } = rules.receiptOf(failRet);
  const outcome: Outcome = { atMs: clock(), ...words, errcode: failRet, errmsg: failMsg };
  const result = await retryOnConflict(async () => {
    const stored = await findCard(store, receipt);
    if (!stored) return 'unmatched' as const;
    const card = afterReceipt(stored.value, { state, outcome, status: receipt.status });
    return card === stored.value ? ('known' as const) : store.put(updated(stored, card));
  }, services);
  if (result === 'unmatched') {
    logger.warn('An event about a service card fits no card of ours.', { openid, notifyType, failRet });
  }
}

/** The code as it is, and without what WeChat puts in front of a pay order's number. */
async function findCard(store: Pick<CardStore, 'load'>, { openid, notifyType, code }: CardReceipt) {
  const whole = await store.load(cardIdOf({ openid, notifyType, code }));
  if (whole || codeSourceOf(notifyType) === 'button' || !ORDER_PREFIX.test(code)) return whole;
  return store.load(cardIdOf({ openid, notifyType, code: code.replace(ORDER_PREFIX, '') }));
}

/** The card after a failed notification. One about an earlier state changes nothing, unless the user refuses. */
function afterReceipt(
  card: Card,
  receipt: {
    readonly state: 'refused' | 'failed';
    readonly outcome: Outcome;
    readonly status: number | undefined;
  },
): Card {
  const { state, outcome } = receipt;
  const { claim, doubt } = card;
  const status = receipt.status ?? acceptedStatus(card);
  if (claim?.kind === 'content' && status !== undefined && status === contentStatusOf(claim.text)) {
    return card.receipt?.status === status ? card : { ...card, receipt: { state, outcome, status } };
  }
  // WeChat notifies of nothing that it has not taken.
  const known =
    doubt && status === contentStatusOf(doubt.text)
      ? (settled(card, doubt.claimId, { type: 'accepted', outcome }) ?? card)
      : card;
  const isAboutThis = status !== undefined && status === acceptedStatus(known);
  if (!isAboutThis && state !== 'refused') return card;
  if (known.state === state && known.outcome?.errcode === outcome.errcode) return card;
  const notification = { state, outcome };
  return { ...known, ...notification, notification, endedBy: 'content', updatedAtMs: outcome.atMs };
}

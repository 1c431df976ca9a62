import { type Card, type CardChange, hasExpired } from './card.ts';

type CardStep =
  | { readonly type: 'nothing' }
  | { readonly type: 'wait'; readonly untilMs: number }
  /** The sender of the open claim is taken to be dead. */
  | { readonly type: 'give-up' }
  /** What waits can no longer be sent. */
  | { readonly type: 'expire' }
  /** WeChat is asked whether it has a change whose answer was lost. */
  | { readonly type: 'ask' }
  | { readonly type: 'send'; readonly change: CardChange };

/** The next thing to do for a card. Pure. */
export function nextStep(card: Card, nowMs: number): CardStep {
  const { claim, doubt, waiting, heldUntilMs = 0 } = card;
  if (claim) return nowMs < claim.leaseUntilMs ? waitUntil(claim.leaseUntilMs) : { type: 'give-up' };
  const change = nextChange(card);
  if (hasExpired(card, nowMs)) {
    return waiting.length > 0 || card.extWaits ? { type: 'expire' } : { type: 'nothing' };
  }
  // Whoever waits behind a change of unknown fate waits for one question only.
  const asks = doubt && nextAskAtMs(doubt.asks, nowMs) !== undefined && !(change && doubt.asks > 0);
  if (!change && !asks) return { type: 'nothing' };
  if (nowMs < heldUntilMs) return waitUntil(Math.min(heldUntilMs, card.expiresAtMs));
  if (asks) return { type: 'ask' };
  return change ? { type: 'send', change } : { type: 'nothing' };
}

function waitUntil(untilMs: number): CardStep {
  return { type: 'wait', untilMs };
}

/** Contents first, because WeChat takes further facts of an active card only. */
function nextChange({ waiting: [text], wantedExt, extWaits, activatedAtMs }: Card): CardChange | undefined {
  if (text !== undefined) return { kind: 'content', text };
  if (!extWaits || wantedExt === undefined || activatedAtMs === undefined) return undefined;
  return { kind: 'ext', text: wantedExt };
}

/** How long after a lost answer WeChat is asked what it has, each time later. */
const ASK_AFTER_MS = [5_000, 30_000, 120_000];

/** When WeChat is asked about a change of unknown fate; undefined once it was asked often enough. */
export function nextAskAtMs(asks: number, nowMs: number): number | undefined {
  const delayMs = ASK_AFTER_MS[asks];
  return delayMs === undefined ? undefined : nowMs + delayMs;
}

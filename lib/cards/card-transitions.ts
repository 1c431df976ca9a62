import type { Outcome } from '../sends/send-record.ts';
import type { Card, CardChange, CardReading, CardState } from './card.ts';
import { contentStatusOf, provesTaken } from './card-content.ts';
import { changesEndAtMs } from './card-kinds.ts';
import { internalCardOutcome } from './card-outcome.ts';
import type { CardDecision } from './judge-card-answer.ts';
import { nextAskAtMs } from './next-step.ts';
import { acceptedStatus, shortestWay } from './state-order.ts';

/** The card while a request with `change` is under way. The change no longer waits. */
export function claimed(
  card: Card,
  change: CardChange,
  claimId: string,
  untilMs: number,
  nowMs: number,
): Card {
  const { doubt, heldUntilMs: _held, receipt: _receipt, ...rest } = card;
  return {
    ...rest,
    ...(change.kind === 'ext' && doubt && { doubt }),
    ...(change.kind === 'content' ? { waiting: card.waiting.slice(1) } : { extWaits: false }),
    claim: { ...change, claimId, leaseUntilMs: untilMs },
    attempts: card.attempts + 1,
    updatedAtMs: nowMs,
  };
}

/**
 * The card after the answer to the request of `claimId`. Undefined: the claim was given up meanwhile, and a
 * later one has told more.
 */
export function settled(card: Card, claimId: string, decision: CardDecision): Card | undefined {
  const { claim, doubt } = card;
  if (claim?.claimId === claimId) return afterDecision(without(card), claim, decision);
  if (doubt?.claimId !== claimId) return undefined;
  // Given up as lost, and yet it was answered.
  const { doubt: _doubt, ...known } = card;
  return afterDecision({ ...known, state: stateBefore(card) }, doubt, decision);
}

/** The state of a card whose next change has not ended yet. */
export function stateBefore({ activatedAtMs }: Card): CardState {
  return activatedAtMs === undefined ? 'activating' : 'active';
}

function without({ claim: _claim, ...card }: Card): Card {
  return card;
}

function afterDecision(
  card: Card,
  change: NonNullable<Card['claim' | 'doubt']>,
  decision: CardDecision,
): Card {
  const { outcome } = decision;
  const updatedAtMs = outcome.atMs;
  switch (decision.type) {
    case 'accepted':
      return accepted(card, change, outcome);
    case 'again': {
      const { retry, atMs } = decision;
      const retries = { ...card.retries, [retry]: (card.retries?.[retry] ?? 0) + 1 };
      return { ...waitsAgain(card, change), outcome, retries, heldUntilMs: atMs, updatedAtMs };
    }
    case 'ended':
      if (decision.state === 'unknown') return inDoubt(card, change, outcome);
      return {
        ...notTaken(withoutRetries(card, change.kind), change),
        state: decision.state,
        endedBy: endedBy(card, change),
        outcome,
        updatedAtMs,
      };
  }
}

/** What is tried again goes back to its place, unless something newer makes it needless. */
function waitsAgain(card: Card, { kind, text }: CardChange): Card {
  if (kind === 'ext') return { ...card, extWaits: true };
  const all = [text, ...card.waiting];
  const last = all.at(-1) ?? text;
  return { ...card, waiting: shortestWay(card.notifyType, acceptedStatus(card), all.slice(0, -1), last) };
}

/** Further facts that did not come to WeChat are not shown on, whatever becomes of the contents after them. */
function notTaken({ wantedExt, ...card }: Card, { kind }: CardChange): Card {
  const shown = kind === 'ext' && !card.extWaits ? card.acceptedExt : wantedExt;
  return { ...card, ...(shown !== undefined && { wantedExt: shown }) };
}

/** A new change is tried anew as often as the one before. Nobody doubts a content that another one replaced. */
function withoutRetries(card: Card, kind: CardChange['kind'] = 'content'): Card {
  const { retries: _retries, heldUntilMs, doubt, ...rest } = card;
  return kind === 'ext' && doubt
    ? { ...rest, doubt, ...(heldUntilMs !== undefined && { heldUntilMs }) }
    : rest;
}

function endedBy(card: Card, { kind }: CardChange): CardChange['kind'] {
  return isEndedByContent(card) ? 'content' : kind;
}

/** Whether the last content did not end well. */
export function isEndedByContent({ state, endedBy: kind = 'content' }: Card): boolean {
  return state !== 'activating' && state !== 'active' && kind === 'content';
}

function accepted(card: Card, change: CardChange, outcome: Outcome): Card {
  const { receipt, check, endedBy: before, notification, ...kept } = withoutRetries(card, change.kind);
  const updatedAtMs = outcome.atMs;
  if (change.kind === 'ext') {
    const still = {
      ...(check && { check }),
      ...(before && { endedBy: before }),
      ...(notification && { notification }),
    };
    const taken = { ...kept, ...still, acceptedExt: change.text, updatedAtMs };
    // Further facts mend nothing that is wrong with the content.
    return isEndedByContent(card) ? taken : { ...taken, state: 'active', outcome };
  }
  const activatedAtMs = card.activatedAtMs ?? updatedAtMs;
  const isFirst = card.activatedAtMs === undefined;
  const told = receipt && receipt.status === contentStatusOf(change.text) ? receipt : undefined;
  return {
    ...kept,
    ...(told && { notification: { state: told.state, outcome: told.outcome } }),
    accepted: change.text,
    isUnsure: false,
    activatedAtMs,
    ...(isFirst && { expiresAtMs: changesEndAtMs(card.notifyType, activatedAtMs) }),
    state: told?.state ?? 'active',
    outcome: told?.outcome ?? outcome,
    updatedAtMs,
  };
}

function inDoubt(card: Card, change: NonNullable<Card['claim' | 'doubt']>, outcome: Outcome): Card {
  const { receipt } = card;
  // WeChat notifies of nothing that it has not taken.
  if (change.kind === 'content' && receipt && receipt.status === contentStatusOf(change.text)) {
    return accepted(card, change, outcome);
  }
  const { kind, text, claimId } = change;
  const heldUntilMs = nextAskAtMs(0, outcome.atMs);
  return {
    ...notTaken(withoutRetries(card, change.kind), change),
    state: 'unknown',
    endedBy: endedBy(card, change),
    outcome,
    // What WeChat shows of a card has no further facts in it, so nothing is asked about them.
    ...(kind === 'content' && {
      doubt: { kind, text, claimId, asks: 0, isOnly: !card.isUnsure },
      isUnsure: true,
      ...(heldUntilMs !== undefined && { heldUntilMs }),
    }),
    updatedAtMs: outcome.atMs,
  };
}

/** The card after the lease of a dead sender. The request may have left. */
export function cardGivenUp(card: Card, nowMs: number): Card {
  const { claim } = card;
  return claim ? inDoubt(without(card), claim, internalCardOutcome('sender-lost', nowMs)) : card;
}

/** The card at the end of its code's time. What waits is dropped. */
export function expired(card: Card, nowMs: number): Card {
  const { doubt: _doubt, extWaits: _extWaits, heldUntilMs: _held, ...rest } = card;
  const outcome = internalCardOutcome('code-expired', nowMs);
  return { ...rest, waiting: [], state: 'expired', outcome, updatedAtMs: nowMs };
}

/** The card after WeChat was asked what it has. `reading` is undefined where it did not say. */
export function asked(card: Card, reading: CardReading | undefined, nowMs: number): Card {
  const { doubt } = card;
  if (!doubt) return card;
  if (reading?.isRefused) {
    const outcome = internalCardOutcome('user-refused', nowMs);
    const notification = { state: 'refused', outcome } as const;
    return { ...withoutRetries(card), ...notification, notification, updatedAtMs: nowMs };
  }
  if (reading && provesTaken(reading.content, doubt.text, doubt.isOnly ? (card.accepted ?? '') : undefined)) {
    const taken = accepted(card, doubt, { atMs: nowMs, reason: 'accepted', errcode: 0 });
    return { ...taken, ...(reading.expiresAtMs !== undefined && { expiresAtMs: reading.expiresAtMs }) };
  }
  const asks = doubt.asks + 1;
  const { heldUntilMs: _held, ...rest } = card;
  const heldUntilMs = card.waiting.length > 0 ? undefined : nextAskAtMs(asks, nowMs);
  return { ...rest, doubt: { ...doubt, asks }, ...(heldUntilMs !== undefined && { heldUntilMs }) };
}

import type { Clock } from '../clock.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { updated } from '../versioned.ts';
import { type Card, type CardStore, hasExpired, isChanging } from './card.ts';
import { contentStatusOf, saysTheSame } from './card-content.ts';
import type { EnqueueCard } from './card-job.ts';
import { stateRow } from './card-kinds.ts';
import { isEndedByContent, stateBefore } from './card-transitions.ts';
import { acceptedStatus, shortestWay, type Transition, transitionBetween } from './state-order.ts';

export interface ChangeCardServices extends Backoff {
  readonly store: Pick<CardStore, 'load' | 'put'>;
  readonly enqueue: EnqueueCard;
  readonly clock: Clock;
  readonly newUuid: () => string;
}

/** What a card shall show from now on, as JSON texts. */
interface WantedChange {
  readonly content?: string;
  readonly ext?: string;
}

/** The card with its change waiting, or why WeChat would not take it. */
type ChangeResult =
  | { readonly type: 'changed'; readonly card: Card; readonly transition: Transition }
  | { readonly type: 'not-found' | 'expired' }
  /** WeChat's page lets the wanted state follow only these. */
  | { readonly type: 'out-of-order'; readonly status: number; readonly after: readonly number[] };

/** Lets a card show something else. What is wanted already changes nothing, so a repeat is harmless. */
export async function changeCard(
  services: ChangeCardServices,
  cardId: string,
  change: WantedChange,
): Promise<ChangeResult> {
  const { store, enqueue, clock, newUuid } = services;
  const sinceMs = clock();
  // Before the card says that something waits, so that nothing waits without a job.
  const changeId = newUuid();
  await enqueue({ cardId, changeId, sinceMs });
  return retryOnConflict(async (): Promise<ChangeResult | 'conflict'> => {
    const stored = await store.load(cardId);
    if (!stored) return { type: 'not-found' };
    const result = changedCard(stored.value, change, sinceMs);
    if (result.type !== 'changed' || result.card === stored.value) return result;
    const card = { ...result.card, changeId };
    return (await store.put(updated(stored, card))) === 'committed' ? { ...result, card } : 'conflict';
  }, services);
}

/** The card with a change that waits. Pure. */
function changedCard(card: Card, { content, ext }: WantedChange, nowMs: number): ChangeResult {
  if (hasExpired(card, nowMs)) return { type: 'expired' };
  const status = content === undefined ? undefined : contentStatusOf(content);
  const transition = status === undefined ? 'unknown' : transitionTo(card, status);
  if (transition === 'forbidden' && status !== undefined) {
    return { type: 'out-of-order', status, after: stateRow(card.notifyType, status)?.after ?? [] };
  }
  const withContent = content === undefined ? card : wanting(card, content);
  const changed = ext === undefined ? withContent : wantingExt(withContent, ext);
  return { type: 'changed', transition, card: changed === card ? card : { ...changed, updatedAtMs: nowMs } };
}

/** Whether WeChat's page lets a state follow the one that the card is wanted in, or may be in. */
function transitionTo(card: Card, status: number): Transition {
  const steps = statesBefore(card).map((from) => transitionBetween(card.notifyType, from, status));
  return (
    (['allowed', 'unknown', 'unlikely'] as const).find((transition) => steps.includes(transition)) ??
    'forbidden'
  );
}

/** The states that the card may be in when the next content comes. Nobody knows which, after a lost answer. */
function statesBefore(card: Card): readonly (number | undefined)[] {
  if (isContentOnItsWay(card)) return [contentStatusOf(card.wanted)];
  if (card.doubt) return [acceptedStatus(card), contentStatusOf(card.doubt.text)];
  return [acceptedStatus(card)];
}

function isContentOnItsWay({ claim, waiting }: Card): boolean {
  return claim?.kind === 'content' || waiting.length > 0;
}

function wanting(card: Card, content: string): Card {
  const { isUnsure, wanted, accepted } = card;
  const shown = isContentOnItsWay(card) ? wanted : isUnsure ? undefined : accepted;
  if (shown !== undefined && saysTheSame(shown, content)) {
    // WeChat has it, or will. What is wrong with its notification, no repeat mends.
    if (saysTheSame(wanted, content)) return card;
    const { notification } = card;
    return {
      ...begunAnew(card),
      ...notification,
      ...(notification && { endedBy: 'content' }),
      wanted: content,
    };
  }
  const { claim, notifyType, waiting } = card;
  const from = claim?.kind === 'content' ? contentStatusOf(claim.text) : acceptedStatus(card);
  return {
    ...begunAnew(card),
    wanted: content,
    waiting: shortestWay(notifyType, from, waiting, content),
  };
}

function wantingExt(card: Card, ext: string): Card {
  const isOnItsWay = card.extWaits === true || card.claim?.kind === 'ext';
  const has = isOnItsWay ? card.wantedExt : card.acceptedExt;
  if (has !== undefined && saysTheSame(has, ext)) return card;
  return { ...(isEndedByContent(card) ? card : begunAnew(card)), wantedExt: ext, extWaits: true };
}

/** What ended the change before is past; what holds up the card, like a limit, is not. */
function begunAnew(card: Card): Card {
  if (isChanging(card)) return card;
  const { outcome: _outcome, ...rest } = card;
  return { ...rest, state: stateBefore(card) };
}

import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { type Card, type CardName, type CardStore, cardIdOf, isChanging, type PayCheck } from './card.ts';
import type { EnqueueCard } from './card-job.ts';
import { activationEndsAtMs } from './card-kinds.ts';

export interface ActivateCardServices extends Backoff {
  readonly store: Pick<CardStore, 'load' | 'put'>;
  readonly enqueue: EnqueueCard;
  readonly clock: Clock;
  readonly newUuid: () => string;
}

/** A card that is asked for. `content` and `ext` are JSON texts. */
export interface NewCard extends CardName {
  readonly content: string;
  readonly ext?: string;
  readonly check?: PayCheck;
}

/** The card of a code: made now, made before by the same request, or made by another. */
type ActivateResult =
  | { readonly type: 'accepted' | 'repeated'; readonly card: Card }
  /** The code has a card that is active, or about to be. */
  | { readonly type: 'exists'; readonly cardId: string };

/**
 * Makes a card for a code. The code stands for the card: the same request again answers the same card. Where
 * the activation failed, another request tries it anew.
 */
export async function activateCard(
  services: ActivateCardServices,
  request: NewCard,
): Promise<ActivateResult> {
  const { store, enqueue, clock, newUuid } = services;
  const sinceMs = clock();
  const cardId = cardIdOf(request);
  // Before the card is stored, so that no card waits without a job.
  const changeId = newUuid();
  await enqueue({ cardId, changeId, sinceMs });
  return retryOnConflict(async (): Promise<ActivateResult | 'conflict'> => {
    const stored = await store.load(cardId);
    const card = newCard(request, { changeId, nowMs: sinceMs }, stored?.value);
    if (stored && stored.value.requestHash === card.requestHash)
      return { type: 'repeated', card: stored.value };
    if (stored && !mayBegin(stored.value)) return { type: 'exists', cardId };
    const result = await store.put({ value: card, version: stored?.version });
    return result === 'committed' ? { type: 'accepted', card } : 'conflict';
  }, services);
}

function mayBegin(card: Card): boolean {
  return card.activatedAtMs === undefined && !isChanging(card);
}

function newCard(
  request: NewCard,
  { changeId, nowMs }: { readonly changeId: string; readonly nowMs: number },
  before: Card | undefined,
): Card {
  const { openid, notifyType, code, content, ext, check } = request;
  return {
    id: cardIdOf(request),
    openid,
    notifyType,
    code,
    requestHash: hashOf(request),
    changeId,
    ...(check && { check }),
    wanted: content,
    ...(ext !== undefined && { wantedExt: ext, extWaits: true }),
    waiting: [content],
    state: 'activating',
    attempts: before?.attempts ?? 0,
    expiresAtMs: activationEndsAtMs(notifyType, check?.payTimeMs ?? nowMs),
    createdAtMs: before?.createdAtMs ?? nowMs,
    updatedAtMs: nowMs,
  };
}

function hashOf({ content, ext, check }: NewCard): string {
  const said = [
    content,
    ext ?? null,
    check?.payAmount ?? null,
    check?.payTimeMs ?? null,
    check?.payChannel ?? null,
  ];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}

import type { Card, CardStore } from '../../lib/cards/card.ts';
import { internalCardOutcome } from '../../lib/cards/card-outcome.ts';
import type { Clock } from '../../lib/clock.ts';
import { type Backoff, retryOnConflict } from '../../lib/retry.ts';
import { updated } from '../../lib/versioned.ts';

export interface EndCardServices extends Backoff {
  readonly cards: Pick<CardStore, 'load' | 'put'>;
  readonly clock: Clock;
}

/** Whether something of a card as it is stored waits, or is under way. */
export function isCardPending(card: Readonly<Record<string, unknown>>): boolean {
  const { claim, waiting, extWaits } = card;
  return claim !== undefined || (Array.isArray(waiting) && waiting.length > 0) || extWaits === true;
}

/**
 * Ends as unknown what waits of a card, or was under way: it may have left after the moment that the table was
 * restored to. Answers how many cards that were.
 */
export function endCard({ cards, clock, ...backoff }: EndCardServices, cardId: string): Promise<number> {
  return retryOnConflict(async () => {
    const stored = await cards.load(cardId);
    if (!stored || !isCardPending(stored.value)) return 0;
    const result = await cards.put(updated(stored, asUnknown(stored.value, clock())));
    return result === 'conflict' ? result : 1;
  }, backoff);
}

function asUnknown(card: Card, nowMs: number): Card {
  const { claim: _claim, extWaits: _extWaits, heldUntilMs: _held, retries: _retries, ...rest } = card;
  return {
    ...rest,
    waiting: [],
    isUnsure: true,
    state: 'unknown',
    endedBy: 'content',
    outcome: internalCardOutcome('table-restored', nowMs),
    updatedAtMs: nowMs,
  };
}

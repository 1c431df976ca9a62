import type { Page } from '../paginate.ts';
import type { Versioned } from '../versioned.ts';
import type { Card } from './card.ts';

/** Where cards are kept. Every read sees the latest write. */
export interface CardStore {
  load(cardId: string): Promise<Versioned<Card> | undefined>;
  /** Writes over the version that was read, or a new one. `conflict`: somebody else did; nothing was written. */
  put(card: Versioned<Card>): Promise<'committed' | 'conflict'>;
  /** A user's cards, in no particular order. */
  listOfUser(openid: string, limit: number, after?: string): Promise<Page<Versioned<Card>>>;
}

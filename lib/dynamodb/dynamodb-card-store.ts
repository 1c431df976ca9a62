import type { CardStore } from '../cards/card.ts';
import { type Card, cardOwner, cardSchema, cardStem } from '../cards/card.ts';
import type { Logger } from '../logger.ts';
import type { Versioned } from '../versioned.ts';
import { getItem, type Item, listItems, putAll } from './items.ts';
import { CARD_PREFIX, cardKey, type Key, userPartition } from './keys.ts';
import type { Table } from './table.ts';
import { type NewVersion, onVersion, parseVersioned, readable } from './versioned-items.ts';

/** Service cards in DynamoDB, each an item beside its user's. */
export function createCardStore(
  table: Table,
  { newVersion, logger }: { readonly newVersion: NewVersion; readonly logger: Logger },
): CardStore {
  return {
    async load(cardId) {
      const key = keyOfCard(table, cardId);
      const item = key && (await getItem(table, key));
      return item && toCard(item);
    },

    put: ({ value, version }) =>
      putAll(table, [
        {
          item: { ...cardKey(table, value.openid, cardStem(value.id)), ...value, version: newVersion() },
          ...onVersion(version),
        },
      ]),

    async listOfUser(openid, limit, after) {
      const page = await listItems(table, {
        pk: userPartition(table, openid),
        prefix: CARD_PREFIX,
        limit,
        after,
      });
      return { ...page, items: readable(page.items, toCard, logger) };
    },
  };
}

function keyOfCard(table: Table, cardId: string): Key | undefined {
  const openid = cardOwner(cardId);
  return openid === undefined ? undefined : cardKey(table, openid, cardStem(cardId));
}

function toCard(item: Item): Versioned<Card> {
  return parseVersioned(cardSchema, item);
}

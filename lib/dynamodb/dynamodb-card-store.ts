import { type Card, type CardStore, cardOwner, cardSchema, cardStem } from '../cards/card.ts';
import type { Logger } from '../logger.ts';
import type { Versioned } from '../versioned.ts';
import { getItem, type Item, putAtomically } from './items.ts';
import { CARD_PREFIX, cardKey, type Key, userPartition } from './keys.ts';
import { listItems } from './queries.ts';
import type { Table } from './table.ts';
import { type NewVersion, parseVersioned, putVersion, readable } from './versioned-items.ts';

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

    put({ value, version }) {
      const item = { ...cardKey(table, value.openid, cardStem(value.id)), ...value };
      return putAtomically(table, [putVersion(item, version, newVersion())]);
    },

    async listOfUser(openid, limit, after) {
      const pk = userPartition(table, openid);
      const page = await listItems(table, { pk, prefix: CARD_PREFIX, limit, after });
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

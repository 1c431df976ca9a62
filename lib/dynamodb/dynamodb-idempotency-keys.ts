import type { Clock } from '../clock.ts';
import { boundKey, type IdempotencyKeys } from '../messages/idempotency-keys.ts';
import { getItem, putAtomically } from './items.ts';
import { idempotencyKey } from './keys.ts';
import type { Table } from './table.ts';
import { type NewVersion, parseItem } from './versioned-items.ts';

/** Idempotency keys in DynamoDB, hashed: callers may put anything into one. */
export function createIdempotencyKeys(
  table: Table,
  { clock, newVersion }: { readonly clock: Clock; readonly newVersion: NewVersion },
): IdempotencyKeys {
  return {
    async find(scope, key) {
      const item = await getItem(table, idempotencyKey(table, scope, key));
      return item && parseItem(boundKey, item);
    },

    bind({ scope, key }, to, read) {
      return putAtomically(table, [
        {
          item: {
            ...idempotencyKey(table, scope, key),
            ...to,
            expiresAt: Math.ceil(to.expiresAtMs / 1000),
            version: newVersion(),
          },
          // One whose time is over does not bind, even while DynamoDB has not deleted it yet.
          condition: 'attribute_not_exists(pk) OR expiresAtMs <= :now OR messageStem = :read',
          values: { ':now': clock(), ':read': read?.messageStem ?? '' },
        },
      ]);
    },
  };
}

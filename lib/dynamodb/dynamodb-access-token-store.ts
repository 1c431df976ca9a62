import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { type AccessTokenStore, storedFailure, storedToken } from '../token/access-token-store.ts';
import { getItem, type Item, isWritten } from './items.ts';
import { accessTokenKey } from './keys.ts';
import type { Table } from './table.ts';
import { type Changes, updateRequest } from './updates.ts';

const failureItem = v.object({ failure: storedFailure });

/** DynamoDB deletes the item some time after its token has expired; nobody relies on when. */
const KEPT_AFTER_EXPIRY_SECONDS = 60 * 60;

/**
 * The shared access token in DynamoDB. `newUuid` names each lease, so that a repeated write recognises its
 * own.
 */
export function createAccessTokenStore(table: Table, newUuid: () => string): AccessTokenStore {
  const key = accessTokenKey(table);
  let lease = '';

  /** Whether the condition held. */
  function update(changes: Changes, condition: string, values: Item): Promise<boolean> {
    const request = updateRequest(table, key, changes, { condition, values });
    return isWritten(table.client.send(new UpdateItemCommand(request)));
  }

  async function updateAsHolder(changes: Changes): Promise<void> {
    await update(changes, 'lease = :lease', { ':lease': lease });
  }

  return {
    // What cannot be read is as good as absent: a new token replaces it.
    async read() {
      const item = await getItem(table, key);
      const token = v.safeParse(storedToken, item);
      const failed = v.safeParse(failureItem, item);
      return {
        ...(token.success && { token: token.output }),
        ...(failed.success && { failure: failed.output.failure }),
      };
    },

    takeLease(nowMs, leaseMs) {
      lease = newUuid();
      return update(
        { set: { leaseUntilMs: nowMs + leaseMs, lease } },
        'attribute_not_exists(leaseUntilMs) OR leaseUntilMs <= :now OR lease = :lease',
        { ':now': nowMs, ':lease': lease },
      );
    },

    async save({ accessToken, fetchedAtMs, renewAtMs, expiresAtMs, dropped, condemned }) {
      const expiresAt = Math.ceil(expiresAtMs / 1000) + KEPT_AFTER_EXPIRY_SECONDS;
      await updateAsHolder({
        set: { accessToken, fetchedAtMs, renewAtMs, expiresAtMs, dropped, condemned, expiresAt },
        remove: ['lease', 'leaseUntilMs', 'failure'],
      });
    },

    // It stands until a token is saved, and must not go with the item of the one that has expired.
    fail: (failure) => updateAsHolder({ set: { failure }, remove: ['lease', 'leaseUntilMs', 'expiresAt'] }),

    releaseLease: () => updateAsHolder({ remove: ['lease', 'leaseUntilMs'] }),

    async drop(accessToken, refusedAtMs) {
      await update({ set: { dropped: true } }, 'accessToken = :token AND fetchedAtMs <= :refused', {
        ':token': accessToken,
        ':refused': refusedAtMs,
      });
    },

    async condemn(accessToken, failure) {
      await update({ set: { condemned: true, failure } }, 'accessToken = :token', { ':token': accessToken });
    },

    // The lease is part of the marker: a repeat of this very write finds its own `forcedBy` and succeeds.
    takeForce(nowMs, { everyMs, leaseMs }) {
      return update(
        { set: { forcedAtMs: nowMs, forcedBy: lease, leaseUntilMs: nowMs + leaseMs } },
        'lease = :lease AND (attribute_not_exists(forcedAtMs) OR forcedAtMs <= :before OR forcedBy = :lease)',
        { ':lease': lease, ':before': nowMs - everyMs },
      );
    },
  };
}

import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { type AccessTokenStore, storedFailure, storedToken } from '../token/access-token-store.ts';
import { getItem, type Item } from './items.ts';
import { accessTokenKey } from './keys.ts';
import { type Table, toAttributes } from './table.ts';

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
  async function update(expression: string, condition: string | undefined, values: Item): Promise<boolean> {
    try {
      await table.client.send(
        new UpdateItemCommand({
          TableName: table.name,
          Key: toAttributes(key),
          UpdateExpression: expression,
          ...(condition !== undefined && { ConditionExpression: condition }),
          ExpressionAttributeValues: toAttributes(values),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
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

    async takeLease(nowMs, leaseMs) {
      lease = newUuid();
      return update(
        'SET leaseUntilMs = :until, lease = :lease',
        'attribute_not_exists(leaseUntilMs) OR leaseUntilMs <= :now OR lease = :lease',
        { ':until': nowMs + leaseMs, ':now': nowMs, ':lease': lease },
      );
    },

    async save({ accessToken, fetchedAtMs, renewAtMs, expiresAtMs, dropped, condemned }) {
      await update(
        'SET accessToken = :token, fetchedAtMs = :fetched, renewAtMs = :renew, expiresAtMs = :at, dropped = :dropped, condemned = :condemned, expiresAt = :ttl REMOVE lease, leaseUntilMs, failure',
        'lease = :lease',
        {
          ':token': accessToken,
          ':fetched': fetchedAtMs,
          ':renew': renewAtMs,
          ':at': expiresAtMs,
          ':dropped': dropped,
          ':condemned': condemned,
          ':ttl': Math.ceil(expiresAtMs / 1000) + KEPT_AFTER_EXPIRY_SECONDS,
          ':lease': lease,
        },
      );
    },

    async fail(failure) {
      await update('SET failure = :failure REMOVE lease, leaseUntilMs', 'lease = :lease', {
        ':failure': failure,
        ':lease': lease,
      });
    },

    async releaseLease() {
      await update('REMOVE lease, leaseUntilMs', 'lease = :lease', { ':lease': lease });
    },

    async drop(accessToken, refusedAtMs) {
      await update('SET dropped = :dropped', 'accessToken = :token AND fetchedAtMs <= :refused', {
        ':dropped': true,
        ':token': accessToken,
        ':refused': refusedAtMs,
      });
    },

    async condemn(accessToken, failure) {
      await update('SET condemned = :condemned, failure = :failure', 'accessToken = :token', {
        ':condemned': true,
        ':token': accessToken,
        ':failure': failure,
      });
    },

    // The lease is part of the marker: a repeat of this very write finds its own `forcedBy` and succeeds.
    async takeForce(nowMs, { everyMs, leaseMs }) {
      return update(
        'SET forcedAtMs = :now, forcedBy = :lease, leaseUntilMs = :until',
        'lease = :lease AND (attribute_not_exists(forcedAtMs) OR forcedAtMs <= :before OR forcedBy = :lease)',
        { ':now': nowMs, ':lease': lease, ':until': nowMs + leaseMs, ':before': nowMs - everyMs },
      );
    },
  };
}

import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import type { AccessTokenStore } from '../token/access-token-store.ts';
import type { Table } from './client.ts';
import { getItem, type Item } from './items.ts';
import type { Key } from './keys.ts';

const tokenItem = v.object({ accessToken: v.string(), expiresAtMs: v.number(), dropped: v.boolean() });
const forced = v.object({ forcedAtMs: v.exactOptional(v.number()) });

/** DynamoDB deletes the item some time after its token has expired; nobody relies on when. */
const KEPT_AFTER_EXPIRY_SECONDS = 60 * 60;

/** The shared access token in DynamoDB. `newUuid` names each lease, so that a repeated write recognises its own. */
export function createAccessTokenStore(table: Table, newUuid: () => string): AccessTokenStore {
  const key: Key = { pk: `${table.appId}#token`, sk: 'access-token' };
  let lease = '';

  /** Whether the condition held. */
  async function update(expression: string, condition: string | undefined, values: Item): Promise<boolean> {
    try {
      await table.client.send(
        new UpdateItemCommand({
          TableName: table.name,
          Key: marshall(key),
          UpdateExpression: expression,
          ...(condition !== undefined && { ConditionExpression: condition }),
          ExpressionAttributeValues: marshall(values),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  return {
    async read() {
      const item = await getItem(table, key);
      const token = v.safeParse(tokenItem, item);
      const { forcedAtMs } = v.parse(forced, item ?? {});
      return {
        ...(token.success && { token: token.output }),
        ...(forcedAtMs !== undefined && { forcedAtMs }),
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

    async save({ accessToken, expiresAtMs, dropped }) {
      await update(
        'SET accessToken = :token, expiresAtMs = :at, dropped = :dropped, expiresAt = :ttl REMOVE lease, leaseUntilMs',
        'lease = :lease',
        {
          ':token': accessToken,
          ':at': expiresAtMs,
          ':dropped': dropped,
          ':ttl': Math.ceil(expiresAtMs / 1000) + KEPT_AFTER_EXPIRY_SECONDS,
          ':lease': lease,
        },
      );
    },

    async releaseLease() {
      await update('SET leaseUntilMs = :over', 'lease = :lease', { ':over': 0, ':lease': lease });
    },

    async drop(accessToken) {
      await update('SET dropped = :dropped', 'accessToken = :token', {
        ':dropped': true,
        ':token': accessToken,
      });
    },

    async markForced(nowMs) {
      await update('SET forcedAtMs = :now', undefined, { ':now': nowMs });
    },
  };
}

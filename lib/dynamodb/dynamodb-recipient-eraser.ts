import { type TransactWriteItem, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { RecipientEraser } from '../campaigns/erase-recipient.ts';
import { erasedOpenid } from '../campaigns/runs/batch.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import {
  batchItemKey,
  campaignKey,
  campaignPartition,
  RECIPIENTS_PREFIX,
  recipientsKey,
} from './campaign-keys.ts';
import { readCampaign, recipientsItem } from './dynamodb-campaign-store.ts';
import { getItem, isWritten, writeAtomically } from './items.ts';
import type { Key } from './keys.ts';
import { queryPages } from './queries.ts';
import { toBatch } from './run-items.ts';
import { type Table, toAttributes } from './table.ts';
import { type NewVersion, parseItem } from './versioned-items.ts';

/** Takes users out of campaigns in DynamoDB. */
export function createRecipientEraser(
  table: Table,
  { newVersion, ...backoff }: Backoff & { readonly newVersion: NewVersion },
): RecipientEraser {
  const { client, name: TableName } = table;

  /** Writes a page of a list and the campaign's count without the user. Answers how often they were there. */
  async function eraseFromListPage(
    key: Key,
    campaignId: string,
    openid: string,
  ): Promise<number | 'conflict'> {
    const item = await getItem(table, key);
    if (!item) return 0;
    const before = parseItem(recipientsItem, item).recipients;
    const after = before.filter((recipient) => recipient.openid !== openid);
    const erased = before.length - after.length;
    if (erased === 0) return 0;
    const counted = await countWithout(key, campaignId, erased);
    const page: TransactWriteItem = {
      Update: {
        TableName,
        Key: toAttributes(key),
        UpdateExpression: 'SET recipients = :after',
        ConditionExpression: 'recipients = :before',
        ExpressionAttributeValues: toAttributes({
          ':before': item['recipients'],
          ':after': JSON.stringify(after),
        }),
      },
    };
    return (await writeAtomically(table, [page, ...counted])) === 'conflict' ? 'conflict' : erased;
  }

  /** Pages that an upload left behind are in no count. */
  async function countWithout(key: Key, campaignId: string, erased: number): Promise<TransactWriteItem[]> {
    const campaign = await readCampaign(table, campaignId);
    const audience = campaign?.value.audience;
    if (audience?.type !== 'recipients' || key.sk >= recipientsKey(table, campaignId, audience.pages).sk) {
      return [];
    }
    return [
      {
        Update: {
          TableName,
          Key: toAttributes(campaignKey(table, campaignId)),
          UpdateExpression: 'SET audience.#count = :count, version = :new',
          ConditionExpression: 'version = :read',
          ExpressionAttributeNames: { '#count': 'count' },
          ExpressionAttributeValues: toAttributes({
            ':count': audience.count - erased,
            ':read': campaign?.version,
            ':new': newVersion(),
          }),
        },
      },
    ];
  }

  return {
    async eraseFromList(campaignId, openid, from, mayGoOn) {
      const query = {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        FilterExpression: 'contains(recipients, :openid)',
        ProjectionExpression: 'pk, sk',
        values: {
          ':pk': campaignPartition(table, campaignId),
          ':from': recipientsKey(table, campaignId, from).sk,
          ':to': `${RECIPIENTS_PREFIX}~`,
          ':openid': JSON.stringify(openid),
        },
        ConsistentRead: true,
      };
      let erased = 0;
      for await (const { items, last } of queryPages(table, query)) {
        for (const { sk } of items) {
          const key = { pk: campaignPartition(table, campaignId), sk: String(sk) };
          erased += await retryOnConflict(() => eraseFromListPage(key, campaignId, openid), backoff);
        }
        if (last && !mayGoOn()) {
          return { erased, next: Number(String(last['sk']).slice(RECIPIENTS_PREFIX.length)) + 1 };
        }
      }
      return { erased };
    },

    async eraseFromBatch(batchKey, index, openid) {
      const key = batchItemKey(table, batchKey);
      const item = await getItem(table, key);
      const hasTexts = item && toBatch(item).recipients[index]?.variables !== undefined;
      const update = new UpdateItemCommand({
        TableName,
        Key: toAttributes(key),
        UpdateExpression: `SET openids[${index}] = :gone${hasTexts ? ' REMOVE variables.#index' : ''}`,
        ConditionExpression: `openids[${index}] = :openid`,
        ...(hasTexts && { ExpressionAttributeNames: { '#index': String(index) } }),
        ExpressionAttributeValues: toAttributes({ ':gone': erasedOpenid(index), ':openid': openid }),
      });
      // Not written where the batch is gone, or the user was erased by another call.
      await isWritten(client.send(update));
    },
  };
}

import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { type Campaign, campaign, recipient } from '../campaigns/campaign.ts';
import type { CampaignStore } from '../campaigns/campaign-store.ts';
import type { Logger } from '../logger.ts';
import type { Versioned } from '../versioned.ts';
import { campaignKey, campaignsPartition, recipientsKey } from './campaign-keys.ts';
import { eraseCampaign } from './dynamodb-campaign-eraser.ts';
import { type ConditionalPut, getItem, type Item, isWritten, putAtomically } from './items.ts';
import { listItems } from './queries.ts';
import { type Table, toAttributes } from './table.ts';
import { type NewVersion, parseItem, parseVersioned, putVersion, readable } from './versioned-items.ts';

/** A page of recipients as it is stored. One JSON text takes a third of the CPU of as many attributes. */
export const recipientsItem = v.object({
  recipients: v.pipe(v.string(), v.parseJson(), v.array(recipient)),
});

/** Campaigns in DynamoDB: all in one partition, the recipients and runs of each in one of its own. */
export function createCampaignStore(
  table: Table,
  { newVersion, logger }: { readonly newVersion: NewVersion; readonly logger: Logger },
): CampaignStore {
  function write({ value, version }: Versioned<Campaign>): ConditionalPut {
    return putVersion({ ...campaignKey(table, value.id), ...value }, version, newVersion());
  }

  return {
    load: (campaignId) => readCampaign(table, campaignId),

    async list(limit, after) {
      const page = await listItems(table, { pk: campaignsPartition(table), limit, after });
      return { ...page, items: readable(page.items, toCampaign, logger) };
    },

    create(campaign, pages) {
      const recipients = pages.map((page, index) => {
        const item = { ...recipientsKey(table, campaign.id, index), recipients: JSON.stringify(page) };
        return putVersion(item, undefined, newVersion());
      });
      return putAtomically(table, [write({ value: campaign, version: undefined }), ...recipients]);
    },

    put: (campaign) => putAtomically(table, [write(campaign)]),

    async recipientsOf(campaignId, page) {
      const item = await getItem(table, recipientsKey(table, campaignId, page));
      return item ? parseItem(recipientsItem, item).recipients : [];
    },

    async putRecipients(campaignId, page, { id, recipients }) {
      const put = new PutItemCommand({
        TableName: table.name,
        Item: toAttributes({
          ...recipientsKey(table, campaignId, page),
          recipients: JSON.stringify(recipients),
          uploadId: id,
        }),
        // The client repeats a write whose answer was lost; that changes nothing.
        ConditionExpression: 'attribute_not_exists(uploadId) OR uploadId <= :upload',
        ExpressionAttributeValues: toAttributes({ ':upload': id }),
      });
      return (await isWritten(table.client.send(put))) ? 'committed' : 'conflict';
    },

    erase: (campaignId, mayGoOn = () => true) => eraseCampaign(table, campaignId, mayGoOn),
  };
}

/** Reads one campaign. @throws UnreadableItemError */
export async function readCampaign(
  table: Table,
  campaignId: string,
): Promise<Versioned<Campaign> | undefined> {
  const item = await getItem(table, campaignKey(table, campaignId));
  return item && toCampaign(item);
}

function toCampaign(item: Item): Versioned<Campaign> {
  return parseVersioned(campaign, item);
}

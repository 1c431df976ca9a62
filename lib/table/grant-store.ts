import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Clock } from '../clock.ts';
import type { GrantStore, LedgerPage } from '../grants/grant-store.ts';
import type { Table } from './client.ts';
import { type ConditionalPut, getItem, getItems, putAll, readItem } from './items.ts';
import { audienceKey, audiencePartition, ledgerKey, reportKey, SHARDS } from './keys.ts';
import { type NewVersion, putLedger, toLedger } from './versioned.ts';

/** A phone that kept a report back for longer than this is not believed in. */
const REPORT_REMEMBERED_SECONDS = 400 * 24 * 60 * 60;

/** Grants in DynamoDB: the ledgers, the marks of counted reports and the audience of each template. */
export function createGrantStore(
  table: Table,
  { newVersion, clock }: { newVersion: NewVersion; clock: Clock },
): GrantStore {
  return {
    async loadLedger(openid) {
      return toLedger(openid, await getItem(table, ledgerKey(table, openid)));
    },

    async isReported(openid, requestId) {
      return (await getItem(table, reportKey(table, openid, requestId))) !== undefined;
    },

    commitReport(ledger, requestId, newTemplateIds) {
      const { openid } = ledger.value;
      const expiresAt = Math.ceil(clock() / 1000) + REPORT_REMEMBERED_SECONDS;
      const mark: ConditionalPut = {
        item: { ...reportKey(table, openid, requestId), version: newVersion(), expiresAt },
        condition: 'attribute_not_exists(pk)',
      };
      const places = newTemplateIds.map(
        (templateId): ConditionalPut => ({
          item: { ...audienceKey(table, templateId, openid), openid },
          // Always true: a user may already be there, from before their ledger was erased.
          condition: 'attribute_not_exists(pk) OR attribute_exists(pk)',
        }),
      );
      return putAll(table, [putLedger(table, ledger, newVersion), mark, ...places]);
    },

    listByTemplate: (templateId, limit, after) => listByTemplate(table, templateId, limit, after),
  };
}

/** The audience, shard after shard. `after` is the shard and the last openid of the page before, joined by a colon. */
async function listByTemplate(
  table: Table,
  templateId: string,
  limit: number,
  after = '0:',
): Promise<LedgerPage> {
  const openids: string[] = [];
  const colon = after.indexOf(':');
  let shard = Number(after.slice(0, colon));
  let last = after.slice(colon + 1);
  while (openids.length < limit && shard < SHARDS.length) {
    const page = await audiencePage(table, templateId, shard, limit - openids.length, last);
    openids.push(...page.openids);
    last = page.next ?? '';
    if (page.next === undefined) shard += 1;
  }
  const items = await getItems(
    table,
    openids.map((openid) => ledgerKey(table, openid)),
  );
  const ledgers = items.map((item) => toLedger('', item).value);
  return { ledgers, ...(shard < SHARDS.length ? { next: `${shard}:${last}` } : {}) };
}

async function audiencePage(table: Table, templateId: string, shard: number, limit: number, after: string) {
  const pk = audiencePartition(table, templateId, shard);
  const { Items = [], LastEvaluatedKey } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: marshall({ ':pk': pk }),
      Limit: limit,
      ...(after === '' ? {} : { ExclusiveStartKey: marshall({ pk, sk: after }) }),
    }),
  );
  const next = LastEvaluatedKey && readItem(LastEvaluatedKey)['sk'];
  return {
    openids: Items.map((item) => String(readItem(item)['sk'])),
    next: typeof next === 'string' ? next : undefined,
  };
}

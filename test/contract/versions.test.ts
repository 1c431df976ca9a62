import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { campaignKey, runKey } from '../../lib/dynamodb/campaign-keys.ts';
import { getItem } from '../../lib/dynamodb/items.ts';
import { type Key, ledgerKey } from '../../lib/dynamodb/keys.ts';
import { toAttributes } from '../../lib/dynamodb/table.ts';
import { localTable } from '../../local/stack/table.ts';
import { PRICE_DROP, startService } from './running-service.ts';

const { stack, wechat, operator, logIn, allow } = await startService();
const table = localTable(stack.dynamodbEndpoint, stack.tableName, wechat.appId);
const T = PRICE_DROP.templateId;
const LATER = { of: 'a later version', at: 1 };

/** Leaves on an item what a later version of the service might store there. */
async function addLater(key: Key, ...paths: readonly string[]): Promise<void> {
  for (const path of ['', ...paths]) {
    await table.client.send(
      new UpdateItemCommand({
        TableName: table.name,
        Key: toAttributes(key),
        UpdateExpression: `SET ${path}#later = :later`,
        ExpressionAttributeNames: { '#later': 'later', ...(path.includes('#t') && { '#t': T }) },
        ExpressionAttributeValues: toAttributes({ ':later': LATER }),
      }),
    );
  }
}

test('what a later version stored of a user stays, whatever this version does with the user', async () => {
  const { openid } = await logIn();
  await allow(wechat, openid, T);
  await allow(wechat, openid, T);
  const key = ledgerKey(table, openid);
  await addLater(key, 'templates.#t.');
  const booked = { to: openid, ...PRICE_DROP, sendAt: new Date(Date.now() + 3_600_000).toISOString() };
  const { body: message } = await operator('POST', '/v1/messages', booked);
  await operator('DELETE', `/v1/messages/${message.id}`);
  await operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
  await stack.idle();
  await allow(wechat, openid, T);
  const item = await getItem(table, key);
  expect(item).toMatchObject({
    later: LATER,
    templates: { [T]: { later: LATER, granted: 3, available: 2 } },
  });
});

test('what a later version stored of a campaign and its run stays', async () => {
  const { openid } = await logIn();
  const { body: campaign } = await operator('POST', '/v1/campaigns', {
    name: 'for later',
    ...PRICE_DROP,
    audience: { type: 'recipients', recipients: [{ openid }] },
  });
  const { body: run } = await operator('POST', `/v1/campaigns/${campaign.id}/runs`, {});
  const keys = [campaignKey(table, campaign.id), runKey(table, campaign.id, run.id)];
  for (const key of keys) await addLater(key);
  await operator('PATCH', `/v1/campaigns/${campaign.id}`, { name: 'renamed' });
  await stack.idle();
  await operator('POST', `/v1/campaigns/${campaign.id}/runs/${run.id}/stop`);
  const [campaignItem, runItem] = await Promise.all(keys.map((key) => getItem(table, key)));
  expect(campaignItem).toMatchObject({ name: 'renamed', later: LATER });
  expect(runItem).toMatchObject({ status: expect.stringMatching(/finished|stopped/), later: LATER });
});

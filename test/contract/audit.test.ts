import { createHash } from 'node:crypto';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { fromAttributes, toAttributes } from '../../lib/dynamodb/table.ts';
import { localTable } from '../../local/stack/table.ts';
import { PRICE_DROP, quietNow, startService } from './running-service.ts';

const MANAGER = 'key-of-a-manager';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const keys = [
  { name: 'manager', sha256: sha256(MANAGER), scopes: ['manage'] },
  { name: 'sender', sha256: sha256('key-of-a-sender'), scopes: ['send'] },
];
const { stack, wechat, call, operator, logIn, allow, ended } = await startService({
  settings: { API_KEYS: JSON.stringify(keys) },
});

const list = async (query = '') => (await operator('GET', `/v1/audit?${query}`)).body;
const T = PRICE_DROP.templateId;
/** Its runs wait, so that they can be stopped. */
const CAMPAIGN = {
  name: 'Twelve twelve',
  ...PRICE_DROP,
  audience: { type: 'recipients', recipients: [{ openid: 'o-someone' }] },
  quietHours: quietNow(),
};

test('GET /v1/audit tells who changed what, newest first: campaigns, runs, templates, aliases', async () => {
  const made = await call('POST', '/v1/campaigns', { token: MANAGER, body: CAMPAIGN });
  const campaignId = made.body.id;
  const run = await operator('POST', `/v1/campaigns/${campaignId}/runs`, { dryRun: false });
  await operator('POST', `/v1/campaigns/${campaignId}/runs/${run.body.id}/stop`);
  await operator('PATCH', `/v1/campaigns/${campaignId}`, { status: 'paused', data: PRICE_DROP.data });
  await operator('POST', '/v1/templates/sync');
  await operator('PUT', `/v1/templates/${T}/alias`, { alias: 'cheaper' });
  await operator('DELETE', `/v1/campaigns/${campaignId}`);

  const { items } = await list();
  expect(items.map(({ operation }: { operation: string }) => operation).slice(0, 7)).toEqual([
    'deleteCampaign',
    'setAlias',
    'syncTemplates',
    'changeCampaign',
    'stopRun',
    'startRun',
    'createCampaign',
  ]);
  expect(items[1]).toMatchObject({ target: { templateId: T }, values: { alias: 'cheaper' } });
  expect(items[3]).toMatchObject({ fields: ['status', 'data'], values: { status: 'paused' } });
  expect(items[5]).toMatchObject({ target: { campaignId, runId: run.body.id }, values: { dryRun: false } });
  expect(items[6]).toMatchObject({
    id: made.headers.get('x-request-id'),
    operator: 'manager',
    target: { campaignId },
    values: { name: 'Twelve twelve', templateId: T },
  });
  expect(Date.parse(items[6].at)).toBeLessThanOrEqual(Date.parse(items[0].at));
});

test('GET /v1/audit tells of settled messages and erased users, and keeps no openid', async () => {
  const { openid } = await logIn();
  await allow(wechat, openid, T);
  wechat.addFault({ kind: 'drop-answer', call: 'send', times: 1 });
  const { body } = await operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
  expect(await ended(body.id)).toMatchObject({ status: 'unknown' });
  await operator('POST', `/v1/messages/${body.id}/settle`, { status: 'failed' });
  const { openid: gone } = await logIn();
  await operator('DELETE', `/v1/users/${gone}`);

  const { items } = await list(`openid=${openid}`);
  expect(items).toMatchObject([
    { operation: 'settleMessage', target: { openidSha256: sha256(openid) }, values: { status: 'failed' } },
  ]);
  expect((await list(`openid=${gone}`)).items).toMatchObject([
    { operation: 'eraseUser', operator: 'dev', target: { openidSha256: sha256(gone) } },
  ]);
  expect(items[0].target.messageId).toBe(body.id.split('_')[1]);
  expect((await list(`target=${body.id}`)).items).toEqual(items);
  const all = JSON.stringify(await list());
  expect([openid, gone].filter((user) => all.includes(user))).toEqual([]);
});

test('what was refused, what only read or sent, and what users do, is no change', async () => {
  const before = (await list('limit=200')).items.length;
  const { openid, session } = await logIn();
  await operator('POST', '/v1/campaigns', { name: '' });
  await operator('DELETE', '/v1/campaigns/none');
  await call('DELETE', `/v1/users/${openid}`, { token: 'key-of-a-sender' });
  await call('GET', '/v1/grants', { token: session });
  await operator('POST', `/v1/templates/${T}/check`, { data: PRICE_DROP.data });
  expect((await list('limit=200')).items).toHaveLength(before);
});

test('the list is paged and filtered by key, operation, target and time', async () => {
  const made = await call('POST', '/v1/campaigns', { token: MANAGER, body: CAMPAIGN });
  const changedAt = new Date().toISOString();
  await operator('PATCH', `/v1/campaigns/${made.body.id}`, { status: 'paused' });
  const of = async (query: string) =>
    (await list(query)).items.map((item: { operation: string }) => item.operation);
  expect(await of(`target=${made.body.id}`)).toEqual(['changeCampaign', 'createCampaign']);
  expect(await of(`target=${made.body.id}&operator=manager`)).toEqual(['createCampaign']);
  expect(await of(`target=${made.body.id}&operation=changeCampaign`)).toEqual(['changeCampaign']);
  expect(await of(`target=${made.body.id}&from=${changedAt}`)).toEqual(['changeCampaign']);
  expect(await of(`target=${made.body.id}&to=${changedAt}`)).toEqual(['createCampaign']);

  const all = (await list('limit=200')).items;
  const paged = [];
  let page = await list('limit=3');
  paged.push(...page.items);
  while (page.nextCursor) {
    page = await list(`limit=3&cursor=${page.nextCursor}`);
    paged.push(...page.items);
  }
  expect(paged).toEqual(all);
  expect(await call('GET', '/v1/audit?cursor=bm9uZQ', { token: 'dev-key' })).toMatchObject({ status: 422 });
  expect(await call('GET', '/v1/audit', { token: MANAGER })).toMatchObject({ status: 403 });
});

test('a record is kept for 400 days, under a key that begins with the appid', async () => {
  await operator('POST', '/v1/templates/sync');
  const table = localTable(stack.dynamodbEndpoint, stack.tableName, stack.env['WECHAT_APP_ID'] ?? '');
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: toAttributes({ ':pk': `${table.appId}#audit` }),
    }),
  );
  table.client.destroy();
  const record = fromAttributes(Items.at(-1) ?? {});
  const days = (Number(record['expiresAt']) - Number(record['atMs']) / 1000) / 86_400;
  expect(Math.round(days)).toBe(400);
});

test('GET /v1/messages?status= lists what did not arrive of all users, newest first, by template and time', async () => {
  const { openid } = await logIn();
  const startedAt = new Date().toISOString();
  await allow(wechat, openid, T);
  wechat.addFault({ kind: 'errcode', call: 'send', errcode: 47003, times: 1 });
  const failed = await operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
  await ended(failed.body.id);
  const of = async (query: string) => (await operator('GET', `/v1/messages?${query}`)).body.items;
  await expect
    .poll(async () => (await of('status=failed'))[0])
    .toMatchObject({ id: failed.body.id, status: 'failed', outcome: { errcode: 47003 } });
  expect(await of(`status=failed&templateId=${T}&from=${startedAt}`)).toHaveLength(1);
  expect(await of('status=failed&templateId=another')).toEqual([]);
  expect(JSON.stringify(await of(`status=failed&to=${startedAt}`))).not.toContain(failed.body.id);
  expect(await of('status=refused')).toEqual([]);
});

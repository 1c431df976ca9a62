import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, expect, test, vi } from 'vitest';
import { createTable, localTable, tableDefinition } from '../../local/stack/table.ts';
import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { PRICE_DROP, quietNow, startService } from '../contract/running-service.ts';
import { runCommand } from './run-command.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const OPENID = 'o-in-both';
const { stack, apps } = await startService({
  moreApps: [{ templates: SAMPLE_TEMPLATES }],
  dispatchEverySeconds: 0,
});
const copy = `${stack.tableName}-then`;

interface Pending {
  readonly messageId: string;
  readonly run: string;
}
const pending: Record<string, Pending> = {};

/** Books a message, and holds a run back that has a recipient to go. */
async function leavePending({ wechat, operator, logIn, allow }: (typeof apps)[number]): Promise<Pending> {
  await logIn(OPENID);
  await allow(wechat, OPENID, PRICE_DROP.templateId, 3);
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  const { body: message } = await operator('POST', '/v1/messages', { to: OPENID, ...PRICE_DROP, sendAt });
  const { body: campaign } = await operator('POST', '/v1/campaigns', {
    name: 'the same in both',
    ...PRICE_DROP,
    audience: { type: 'recipients', recipients: [{ openid: OPENID }] },
    quietHours: quietNow(),
  });
  const { body: run } = await operator('POST', `/v1/campaigns/${campaign.id}/runs`, {});
  return { messageId: message.id, run: `/v1/campaigns/${campaign.id}/runs/${run.id}` };
}

beforeAll(async () => {
  for (const app of apps) pending[app.appId] = await leavePending(app);
  await stack.idle();
  const { client } = localTable(stack.dynamodbEndpoint, stack.tableName, '');
  await createTable(client, copy, await tableDefinition());
  const { Items = [] } = await client.send(new ScanCommand({ TableName: stack.tableName }));
  for (const Item of Items) await client.send(new PutItemCommand({ TableName: copy, Item }));
  client.destroy();
  for (const { appId, operator } of apps) {
    expect((await operator('DELETE', `/v1/messages/${pending[appId]?.messageId}`)).status).toBe(200);
    await operator('POST', `${pending[appId]?.run}/stop`);
  }
});

test('a restore ends what is pending of every mini program of the table, and stops the runs of each', async () => {
  const env = { AWS_ENDPOINT_URL_DYNAMODB: stack.dynamodbEndpoint };
  const restore = (...args: string[]) =>
    runCommand('restore', ['--table', stack.tableName, '--from', copy, '--json', ...args], env);
  const shown = await restore();
  expect(JSON.parse(shown.stdout)).toMatchObject({ usersPending: 2, runsUnderWay: 2 });
  const { code, stdout, stderr } = await restore('--write');
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ usersPending: 2, runsUnderWay: 2, unknown: 4, problems: [] });
  await stack.idle();
  for (const { appId, wechat, operator } of apps) {
    const { messageId = '', run = '' } = pending[appId] ?? {};
    expect((await operator('GET', `/v1/messages/${messageId}`)).body).toMatchObject({
      status: 'unknown',
      outcome: { reason: 'table-restored' },
    });
    expect((await operator('GET', run)).body).toMatchObject({ status: 'stopped', counts: { unknown: 1 } });
    expect(wechat.received({ call: 'send' }).items).toEqual([]);
  }
  expect((await runCommand('audit', ['--table', stack.tableName], env)).code).toBe(0);
});

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { ledgerKey } from '../../lib/dynamodb/keys.ts';
import { toAttributes } from '../../lib/dynamodb/table.ts';
import { localTable } from '../../local/stack/table.ts';
import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { traceFolder } from '../../operate/logs/running-stack.ts';
import { PRICE_DROP, startService } from '../contract/running-service.ts';
import { useCloudFormation } from '../support/cloud-formation.ts';
import { useCloudWatchLogs } from '../support/cloud-watch-logs.ts';
import { runCommand } from './run-command.ts';

// Each test runs some commands, and each of them starts anew.
vi.setConfig({ testTimeout: 60_000 });

const OPENID = 'o-in-both';
const T = PRICE_DROP.templateId;
const { stack, apps } = await startService({
  moreApps: [{ templates: SAMPLE_TEMPLATES, name: 'Shop' }],
  followChanges: true,
});
const [first, second] = [apps[0]!, apps[1]!];
const sentIn: Record<string, string> = {};

beforeAll(async () => {
  for (const { appId, wechat, operator, logIn, allow, ended } of apps) {
    await logIn(OPENID);
    await allow(wechat, OPENID, T, 2);
    const { body } = await operator('POST', '/v1/messages', { to: OPENID, ...PRICE_DROP });
    await ended(body.id);
    sentIn[appId] = body.id;
  }
});

async function env(more: Record<string, string> = {}): Promise<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: stack.dynamodbEndpoint,
    AWS_ENDPOINT_URL_SSM: stack.env['AWS_ENDPOINT_URL_SSM'] ?? '',
    AWS_ENDPOINT_URL_CLOUDFORMATION: await useCloudFormation(
      { appId: first.appId, outputs: { TableName: stack.tableName } },
      'local',
    ),
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...more,
  };
}

test('npm run audit looks at every mini program of the table, and with --app at one', async () => {
  const table = localTable(stack.dynamodbEndpoint, stack.tableName, second.appId);
  await table.client.send(
    new UpdateItemCommand({
      TableName: table.name,
      Key: toAttributes(ledgerKey(table, OPENID)),
      UpdateExpression: 'SET templates.#t.available = templates.#t.available - :one',
      ExpressionAttributeNames: { '#t': T },
      ExpressionAttributeValues: toAttributes({ ':one': 1 }),
    }),
  );
  table.client.destroy();
  const audit = async (...args: string[]) => runCommand('audit', args, await env());
  for (const place of [
    ['--stage', 'local'],
    ['--table', stack.tableName],
  ]) {
    const all = await audit(...place);
    expect([all.code, all.stdout]).toEqual([
      1,
      expect.stringContaining(`drift lost-grants ${second.appId} ${OPENID} ${T}`),
    ]);
    expect(all.stdout).toContain('2 users');
    expect(all.stdout).not.toContain(first.appId);
    expect(await audit(...place, '--app', first.appId)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 users'),
    });
    expect((await audit(...place, '--app', second.appId)).code).toBe(1);
  }
});

test('npm run logs finds a message of any mini program of the stage, and says of which it is', async () => {
  const line = {
    level: 'INFO',
    timestamp: new Date().toISOString(),
    message: 'message sent',
    messageId: sentIn[second.appId],
    appid: second.appId,
  };
  const logs = { '/aws/lambda/qingniao-local-send-messages': [line] };
  const at = await env({ AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: await useCloudWatchLogs(logs) });
  const tell = (appId: string, ...args: string[]) =>
    runCommand('logs', [sentIn[appId] ?? '', '--stage', 'local', ...args], at);
  const found = await tell(second.appId);
  expect([found.code, found.stderr]).toEqual([0, '']);
  for (const text of ['WeChat accepted', `mini program ${second.appId}`, `appid=${second.appId}`])
    expect(found.stdout).toContain(text);
  expect((await tell(first.appId)).stdout).not.toContain('of the mini program');
  expect((await tell(second.appId, '--app', first.appId)).code).toBe(1);
  const json = await tell(second.appId, '--app', second.appId, '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ appid: second.appId, status: 'sent' });
});

test('npm run logs says so where it may not read which mini programs there are', async () => {
  const at = await env({
    AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:1',
    AWS_MAX_ATTEMPTS: '1',
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: await useCloudWatchLogs({}),
  });
  const { code, stderr } = await runCommand('logs', [sentIn[second.appId] ?? '', '--stage', 'local'], at);
  expect([code, stderr]).toEqual([1, expect.stringContaining('ssm:GetParameters')]);
});

test('npm run logs --local looks into every mini program of npm run dev', async () => {
  const port = '59998';
  const folder = traceFolder(port);
  await mkdir(folder, { recursive: true });
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { dynamodbEndpoint, tableName, env: variables } = stack;
  const running = {
    pid: process.pid,
    dynamodbEndpoint,
    tableName,
    appId: first.appId,
    apps: { path: variables['APPS_PATH'], ssmEndpoint: variables['AWS_ENDPOINT_URL_SSM'] },
    logFile: join(folder, 'log.jsonl'),
  };
  await writeFile(join(folder, 'stack.json'), JSON.stringify(running));
  const { code, stdout } = await runCommand('logs', [sentIn[second.appId] ?? '', '--local'], { PORT: port });
  expect([code, stdout]).toEqual([0, expect.stringContaining(second.appId)]);
});

test('npm run cost reckons what one mini program did lately', async () => {
  const { operator, allow } = second;
  await allow(second.wechat, OPENID, T);
  const audience = { type: 'recipients', recipients: [{ openid: OPENID }] };
  const { body: campaign } = await operator('POST', '/v1/campaigns', {
    name: 'one',
    ...PRICE_DROP,
    audience,
  });
  await operator('POST', `/v1/campaigns/${campaign.id}/runs`, {});
  await stack.idle();
  const cost = (...args: string[]) =>
    runCommand('cost', ['--api', stack.apiUrl, '--key', 'dev-key', '--offline', ...args]);
  await vi.waitFor(
    async () => {
      const { stdout, stderr } = await cost('--app', second.appId, '--json');
      expect(stderr).toBe('');
      expect(JSON.parse(stdout).counts).toMatchObject({ messages: 1, campaign: 1, grants: 3 });
    },
    { timeout: 20_000 },
  );
  const { code, stdout } = await cost('--app', first.appId, '--days', '1');
  expect([code, stdout]).toEqual([0, expect.stringContaining('1 days: 1 messages, 0 recipients')]);
  expect(await cost('--messages', '1')).toMatchObject({ code: 2 });
  expect(await cost('--days', '93')).toMatchObject({ code: 2, stderr: expect.stringContaining('92') });
});

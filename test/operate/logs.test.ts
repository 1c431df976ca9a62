import { beforeAll, describe, expect, test } from 'vitest';
import { PRICE_DROP, startService } from '../contract/running-service.ts';
import { useCloudFormation } from '../support/cloud-formation.ts';
import { useCloudWatchLogs } from '../support/cloud-watch-logs.ts';
import { runCommand } from './run-command.ts';

const { stack, wechat, operator, logIn, allow, ended } = await startService();
const T = PRICE_DROP.templateId;
const appId = stack.env['WECHAT_APP_ID'] ?? '';

let sent: { id: string; to: string };
let refused: { id: string };

beforeAll(async () => {
  const { openid } = await logIn();
  await allow(wechat, openid, T, 2);
  const order = (more: object = {}) =>
    operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP, ...more });
  const sendAt = new Date(Date.now() + 1_000).toISOString();
  sent = (await order({ sendAt })).body;
  await ended(sent.id);
  wechat.addFault({ call: 'send', kind: 'errcode', errcode: 43101, openid });
  refused = (await order()).body;
  await ended(refused.id);
});

const logs = (args: string[], env: Record<string, string> = {}) =>
  runCommand('logs', args, { AWS_ENDPOINT_URL_DYNAMODB: stack.dynamodbEndpoint, ...env });
const ofTable = ['--table', stack.tableName, '--app-id', appId];

describe('npm run logs', () => {
  test('tells what the table knows of a message, in order, and where it stands', async () => {
    const { code, stdout, stderr } = await logs([sent.id, ...ofTable]);
    expect([code, stderr]).toEqual([0, '']);
    const lines = [
      'accepted, with a grant set aside',
      'its time',
      'sent after 1 request(s)',
      'sent: WeChat accepted',
    ];
    const places = lines.map((line) => stdout.indexOf(line));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(stdout).toContain('微信已接受');
  });

  test('says what to do about a refusal, in both languages', async () => {
    const { stdout } = await logs([refused.id, ...ofTable]);
    for (const words of ['errcode 43101', 'wx.requestSubscribeMessage', '用户没有可用的订阅'])
      expect(stdout).toContain(words);
  });

  test('puts the lines of all functions of a stage in between', async () => {
    const line = (message: string, afterMs: number, facts: object) => ({
      level: 'WARN',
      timestamp: new Date(Date.now() + afterMs).toISOString(),
      message,
      ...facts,
    });
    const groups = {
      '/aws/lambda/qingniao-test-send-messages': [
        line('message not sent', 0, { messageId: refused.id, attempts: 1, requestId: 'r-1' }),
        line('of another message', 0, { messageId: 'msg_other' }),
      ],
      '/aws/lambda/qingniao-test-dispatch-due': [line('handed over', -600_000, { messageId: refused.id })],
      '/aws/lambda/qingniao-other-send-messages': [line('of another stage', 0, { messageId: refused.id })],
    };
    const outputs = {
      TableName: stack.tableName,
      SendQueueUrl: 'https://queue',
      SendDeadLetterQueueUrl: 'https://dead',
    };
    const { code, stdout } = await logs([refused.id, '--stage', 'test'], {
      AWS_ENDPOINT_URL_CLOUDFORMATION: await useCloudFormation({ appId, outputs }),
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: await useCloudWatchLogs(groups),
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/send-messages +message not sent +attempts=1 +requestId=r-1/);
    expect(stdout.indexOf('handed over')).toBeLessThan(stdout.indexOf('accepted'));
    expect(stdout).not.toContain('of another');
  });

  test('as JSON for programs', async () => {
    const { stdout } = await logs([sent.id, ...ofTable, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ messageId: sent.id, status: 'sent' });
  });

  test('without logs that can be read still tells what the table knows', async () => {
    const outputs = {
      TableName: stack.tableName,
      SendQueueUrl: 'https://queue',
      SendDeadLetterQueueUrl: 'https://dead',
    };
    const { code, stdout, stderr } = await logs([sent.id, '--stage', 'test'], {
      AWS_ENDPOINT_URL_CLOUDFORMATION: await useCloudFormation({ appId, outputs }),
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_MAX_ATTEMPTS: '1',
    });
    expect(code).toBe(0);
    expect(stderr).toContain('无法读取日志');
    expect(stdout).toContain('WeChat accepted');
  });

  test.each([
    ['no id', [], 'Give the id of one message'],
    ['what is no id', ['order-7', ...ofTable], '请给出一条消息的编号'],
    ['an id that nobody has', [`msg_${'0'.repeat(32)}_nobody`, ...ofTable], 'knows no message'],
    ['neither stage nor table', [`msg_${'0'.repeat(32)}_nobody`], 'Give either --stage'],
    ['an unknown option', ['--nope'], '--help'],
  ])('refuses %s and says what to give', async (_, args, words) => {
    const { code, stderr } = await logs(args);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });
});

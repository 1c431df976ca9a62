import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { traceFolder } from '../../operate/logs/running-stack.ts';
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
  const sendAt = new Date(Date.now() + 4_000).toISOString();
  sent = (await order({ sendAt })).body;
  await ended(sent.id);
  wechat.addFault({ call: 'send', kind: 'errcode', errcode: 43101, openid });
  refused = (await order()).body;
  await ended(refused.id);
});

const logs = (args: string[], env: Record<string, string> = {}) =>
  runCommand('logs', args, { AWS_ENDPOINT_URL_DYNAMODB: stack.dynamodbEndpoint, ...env });
const NO_RUN = `run_${'0'.repeat(32)}`;
const ofTable = ['--table', stack.tableName, '--app', appId];

const stage = async () => ({
  AWS_ENDPOINT_URL_CLOUDFORMATION: await useCloudFormation({
    appId,
    outputs: {
      TableName: stack.tableName,
      SendQueueUrl: 'https://queue',
      SendDeadLetterQueueUrl: 'https://dead',
    },
  }),
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
});

/** Tells of this test's stack as `npm run dev` tells of its own. */
async function useTracedStack(port: string): Promise<string> {
  const folder = traceFolder(port);
  await mkdir(folder, { recursive: true });
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { dynamodbEndpoint, tableName } = stack;
  const logFile = join(folder, 'log.jsonl');
  const running = { pid: process.pid, dynamodbEndpoint, tableName, appId, logFile };
  await writeFile(join(folder, 'stack.json'), JSON.stringify(running));
  return folder;
}

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
  });

  test('says what to do about a refusal, in one language, and when it was, in the zone that is asked for', async () => {
    const [en, zh] = await Promise.all([
      logs([refused.id, ...ofTable, '--zone', 'Asia/Shanghai']),
      logs([refused.id, ...ofTable, '--lang', 'zh', '--zone', 'UTC']),
    ]);
    for (const words of ['errcode 43101', 'wx.requestSubscribeMessage']) expect(en.stdout).toContain(words);
    expect(en.stdout).not.toMatch(/[\u4e00-\u9fff]/);
    expect(en.stdout).toMatch(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d \+08:00 {2}table/m);
    expect(zh.stdout).toContain('用户没有可用的订阅');
    expect(zh.stdout).not.toContain('accepted, with');
    expect(zh.stdout).toMatch(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d \+00:00 {2}table/m);
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
    const { code, stdout } = await logs([refused.id, '--stage', 'test'], {
      ...(await stage()),
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: await useCloudWatchLogs(groups),
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/send-messages +message not sent +attempts=1 +requestId=r-1/);
    expect(stdout.indexOf('handed over')).toBeLessThan(stdout.indexOf('accepted'));
    expect(stdout).not.toContain('of another');
  });

  test('tells of a message that a newer one took the place of, and of the newer one', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, T);
    const [sendAt, expiresAt] = [3_600_000, 7_200_000].map((ms) => new Date(Date.now() + ms).toISOString());
    const event = { to: openid, ...PRICE_DROP, collapseKey: 'digest', sendAt, expiresAt };
    const earlier = (await operator('POST', '/v1/messages', event)).body;
    const newer = (await operator('POST', '/v1/messages', event)).body;
    const first = await logs([earlier.id, ...ofTable]);
    for (const words of [
      `a newer message took its place: ${newer.id}`,
      'canceled: ',
      'Nothing is to be done',
    ])
      expect(first.stdout).toContain(words);
    const second = await logs([newer.id, ...ofTable]);
    for (const words of [`took the place of ${earlier.id}`, 'nothing is sent from then on', 'scheduled: '])
      expect(second.stdout).toContain(words);
  });

  test('as JSON for programs', async () => {
    const { stdout } = await logs([sent.id, ...ofTable, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ id: sent.id, status: 'sent' });
  });

  test('without logs that can be read still tells what the table knows', async () => {
    const { code, stdout, stderr } = await logs([sent.id, '--stage', 'test'], {
      ...(await stage()),
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'http://127.0.0.1:1',
      AWS_MAX_ATTEMPTS: '1',
    });
    expect(code).toBe(0);
    expect(stderr).toContain('The logs cannot be read');
    expect(stdout).toContain('WeChat accepted');
  });

  test('says which permissions are missing, and still what the table knows', async () => {
    const { code, stdout, stderr } = await logs([sent.id, '--stage', 'test'], {
      ...(await stage()),
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: await useCloudWatchLogs('refused'),
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /AccessDeniedException.*Have logs:DescribeLogGroups, logs:FilterLogEvents allowed/,
    );
    expect(stdout).toContain('WeChat accepted');
  });

  test('tells of a recipient of a campaign', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, T);
    wechat.addFault({ call: 'send', kind: 'errcode', errcode: 47003, openid });
    const audience = { type: 'recipients', recipients: [{ openid }] };
    const campaign = (await operator('POST', '/v1/campaigns', { name: 'logs', ...PRICE_DROP, audience }))
      .body;
    const run = (await operator('POST', `/v1/campaigns/${campaign.id}/runs`, {})).body;
    await stack.idle();
    const { stdout } = await logs([run.id, '--openid', openid, ...ofTable]);
    expect(stdout).toMatch(/the run began.*\n.*failed after 1 request\(s\): .*errcode 47003/);
    expect(stdout).toContain('resend-failed');
  });

  test('reads the table and the log of npm run dev', async () => {
    const port = '59999';
    const logFile = join(await useTracedStack(port), 'log.jsonl');
    const line = { level: 'INFO', timestamp: new Date().toISOString(), message: 'message sent' };
    const about = (messageId: string) => `${JSON.stringify({ ...line, messageId, lateMs: 7 })}\n`;
    await writeFile(logFile, `${about(sent.id)}${about('msg_other')}no JSON ${sent.id}\n`);
    const { stdout, stderr } = await logs([sent.id, '--local'], { PORT: port });
    expect(stderr).toBe('');
    expect(stdout.match(/npm run dev +message sent {2}lateMs=7$/gm)).toHaveLength(1);
    expect(stdout).toContain('WeChat accepted');
  });

  test.each([
    ['an id that nobody has', `msg_${'0'.repeat(32)}_nobody`, [], 'knows no message'],
    ['a recipient whom the run does not have', NO_RUN, ['--openid', 'o1'], 'no recipient o1'],
  ])('says so of %s', async (_, id, more, words) => {
    const { code, stderr } = await logs([id, ...more, ...ofTable]);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });
});

import { readFileSync } from 'node:fs';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { type Message, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { buildServices, createHandler } from '../../handlers/start-campaign-run.ts';
import type { Attributes } from '../../lib/dynamodb/table.ts';
import { openQueue } from '../../lib/runtime/aws.ts';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { LOCAL_AWS, localDynamoDbClient } from '../../local/stack/table.ts';
import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { PRICE_DROP, QUIET, startService } from './running-service.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

/**
 * What the last version that knew one mini program left behind: the items of its table as DynamoDB has them,
 * the bodies of its queue records, which had no attributes, and a schedule as EventBridge Scheduler had it.
 */
const LEFT: {
  recordedAtMs: number;
  appId: string;
  openids: [string, string, string];
  messages: Record<'sent' | 'later' | 'queued', string>;
  run: string;
  scheduled: { campaignId: string; at: string };
  schedules: [{ name: string; input: string }];
  queues: Record<'SendQueue' | 'CampaignQueue' | 'EventQueue', string[]>;
  items: Attributes[];
} = JSON.parse(readFileSync(new URL('last-version.json', import.meta.url), 'utf8'));
const [one, two, three] = LEFT.openids;
const T = PRICE_DROP.templateId;

let aheadMs = LEFT.recordedAtMs - Date.now();
const { stack, apps } = await startService({
  appId: LEFT.appId,
  templates: SAMPLE_TEMPLATES,
  // The same users and templates in another mini program, to see that nothing of it is touched.
  moreApps: [{ templates: SAMPLE_TEMPLATES }],
  clock: () => Date.now() + aheadMs,
  dispatchEverySeconds: 0,
  followChanges: true,
});
const [first, second] = [apps[0]!, apps[1]!];
const sentTo = ({ wechat }: (typeof apps)[number], openid: string) =>
  wechat.received({ call: 'send', openid }).items.length;

beforeAll(async () => {
  for (const { wechat } of apps)
    for (const openid of LEFT.openids) {
      wechat.createUser({ openid });
      for (let tap = 0; tap < 5; tap++) wechat.subscribe({ openid, results: { [T]: 'accept' } });
    }
  const client = localDynamoDbClient(stack.dynamodbEndpoint);
  for (const Item of LEFT.items) await client.send(new PutItemCommand({ TableName: stack.tableName, Item }));
  client.destroy();
  const sqs = openQueue(stack.env);
  for (const [name, bodies] of Object.entries(LEFT.queues))
    for (const MessageBody of bodies)
      await sqs.send(new SendMessageCommand({ QueueUrl: stack.queueUrls[name] ?? '', MessageBody }));
  sqs.destroy();
  await stack.idle();
});

test('what the last version stored is read as the first mini program’s, and is nobody else’s', async () => {
  const { body } = await first.operator('GET', `/v1/messages?openid=${one}`);
  expect(body.items.map(({ id }: { id: string }) => id)).toEqual(
    expect.arrayContaining(Object.values(LEFT.messages)),
  );
  expect((await first.operator('GET', '/v1/campaigns')).body.items).toHaveLength(2);
  expect((await second.operator('GET', '/v1/campaigns')).body.items).toEqual([]);
  expect((await second.operator('GET', `/v1/messages/${LEFT.messages.sent}`)).status).toBe(404);
});

test('its queue records, which name no mini program, are taken as the first’s', async () => {
  expect(await first.ended(LEFT.messages.queued)).toMatchObject({ status: 'sent' });
  await vi.waitFor(
    async () => {
      const run = (await first.operator('GET', LEFT.run)).body;
      expect(run).toMatchObject({ status: 'finished', counts: { sent: 1 } });
    },
    { timeout: 10_000 },
  );
  // A tap that no phone reported: only WeChat's event tells of it.
  expect(await first.grantOf(three, T)).toMatchObject({ available: 1 });
  expect([sentTo(first, one), sentTo(first, two)]).toEqual([1, 1]);
});

test('its due entries and schedules are the first’s, and keep their names', async () => {
  const [{ name, input }] = LEFT.schedules;
  expect(name).toBe(LEFT.scheduled.campaignId);
  await stack.fire('reconcile-schedules');
  expect(await scheduleNames(stack)).toEqual([name]);

  aheadMs = Date.parse(LEFT.scheduled.at) - Date.now() - 23 * 3_600_000;
  await stack.dispatchNow();
  expect(await first.ended(LEFT.messages.later)).toMatchObject({ status: 'sent' });

  aheadMs = Date.parse(LEFT.scheduled.at) - Date.now() + 1_000;
  const services = await buildServices(stack.env, { logger: QUIET, clock: () => Date.now() + aheadMs });
  await createHandler(services)(
    JSON.parse(input.replace('<aws.scheduler.scheduled-time>', LEFT.scheduled.at)),
  );
  await services.close();
  await vi.waitFor(
    async () => {
      const path = `/v1/campaigns/${LEFT.scheduled.campaignId}/runs`;
      expect((await first.operator('GET', path)).body.items).toMatchObject([
        { trigger: 'schedule', status: 'finished' },
      ]);
    },
    { timeout: 10_000 },
  );
  expect(LEFT.openids.map((openid) => sentTo(second, openid))).toEqual([0, 0, 0]);
});

test('what this version puts onto queues for the first mini program, the last one reads: attributes stand beside the same bodies', async () => {
  const idle = await startStack({ logger: QUIET, pollers: 0, dispatchEverySeconds: 0, moreApps: [] });
  onTestFinished(() => idle.close());
  const call = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${DEV_API_KEY}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await fetch(idle.apiUrl + path, init)).json() as Promise<{ id: string }>;
  };
  const openid = idle.wechat?.createUser() ?? '';
  await call('/v1/grants', { openid, requestId: 'tap', results: { [T]: 'accept' } });
  await call('/v1/messages', { to: openid, ...PRICE_DROP });
  const audience = { type: 'recipients', recipients: [{ openid }] };
  const { id } = await call('/v1/campaigns', { name: 'now', ...PRICE_DROP, audience });
  await call(`/v1/campaigns/${id}/runs`, {});
  const forms = (bodies: readonly string[]) =>
    new Set(bodies.map((body) => Object.keys(JSON.parse(body)).toSorted().join()));
  for (const name of ['SendQueue', 'CampaignQueue'] as const) {
    const written = await recordsIn(idle, name);
    expect(forms(written.map(({ Body = '' }) => Body)), name).toEqual(forms(LEFT.queues[name]));
    for (const { MessageAttributes } of written)
      expect(MessageAttributes?.['appid']?.StringValue).toBe(idle.env['WECHAT_APP_ID']);
  }
});

async function recordsIn(idle: Stack, queue: string): Promise<readonly Message[]> {
  const sqs = openQueue(idle.env);
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: idle.queueUrls[queue] ?? '',
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    }),
  );
  sqs.destroy();
  return Messages;
}

async function scheduleNames({ scheduler }: Stack): Promise<readonly (string | undefined)[]> {
  const client = new SchedulerClient({ ...LOCAL_AWS, endpoint: scheduler.endpoint });
  const { Schedules = [] } = await client.send(new ListSchedulesCommand({}));
  client.destroy();
  return Schedules.map(({ Name }) => Name);
}

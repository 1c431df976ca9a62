import { randomUUID } from 'node:crypto';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { messageKey } from '../../lib/dynamodb/keys.ts';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import type { Stack } from '../../local/stack/stack.ts';
import { LOCAL_AWS, localTable } from '../../local/stack/table.ts';
import { buildDelivery } from '../../local/wechat-simulator/events/build-delivery.ts';
import { changeMessage } from '../../local/wechat-simulator/events/push-message.ts';
import { DATA, TEMPLATE_ID } from '../senders/message.ts';
import { stackClient } from '../stack-client.ts';

const PATIENCE_SECONDS = 5;

/** Makes the event of a function's first invocation, and all that has to be there for it to do its work. */
export type MakeEvent = () => Promise<unknown>;

/** Takes the latest record of a queue by its name, as Lambda hands it over, and waits for one. */
export function queueReader(stack: Stack): (name: string) => Promise<unknown> {
  const sqs = new SQSClient({ ...LOCAL_AWS, endpoint: stack.sqsEndpoint });
  return async (name) => {
    const QueueUrl = stack.queueUrls[name] ?? '';
    let record: unknown;
    for (let seconds = PATIENCE_SECONDS; ; seconds = 0) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: seconds }),
      );
      const [message] = Messages;
      if (!message) break;
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
      record = {
        messageId: message.MessageId,
        receiptHandle: '',
        body: message.Body,
        attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
        messageAttributes: {},
        eventSource: 'aws:sqs',
      };
    }
    if (!record) throw new Error(`There is nothing on ${name}.`);
    return { Records: [record] };
  };
}

/** By function, its usual work. */
export function firstEvents(stack: Stack): Readonly<Record<string, MakeEvent>> {
  const service = stackClient(stack);
  const { wechat } = service;
  const fromQueue = queueReader(stack);
  const operator = { authorization: `Bearer ${DEV_API_KEY}` };

  const messageTo = (to: string) => ({ to, templateId: TEMPLATE_ID, data: DATA, page: 'pages/item?id=1' });

  async function newMessage(): Promise<{ id: string; openid: string }> {
    const openid = await service.grantee();
    return { id: await service.send(openid), openid };
  }

  async function newRun(): Promise<void> {
    await service.grantee();
    await service.startRun();
  }

  /** A change of the table, as its stream tells of it. */
  async function newChange() {
    const { id, openid } = await newMessage();
    const appId = stack.env['WECHAT_APP_ID'] ?? '';
    const table = localTable(stack.dynamodbEndpoint, stack.tableName, appId);
    const Keys = marshall(messageKey(table, openid, id));
    const { Item } = await table.client.send(new GetItemCommand({ TableName: table.name, Key: Keys }));
    table.client.destroy();
    const ApproximateCreationDateTime = Math.floor(Date.now() / 1000);
    const dynamodb = { ApproximateCreationDateTime, Keys, NewImage: Item, SequenceNumber: '1' };
    return { eventName: 'INSERT', dynamodb };
  }

  function push() {
    const { WECHAT_PUSH_TOKEN: token = '', WECHAT_PUSH_AES_KEY: aesKey = '' } = stack.env;
    const { url, body, contentType } = buildDelivery(
      { openid: randomUUID(), createTime: Math.floor(Date.now() / 1000), ...changeMessage([TEMPLATE_ID]) },
      {
        callback: { url: `${stack.apiUrl}/v1/wechat/events`, token, aesKey, mode: 'safe', format: 'json' },
        appId: stack.env['WECHAT_APP_ID'] ?? '',
        toUserName: 'gh_1',
        nowMs: Date.now(),
        habits: { jsonScalars: 'mixed', jsonListOfOne: 'object' },
      },
    );
    return { url: new URL(url), body, contentType };
  }

  return {
    sessions: async () =>
      httpEvent('POST', '/v1/sessions', { json: { code: wechat.login(wechat.createUser()) } }),
    grants: async () =>
      httpEvent('POST', '/v1/grants', {
        headers: operator,
        json: { openid: wechat.createUser(), requestId: randomUUID(), results: { [TEMPLATE_ID]: 'accept' } },
      }),
    messages: async () =>
      httpEvent('POST', '/v1/messages', { headers: operator, json: messageTo(await service.grantee()) }),
    'send-messages': async () => {
      await newMessage();
      return fromQueue('SendQueue');
    },
    'send-campaign': async () => {
      await newRun();
      return fromQueue('CampaignQueue');
    },
    'start-campaign-run': async () => ({
      campaignId: 'cmp_00000000000070008000000000000000',
      scheduledTime: new Date().toISOString(),
    }),
    'dispatch-due': async () => ({}),
    'wechat-events': async () => {
      const { url, body = '', contentType = '' } = push();
      const headers = { 'content-type': contentType };
      return httpEvent('POST', url.pathname, { query: url.search.slice(1), headers, text: body });
    },
    'process-events': async () => {
      const { url, body = '', contentType = '' } = push();
      await fetch(url, { method: 'POST', body, headers: { 'content-type': contentType } });
      return fromQueue('EventQueue');
    },
    'publish-changes': async () => ({ Records: [await newChange()] }),
    'count-statistics': async () => ({
      eventSourceARN: `arn:aws:dynamodb:us-east-1:000000000000:table/${stack.tableName}/stream/1`,
      shardId: 'shardId-1',
      Records: [await newChange()],
    }),
    cards: async () => httpEvent('GET', `/v1/cards?openid=${wechat.createUser()}`, { headers: operator }),
    users: async () => httpEvent('DELETE', `/v1/users/${wechat.createUser()}`, { headers: operator }),
    templates: async () => httpEvent('GET', '/v1/templates', { headers: operator }),
    'template-library': async () =>
      httpEvent('GET', '/v1/template-library/categories', { headers: operator }),
    apps: async () => httpEvent('GET', '/v1/apps', { headers: operator }),
    audit: async () => httpEvent('GET', '/v1/audit', { headers: operator }),
    console: async () => httpEvent('GET', '/console/', {}),
    campaigns: async () => httpEvent('GET', '/v1/campaigns', { headers: operator }),
    stats: async () => httpEvent('GET', '/v1/stats', { headers: operator }),
    health: async () => httpEvent('GET', '/v1/health', {}),
    'sync-templates': async () => ({}),
    'reconcile-schedules': async () => ({}),
  };
}

/** An event of an HTTP API, payload format 2.0. */
function httpEvent(
  method: string,
  path: string,
  {
    json,
    text = json === undefined ? undefined : JSON.stringify(json),
    headers = {},
    query = '',
  }: {
    json?: unknown;
    text?: string | undefined;
    headers?: Readonly<Record<string, string>>;
    query?: string;
  },
): unknown {
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: query,
    headers: { accept: '*/*', ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
    requestContext: {
      accountId: '000000000000',
      apiId: 'bench',
      domainName: 'bench.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'bench',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'bench' },
      requestId: randomUUID(),
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '23/Nov/2026:00:00:00 +0000',
      timeEpoch: Date.now(),
    },
    ...(text !== undefined && { body: text }),
    isBase64Encoded: false,
  };
}

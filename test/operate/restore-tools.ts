import { randomUUID } from 'node:crypto';
import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { createStatisticsReader } from '../../lib/dynamodb/dynamodb-statistics.ts';
import { readItem } from '../../lib/dynamodb/items.ts';
import { openClaim } from '../../lib/grants/claims.ts';
import { updated } from '../../lib/versioned.ts';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { createTable, localDynamoDbClient, tableDefinition } from '../../local/stack/table.ts';
import { type openCampaigns, TEMPLATE } from '../connected/campaigns/campaign-world.ts';

const { templateId } = TEMPLATE;
const HOUR_MS = 3_600_000;
/** How long before its moment a message is booked here. */
export const BOOKED_MS = 8_000;

export type World = Awaited<ReturnType<typeof openCampaigns>>;

/** What tests of a restore do with a stack and look at in it. */
export function restoreTools(world: World) {
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever members it expects.
  async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
    const response = await fetch(world.stack.apiUrl + path, {
      method,
      headers: { authorization: `Bearer ${DEV_API_KEY}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  async function book(to: string, more: object = {}): Promise<string> {
    const { status, body } = await call('POST', '/v1/messages', {
      to,
      templateId,
      data: { thing1: '新茶到店' },
      ...more,
    });
    expect(status, JSON.stringify(body)).toBe(202);
    return body.id;
  }

  const received = () => world.wechat.received({ call: 'send', limit: 500 }).items.length;
  const dueSoon = () => ({ sendAt: new Date(Date.now() + BOOKED_MS).toISOString() });
  const env = () => ({
    AWS_ENDPOINT_URL_DYNAMODB: world.stack.dynamodbEndpoint,
    AWS_ENDPOINT_URL_SQS: world.stack.sqsEndpoint,
  });
  const QUEUES = ['SendQueue', 'SendDeadLetterQueue', 'CampaignQueue', 'CampaignDeadLetterQueue'];
  const queueUrls = () => QUEUES.map((name) => world.stack.queueUrls[name] ?? '');
  async function itemsOf(name: string): Promise<Record<string, unknown>[]> {
    const { Items = [] } = await world.table.client.send(
      new ScanCommand({ TableName: name, ConsistentRead: true }),
    );
    return Items.map((item) => ({ ...readItem(item) }));
  }

  /** What the statistics say, and what the stock is by the ledgers themselves. */
  async function statistics() {
    const reader = createStatisticsReader(world.table);
    const counts: Record<string, number> = {};
    for (const bucket of await reader.buckets(templateId, Date.now() - HOUR_MS)) {
      for (const [name, count] of Object.entries(bucket.counts)) counts[name] = (counts[name] ?? 0) + count;
    }
    const gauge = (await reader.gauges()).find((each) => each.templateId === templateId)?.available;
    const ledgers = (await itemsOf(world.table.name)).filter(({ sk }) => sk === 'ledger');
    const stock = ledgers.reduce(
      (sum, { templates }) =>
        sum + ((templates as Record<string, { available: number }>)[templateId]?.available ?? 0),
      0,
    );
    return { counts, gauge, stock };
  }

  /** What an older state would only do harm with. */
  async function ofTheMoment() {
    const items = await itemsOf(world.table.name);
    return items.filter(
      ({ pk, sk }) => /#(token|rate-limit|due#\d)$/.test(String(pk)) || sk === 'rate-limit',
    );
  }

  /** As point-in-time recovery makes it: all items in a table of another name. */
  async function copyTable(): Promise<string> {
    const name = `${world.table.name}-then`;
    const client = localDynamoDbClient(world.stack.dynamodbEndpoint);
    await createTable(client, name, await tableDefinition());
    const { Items = [] } = await client.send(
      new ScanCommand({ TableName: world.table.name, ConsistentRead: true }),
    );
    for (const Item of Items) await client.send(new PutItemCommand({ TableName: name, Item }));
    client.destroy();
    return name;
  }

  /** Opens a claim, as a sender that is at it. Answers how to take it back. */
  async function claimNow(openid: string, messageId: string): Promise<() => Promise<void>> {
    const ledger = await world.messages.loadLedger(openid);
    const { record } = await world.messages.findSend(messageId, ledger.value);
    const hold = record && 'hold' in record ? (record.hold as { epoch: number }) : undefined;
    const opened = openClaim(ledger.value, {
      claimId: randomUUID(),
      sendId: messageId,
      grantKey: templateId,
      ...(hold && { hold }),
      nowMs: Date.now(),
      leaseMs: 45_000,
    });
    if (opened.type !== 'claimed') throw new Error(`No claim can be opened: ${opened.type}.`);
    expect(await world.messages.commit({ ledger: updated(ledger, opened.ledger) })).toBe('committed');
    return async () => {
      const { version } = await world.messages.loadLedger(openid);
      expect(await world.messages.commit({ ledger: { value: ledger.value, version } })).toBe('committed');
    };
  }

  return {
    call,
    book,
    received,
    dueSoon,
    env,
    queueUrls,
    itemsOf,
    statistics,
    ofTheMoment,
    copyTable,
    claimNow,
    async availableOf(openid: string): Promise<number> {
      const { value } = await world.messages.loadLedger(openid);
      return value.templates[templateId]?.available ?? 0;
    },
  };
}

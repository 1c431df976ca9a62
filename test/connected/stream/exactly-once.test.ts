import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { PRICE_DROP, SHIPPED, startService } from '../../contract/running-service.ts';

/*
 * A random day of grants, sends, refusals, failures and erasures, while the event bus fails and throttles. What is counted is held
 * against what users and messages say of themselves, before and after every change has been handed over again in other batches.
 */
const { stack, wechat, operator, allow } = await startService({
  followChanges: true,
  dispatchEverySeconds: 0,
  settings: { PUBLISHED_EVENTS: '*' },
});
const TEMPLATES = [PRICE_DROP, SHIPPED];
const STATES = ['sent', 'refused', 'failed'] as const;

const chance = (probability: number) => Math.random() < probability;

interface Life {
  readonly openid: string;
  readonly messages: readonly { readonly id: string; readonly templateId: string }[];
  readonly granted: Readonly<Record<string, number>>;
}

async function live(): Promise<Life> {
  const openid = wechat.createUser();
  const messages: { id: string; templateId: string }[] = [];
  const granted: Record<string, number> = {};
  for (let step = 0; step < 5; step++) {
    const template = TEMPLATES[step % TEMPLATES.length] ?? PRICE_DROP;
    const { templateId } = template;
    if (chance(0.6)) {
      await allow(wechat, openid, templateId, 1);
      granted[templateId] = (granted[templateId] ?? 0) + 1;
    }
    const errcode = chance(0.5) ? 43101 : 47003;
    if (chance(0.25)) wechat.addFault({ call: 'send', kind: 'errcode', errcode, openid });
    const { status, body } = await operator('POST', '/v1/messages', { to: openid, ...template });
    if (status === 202) messages.push({ id: body.id, templateId });
    if (status === 202 && chance(0.2)) await operator('DELETE', `/v1/messages/${body.id}`);
  }
  return { openid, messages, granted };
}

/** How much of it a life came to by template, going by what its messages and grants say. */
async function lookBack({ openid, messages, granted }: Life): Promise<Map<string, Record<string, number>>> {
  const lived = new Map(
    TEMPLATES.map(({ templateId }): [string, Record<string, number>] => [
      templateId,
      { granted: granted[templateId] ?? 0 },
    ]),
  );
  for (const { id, templateId } of messages) {
    const { body } = await operator('GET', `/v1/messages/${id}`);
    const counts = lived.get(templateId) ?? {};
    counts[body.status] = (counts[body.status] ?? 0) + 1;
  }
  if (chance(0.2)) await operator('DELETE', `/v1/users/${openid}`);
  const { body } = await operator('GET', `/v1/grants?openid=${openid}`);
  for (const { templateId, available } of body.items) {
    const counts = lived.get(templateId) ?? {};
    counts['available'] = available;
  }
  return lived;
}

async function counted() {
  await stack.idle();
  const { items } = (await operator('GET', '/v1/stats')).body;
  return items.map(({ failed, ...day }: { failed: Record<string, number> }) => ({
    ...day,
    failed: Object.values(failed).reduce((sum, each) => sum + each, 0),
  }));
}

const eventIds = () => new Set(stack.bus.published().map(({ detail }) => detail['eventId']));

test('everything is counted once and published under one id, however often and in whatever batches it comes', async () => {
  stack.bus.failNext(6);
  stack.bus.refuseFromNext(6);
  const lives = await Promise.all(Array.from({ length: 8 }, live));
  await stack.idle();
  const past = await Promise.all(lives.map(lookBack));
  const statistics = await counted();
  for (const { templateId } of TEMPLATES) {
    const total = (name: string) => past.reduce((sum, life) => sum + (life.get(templateId)?.[name] ?? 0), 0);
    const [today] = statistics.filter((day: { templateId: string }) => day.templateId === templateId);
    expect(today).toMatchObject({ granted: total('granted'), available: total('available') });
    expect(STATES.map((state) => [state, today[state]])).toEqual(
      STATES.map((state) => [state, total(state)]),
    );
  }

  const known = eventIds();
  for (const batchSize of [5, 40]) await stack.replayChanges(batchSize);
  expect(await counted()).toEqual(statistics);
  expect(eventIds()).toEqual(known);
  expect(known.size).toBeGreaterThan(lives.length);
}, 60_000);

test('an item that cannot be read holds nothing up', async () => {
  const { DynamoDBClient, PutItemCommand } = await import('@aws-sdk/client-dynamodb');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: stack.dynamodbEndpoint, region: 'us-east-1', credentials });
  const pk = `${stack.env['WECHAT_APP_ID']}#user#u-${randomUUID()}`;
  const Item = { pk: { S: pk }, sk: { S: 'ledger' }, templates: { S: 'of another form' } };
  await client.send(new PutItemCommand({ TableName: stack.tableName, Item }));
  client.destroy();
  const openid = wechat.createUser();
  await allow(wechat, openid, PRICE_DROP.templateId, 1);
  await stack.idle();
  expect(stack.bus.published().filter(({ detail }) => detail['openid'] === openid)).toHaveLength(1);
});

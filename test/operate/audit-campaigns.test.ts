import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, expect, test, vi } from 'vitest';
import type { Campaign } from '../../lib/campaigns/campaign.ts';
import { batchItemKey, resultsKey } from '../../lib/dynamodb/campaign-keys.ts';
import { ledgerKey } from '../../lib/dynamodb/keys.ts';
import { openCampaigns, TEMPLATE } from '../connected/campaigns/campaign-world.ts';
import { runCommand } from './run-command.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const isFinished = ({ status }: { status: string }) => status === 'finished';

let world: Awaited<ReturnType<typeof openCampaigns>>;
let openids: readonly string[];
let campaign: Campaign;
let runId: string;

beforeAll(async () => {
  world = await openCampaigns();
  openids = await world.grantees(40, { grants: 2 });
  const [refuser = '', failing = '', unknown = ''] = openids;
  const fault = { call: 'send' } as const;
  world.wechat.addFault({ ...fault, kind: 'errcode', errcode: 43101, openid: refuser });
  world.wechat.addFault({ ...fault, kind: 'errcode', errcode: 47003, openid: failing });
  world.wechat.addFault({ ...fault, kind: 'reset', openid: unknown });
  campaign = await world.campaign();
  runId = await world.start(campaign);
  const { counts } = await world.until(campaign, runId, isFinished);
  expect(counts).toMatchObject({ sent: 37, refused: 1, failed: 1, unknown: 1 });
  await world.stack.idle();
  return () => world.close();
});

const audit = (...args: string[]) =>
  runCommand('audit', ['--table', world.table.name, '--app', world.table.appId, ...args], {
    AWS_ENDPOINT_URL_DYNAMODB: world.stack.dynamodbEndpoint,
  });

/** Changes an attribute behind the service's back and answers how to change it back. */
async function tamper(key: { pk: string; sk: string }, path: string, value: unknown, names: object = {}) {
  const { client, name } = world.table;
  const place = { TableName: name, Key: marshall(key) };
  const before = unmarshall((await client.send(new GetItemCommand(place))).Item ?? {});
  const set = (to: unknown) =>
    client.send(
      new UpdateItemCommand({
        ...place,
        UpdateExpression: `SET ${path} = :to`,
        ExpressionAttributeValues: marshall({ ':to': to }),
        ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: { ...names } }),
      }),
    );
  await set(value);
  return { before, set };
}

test('a run with sends of every end leaves no drift', async () => {
  const { code, stdout } = await audit();
  expect(stdout).toContain('40 users');
  expect(stdout).toContain('no drift');
  expect(code).toBe(0);
});

test('a grant of a recipient that is lost behind its back is found', async () => {
  const user = openids[7] ?? '';
  const grants = 'templates.#t.available';
  const names = { '#t': TEMPLATE.templateId };
  const { set } = await tamper(ledgerKey(world.table, user), grants, 0, names);
  const { code, stdout } = await audit();
  await set(1);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    new RegExp(`drift lost-grants ${world.table.appId} ${user} ${TEMPLATE.templateId} expected 1, found 2`),
  );
  expect(stdout).toContain('1 drift');
});

test('a result that says of a send that it never was is found', async () => {
  const user = openids[8] ?? '';
  const found = await world.runs.batchBefore(runId, world.runs.shardOf(user), user);
  if (!found) throw new Error('The user is in no page.');
  const index = found.batch.recipients.findIndex(({ openid }) => openid === user);
  const key = resultsKey(world.table, found.key);
  const { before, set } = await tamper(key, 'letters', '');
  const letters = String(before['letters']);
  await set(`${letters.slice(0, index)}k${letters.slice(index + 1)}`);
  const { stdout } = await audit('--json');
  await set(letters);
  expect(JSON.parse(stdout)).toMatchObject({
    drift: 1,
    findings: [{ openid: user, rule: 'lost-grants', expected: 0, found: 1 }],
  });
});

test('a page that cannot be read is named, and its users are not accused', async () => {
  const user = openids[9] ?? '';
  const found = await world.runs.batchBefore(runId, world.runs.shardOf(user), user);
  if (!found) throw new Error('The user is in no page.');
  const key = batchItemKey(world.table, found.key);
  const { before, set } = await tamper(key, 'openids', 'spoiled');
  const { code, stdout } = await audit();
  await set(before['openids']);
  expect(code).toBe(1);
  expect(stdout).toContain(`drift unreadable ${world.table.appId} - The stored item ${key.pk}`);
  expect(stdout).toContain('1 drift');
});

test('what sends took whose campaign was deleted is a note, but no more than that', async () => {
  const second = await world.campaign({ name: 'gone' });
  await world.until(second, await world.start(second), isFinished);
  await world.stack.idle();
  expect((await audit()).code).toBe(0);
  await world.campaigns.erase(second.id);
  const { code, stdout } = await audit('--notes');
  expect(code).toBe(0);
  expect(stdout).toContain('forgotten-sends');
});

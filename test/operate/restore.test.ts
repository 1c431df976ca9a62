import { DeleteTableCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { ledgerKey } from '../../lib/dynamodb/keys.ts';
import { toAttributes } from '../../lib/dynamodb/table.ts';
import { openQueue } from '../../lib/runtime/aws.ts';
import { createTable, localDynamoDbClient, tableDefinition } from '../../local/stack/table.ts';
import { PENDING, tellStory } from './restore-story.ts';
import { BOOKED_MS } from './restore-tools.ts';
import { runCommand } from './run-command.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

let story: Awaited<ReturnType<typeof tellStory>>;

beforeAll(async () => {
  story = await tellStory();
  return async () => {
    await story.world.table.client.send(new DeleteTableCommand({ TableName: story.copy }));
    await story.world.close();
  };
});

const audit = () => runCommand('audit', ['--table', story.world.table.name], story.tools.env());
const restore = (...args: string[]) =>
  runCommand(
    'restore',
    ['--table', story.world.table.name, '--from', story.copy, ...args],
    story.tools.env(),
  );
const restoreNow = async () => {
  const queues = story.tools.queueUrls().flatMap((url) => ['--queue-url', url]);
  const { code, stdout, stderr } = await restore('--write', '--json', ...queues);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};

test('what cannot be a restore is refused in one line, and nothing is read or written', async () => {
  const line = async (...args: string[]) => {
    const { code, stderr } = await runCommand('restore', args, story.tools.env());
    return [code, stderr.split('\n')[0]];
  };
  const { name } = story.world.table;
  expect(await line('--table', name)).toEqual([2, expect.stringContaining('--from')]);
  expect(await line('--table', name, '--from', name)).toEqual([2, expect.stringContaining('itself')]);
  expect(await line('--from', story.copy)).toEqual([2, expect.stringContaining('--stage')]);
  expect(await line('--stage', 'x', '--table', name, '--from', story.copy)).toEqual([2, expect.any(String)]);
  expect(await line('--table', name, '--from', story.copy, '--wrote')).toEqual([
    2,
    expect.stringContaining('--wrote'),
  ]);
  expect(await line('--table', name, '--from', 'no-such-table', '--write')).toEqual([
    1,
    expect.stringContaining('no-such-table'),
  ]);
});

test('an empty copy, or one of something else, deletes nothing', async () => {
  const client = localDynamoDbClient(story.world.stack.dynamodbEndpoint);
  const empty = `${story.world.table.name}-empty`;
  await createTable(client, empty, await tableDefinition());
  const before = (await story.tools.itemsOf(story.world.table.name)).length;
  const args = ['--table', story.world.table.name, '--from', empty, '--write'];
  const { code, stderr } = await runCommand('restore', args, story.tools.env());
  expect([code, stderr]).toEqual([1, expect.stringContaining('holds nothing of this service')]);
  expect(await story.tools.itemsOf(story.world.table.name)).toHaveLength(before);
  await client.send(new DeleteTableCommand({ TableName: empty }));
  client.destroy();
});

test('a copy of another mini program deletes nothing', async () => {
  const before = await story.tools.itemsOf(story.world.table.name);
  const args = ['--table', story.world.table.name, '--from', story.copy, '--write'];
  const env = { ...story.tools.env(), WECHAT_APP_ID: 'wx-another' };
  const { code, stderr } = await runCommand('restore', args, env);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('holds nothing of this service for wx-another'),
  ]);
  expect(await story.tools.itemsOf(story.world.table.name)).toEqual(before);
});

test('without --write it is told what would be, and nothing changes', async () => {
  const before = await story.tools.itemsOf(story.world.table.name);
  const { code, stdout } = await restore();
  expect(code).toBe(0);
  expect(stdout).toMatch(/[1-9]\d* to write, [1-9]\d* to delete/);
  expect(stdout).toContain('1 runs under way, 1 schedules');
  expect(stdout).toContain('1 users come back');
  expect(stdout).toContain('Nothing was changed');
  expect(await story.tools.itemsOf(story.world.table.name)).toEqual(before);
});

describe('after the restore', () => {
  let summary: { unknown: number; usersBack: unknown; problems: unknown };
  let receivedBefore: number;
  let kept: { readonly before: unknown; readonly after: unknown };

  beforeAll(async () => {
    receivedBefore = story.tools.received();
    const before = await story.tools.ofTheMoment();
    summary = await restoreNow();
    kept = { before, after: await story.tools.ofTheMoment() };
    await story.world.stack.dispatchNow();
    await story.world.stack.fire('reconcile-schedules');
    await story.world.stack.idle({ dueWithinMs: BOOKED_MS + 1_000 });
  });

  test('nothing is sent twice: no message, no recipient, no run of a schedule', async () => {
    expect(story.tools.received()).toBe(receivedBefore);
    const { body } = await story.tools.call('GET', `/v1/campaigns/${story.scheduled.id}/runs`);
    expect(body.items).toEqual([]);
  });

  test.each(PENDING)('a message that was pending is unknown (%s)', async (which) => {
    const { body } = await story.tools.call('GET', `/v1/messages/${story.messages[which]}`);
    expect(body).toMatchObject({ status: 'unknown', outcome: { reason: 'table-restored' } });
    expect(body.outcome.remedy).toBeDefined();
  });

  test('a card’s change that waited is unknown and never leaves, and an erased user’s card comes back with them', async () => {
    const { waiting, erased } = story.cards;
    for (const id of [waiting, erased]) {
      const { body } = await story.tools.call('GET', `/v1/cards/${id}`);
      expect(body).toMatchObject({ status: 'unknown', changing: false, attempts: 1 });
      expect(body.outcome).toMatchObject({ reason: 'table-restored', remedy: { en: expect.any(String) } });
    }
  });

  test('what had ended is as it was, and what came later is gone', async () => {
    expect((await story.tools.call('GET', `/v1/messages/${story.messages['done']}`)).body.status).toBe(
      'sent',
    );
    expect((await story.tools.call('GET', `/v1/messages/${story.messages['later']}`)).status).toBe(404);
  });

  test('the run is stopped, and whom it had not reached is unknown', async () => {
    const run = await story.world.read(story.campaign, story.runId);
    expect(run).toMatchObject({ status: 'stopped', recipients: 39 });
    expect(run.counts).toMatchObject({ sent: story.sentInRun, unknown: 39 - story.sentInRun, pending: 0 });
  });

  test('who was erased since then is named, to be erased again', async () => {
    expect(summary.usersBack).toEqual([{ appId: story.world.table.appId, openid: story.erased }]);
    expect(summary.problems).toEqual([]);
  });

  test('the access token, the rates used up and the place in the due index are not taken back', () => {
    expect(kept.before).not.toEqual([]);
    expect(kept.after).toEqual(kept.before);
  });

  test('the queues are empty', async () => {
    const sqs = openQueue(story.world.stack.env);
    for (const QueueUrl of story.tools.queueUrls()) {
      const AttributeNames = ['ApproximateNumberOfMessages' as const];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      expect(Attributes?.ApproximateNumberOfMessages, QueueUrl).toBe('0');
    }
    sqs.destroy();
  });

  test('the audit finds no drift', async () => {
    const { code, stdout } = await audit();
    expect(stdout).toContain('no drift');
    expect(code).toBe(0);
  });

  test('the statistics are as they were, with what is unknown now', async () => {
    const now = await story.tools.statistics();
    expect(story.statisticsThen.gauge).toBe(story.statisticsThen.stock);
    expect(now.gauge).toBe(now.stock);
    expect(now.counts['unknown']).toBe(summary.unknown);
    for (const name of ['granted', 'sent']) {
      expect(now.counts[name], name).toBe(story.statisticsThen.counts[name]);
    }
  });

  test('a message that is settled by hand gives its grant back', async () => {
    const user = (await story.tools.call('GET', `/v1/messages/${story.messages['held']}`)).body.to;
    const before = await story.tools.availableOf(user);
    const settled = await story.tools.call('POST', `/v1/messages/${story.messages['held']}/settle`, {
      status: 'failed',
    });
    expect(settled.status).toBe(200);
    expect(await story.tools.availableOf(user)).toBe(before + 1);
  });

  test('the service goes on: a new message leaves', async () => {
    const id = await story.tools.book(story.other);
    await story.world.stack.idle();
    expect((await story.tools.call('GET', `/v1/messages/${id}`)).body.status).toBe('sent');
    expect(story.tools.received()).toBe(receivedBefore + 1);
  });

  test('restored once more it is the same again', async () => {
    const again = await restoreNow();
    await story.world.stack.idle();
    expect(again.unknown).toBe(summary.unknown);
    expect((await audit()).code).toBe(0);
    const now = await story.tools.statistics();
    expect(now.gauge).toBe(now.stock);
    expect(now.counts['unknown']).toBe(summary.unknown);
    expect(story.tools.received()).toBe(receivedBefore + 1);
  });

  test('a user whose messages cannot be read is named, and stops no other', async () => {
    const { openid } = story.notReached;
    await story.world.table.client.send(
      new UpdateItemCommand({
        TableName: story.copy,
        Key: toAttributes(ledgerKey(story.world.table, openid)),
        UpdateExpression: 'SET waiting = :spoiled',
        ExpressionAttributeValues: toAttributes({ ':spoiled': 'spoiled' }),
      }),
    );
    const { code, stdout } = await restore('--write', '--json');
    expect(code).toBe(1);
    const { problems, unknown } = JSON.parse(stdout);
    expect(problems).toEqual([expect.stringContaining(openid)]);
    expect(unknown).toBe(summary.unknown);
    const run = await story.world.read(story.campaign, story.runId);
    expect(run).toMatchObject({ status: 'stopped', counts: { pending: 0, unknown: 39 - story.sentInRun } });
  });
});

import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { expect, onTestFinished, test } from 'vitest';
import { createActivity } from '../../../local/stack/activity.ts';
import { createInvoke } from '../../../local/stack/invoke.ts';
import type { StreamTrigger } from '../../../local/stack/service-definition.ts';
import { type HandedOver, startTableStream } from '../../../local/stack/table-stream.ts';
import { type TestTable, useTable } from '../../support/dynamodb.ts';

type Answer = (records: readonly DynamoDBRecord[]) => DynamoDBBatchResponse | { state: object } | undefined;

/** Follows a table with the changes a, b, c and d, and one that no filter lets through; calls are answered as `answers` says, then well. */
async function follow(...answers: Answer[]) {
  const table = await useFollowed();
  return handOver(table, new Map(), answers);
}

async function useFollowed() {
  const table = await useTable(undefined, { hasStream: true });
  for (const pk of ['a', 'b', 'unheard', 'c', 'd']) {
    const Item = { pk: { S: pk }, sk: { S: pk === 'unheard' ? 'no' : 'yes' } };
    await table.sdk.send(new PutItemCommand({ TableName: table.name, Item }));
  }
  return table;
}

async function handOver(
  table: TestTable,
  handedOver: HandedOver,
  answers: Answer[] = [],
  timing: Partial<StreamTrigger> = {},
) {
  const calls: string[] = [];
  const events: unknown[] = [];
  const forgotten: string[] = [];
  const stream = await startTableStream({
    client: table.sdk,
    tableName: table.name,
    endpoint: table.endpoint,
    handedOver,
    forgetChanges: (tableName, upTo) => void forgotten.push(`${tableName} ${upTo}`),
    trigger: {
      batchSize: 5,
      gatherSeconds: 0,
      windowSeconds: 0,
      letsThrough: (sk) => sk === 'yes',
      ...timing,
    },
    gathers: true,
    called: {
      name: 'follower',
      timeoutSeconds: 5,
      memorySize: 128,
      handler: async (event) => {
        const { Records } = event as DynamoDBStreamEvent;
        events.push(event);
        calls.push(Records.map(({ dynamodb }) => dynamodb?.NewImage?.['pk']?.S).join(''));
        return answers.shift()?.(Records);
      },
    },
    invoke: createInvoke(createActivity()),
    observe: () => undefined,
  });
  onTestFinished(stream.close);
  await stream.drained();
  return { calls, events, stream, forgotten, tableName: table.name };
}

const fails: Answer = () => {
  throw new Error('out of order');
};
const failsFrom =
  (index: number): Answer =>
  (records) => ({ batchItemFailures: [{ itemIdentifier: records[index]?.dynamodb?.SequenceNumber ?? '' }] });
const fine: Answer = () => ({ batchItemFailures: [] });

test('changes arrive in order, those only that the filters let through', async () => {
  expect((await follow()).calls).toEqual(['abcd']);
});

test('a batch that fails comes again by halves, in order', async () => {
  expect((await follow(fails)).calls).toEqual(['abcd', 'ab', 'cd']);
  expect((await follow(fails, fails, fine, fine)).calls).toEqual(['abcd', 'ab', 'a', 'b', 'cd']);
});

test('a batch that fails from one change on comes again from that one on', async () => {
  expect((await follow(failsFrom(2))).calls).toEqual(['abcd', 'cd']);
});

test('what is handed over may be forgotten, and nothing that is not', async () => {
  const { forgotten, tableName } = await follow(fails, failsFrom(1));
  expect(forgotten).toEqual([`${tableName} 5`]);
});

test('with a tumbling window a batch names its shard, and an answer without a state fails', async () => {
  const states: Answer[] = [() => ({ batchItemFailures: [] }), () => ({ state: {} }), () => ({ state: {} })];
  const { calls, events } = await handOver(await useFollowed(), new Map(), states, { windowSeconds: 900 });
  expect(calls).toEqual(['abcd', 'ab', 'cd']);
  expect(events[0]).toMatchObject({
    shardId: expect.stringContaining('shardId-'),
    eventSourceARN: expect.stringContaining('/stream/'),
    window: { start: expect.any(String), end: expect.any(String) },
    state: {},
    isFinalInvokeForWindow: false,
  });
});

test('changes that are gathered wait for their batch window, or until they are drained', async () => {
  const table = await useFollowed();
  const { calls, stream } = await handOver(table, new Map(), [], { gatherSeconds: 60 });
  const Item = { pk: { S: 'e' }, sk: { S: 'yes' } };
  await table.sdk.send(new PutItemCommand({ TableName: table.name, Item }));
  expect(calls).toEqual(['abcd']);
  await stream.drained();
  expect(calls).toEqual(['abcd', 'e']);
});

test('everything can be handed over once more, in other batches', async () => {
  const { calls, stream } = await follow();
  await stream.replay(2);
  expect(calls.slice(1)).toEqual(['ab', 'c', 'd']);
});

test('what was handed over is not handed over again by one that goes on from there', async () => {
  const table = await useFollowed();
  const handedOver: HandedOver = new Map();
  const first = await handOver(table, handedOver);
  await first.stream.close();
  const Item = { pk: { S: 'e' }, sk: { S: 'yes' } };
  await table.sdk.send(new PutItemCommand({ TableName: table.name, Item }));
  expect((await handOver(table, handedOver)).calls).toEqual(['e']);
  expect((await handOver(table, new Map())).calls).toEqual(['abcd', 'e']);
});

import { UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { useTable } from '../../support/dynamodb.ts';
import { type ChangeCall, miscounts } from './counting-worlds.ts';

const table = await useTable();

test.each(Array.from({ length: 8 }, (_, index) => index + 1))(
  'in world %i each stored change is counted once, whatever the stream and its pollers do',
  async (seed) => {
    expect(await miscounts(table, seed)).toEqual([]);
  },
);

const changed =
  (change: (input: UpdateItemCommandInput) => Partial<UpdateItemCommandInput>): ChangeCall =>
  ({ input }) =>
    new UpdateItemCommand({ ...input, ...change(input) });
const withPlace = (to: 'first' | 'reached', from: 'first' | 'reached') =>
  changed(({ UpdateExpression = '', ExpressionAttributeValues: values = {} }) => {
    const named = { first: ':first', reached: /#shard = (:\w+)/.exec(UpdateExpression)?.[1] ?? '' };
    const place = values[named[from]];
    return { ExpressionAttributeValues: { ...values, ...(place && { [named[to]]: place }) } };
  });

const FAULTS: readonly [string, ChangeCall][] = [
  [
    'nothing refuses what was added',
    changed(({ ConditionExpression, ExpressionAttributeValues: { ':first': _, ...values } = {} }) =>
      ConditionExpression === undefined
        ? {}
        : { ConditionExpression: undefined, ExpressionAttributeValues: values },
    ),
  ],
  ['a batch moves the place on to its first change', withPlace('reached', 'first')],
  ['only a batch that is wholly behind is refused', withPlace('first', 'reached')],
  [
    'an item remembers one place for all shards',
    changed(({ ExpressionAttributeNames: names }) =>
      names?.['#shard'] === undefined ? {} : { ExpressionAttributeNames: { ...names, '#shard': '@shard' } },
    ),
  ],
];

test.each(FAULTS)('the worlds notice when %s', async (_, fault) => {
  for (let seed = 1; seed <= 8; seed++) {
    // A fault may also be noticed by the writer itself.
    if ((await miscounts(table, seed, fault).catch(() => ['thrown'])).length > 0) return;
  }
  expect.unreachable('eight worlds did not show it');
});

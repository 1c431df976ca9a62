import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DynamoDBRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { createHandler } from '../../../handlers/count-statistics.ts';
import type { PlacedRecord } from '../../../lib/stream/counts.ts';

const SOURCE = { eventSourceARN: 'arn:stream', shardId: 'shardId-1' };
/** What Lambda sends along, and the handler leaves alone. */
const WINDOW = {
  window: { start: '2026-12-01T00:00:00Z', end: '2026-12-01T00:15:00Z' },
  state: {},
  isFinalInvokeForWindow: false,
  isWindowTerminatedEarly: false,
};

const record = (appId: string, sequenceNumber: string): DynamoDBRecord => ({
  dynamodb: { Keys: { pk: { S: `${appId}#user#o` } }, SequenceNumber: sequenceNumber },
});

function useHandler() {
  const counted: string[] = [];
  const logged: string[] = [];
  const handle = createHandler({
    servicesOf: (appId) => ({
      read(one) {
        const { SequenceNumber = '' } = (one as DynamoDBRecord).dynamodb!;
        if (SequenceNumber === '13') throw new Error('of another form');
        return { type: 'ledger', id: SequenceNumber, atMs: 0 };
      },
      async count(shard: string, records: readonly PlacedRecord[]) {
        if (appId === 'broken') throw new Error('the table does not answer');
        if (appId === 'slow') await nextTurn();
        counted.push([shard, appId, ...records.map(({ sequenceNumber }) => sequenceNumber)].join(' '));
      },
    }),
    logger: { info() {}, warn() {}, error: (message) => void logged.push(message) },
  });
  return { counted, logged, handle };
}

test('counts for each mini program in the order of the shard, and leaves out what cannot be read', async () => {
  const { handle, counted, logged } = useHandler();
  const Records = [record('a', '11'), record('b', '12'), record('a', '13'), record('a', '14')];
  expect(await handle({ Records, ...SOURCE, ...WINDOW })).toEqual({ state: {} });
  expect(counted).toEqual(['arn:stream shardId-1 a 11 14', 'arn:stream shardId-1 b 12']);
  expect(logged).toHaveLength(1);
});

test('the end of a window, early or not, brings nothing to count', async () => {
  const { handle, counted } = useHandler();
  for (const isWindowTerminatedEarly of [false, true]) {
    const last = { ...WINDOW, isFinalInvokeForWindow: true, isWindowTerminatedEarly };
    expect(await handle({ Records: [], ...SOURCE, ...last })).toEqual({ state: {} });
  }
  expect(counted).toEqual([]);
});

test('what fails for one mini program brings the batch again, once the others are counted', async () => {
  const { handle, counted } = useHandler();
  const Records = [record('broken', '12'), record('slow', '14'), record('a', '11')];
  await expect(handle({ Records, ...SOURCE, ...WINDOW })).rejects.toThrow('the table does not answer');
  expect(counted.toSorted()).toEqual(['arn:stream shardId-1 a 11', 'arn:stream shardId-1 slow 14']);
});

test('without a shard nothing is counted: nobody could say what was counted before', async () => {
  const { handle, counted } = useHandler();
  await expect(handle({ Records: [record('a', '11')], eventSourceARN: 'arn:stream' })).rejects.toThrow(
    'shardId',
  );
  expect(counted).toEqual([]);
});

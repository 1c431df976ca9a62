import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { RESULTS_PREFIX } from '../../lib/dynamodb/campaign-keys.ts';
import { packResults } from '../../lib/dynamodb/pack-results.ts';
import { readStreamRecord } from '../../lib/dynamodb/read-stream-record.ts';
import { asLambdaHasIt } from '../../operate/lambda-record.ts';

test('a record of the stream is as Lambda hands it over: its moment in seconds, bytes in base64, all else as it was', () => {
  const attributes = {
    bytes: { B: Buffer.from('abc') },
    all: { BS: [Buffer.from('a'), Buffer.from('b')] },
    list: { L: [{ B: Buffer.from('x') }, { S: 'text' }, { N: '1' }] },
    map: { M: { inner: { B: Buffer.from('y') }, none: { NULL: true as const }, no: { BOOL: false } } },
    texts: { SS: ['a'] },
    numbers: { NS: ['1'] },
  };
  const record = asLambdaHasIt({
    eventName: 'MODIFY',
    dynamodb: {
      ApproximateCreationDateTime: new Date(5_999),
      Keys: { pk: { S: 'p' } },
      NewImage: attributes,
      SequenceNumber: '7',
    },
  });
  expect(JSON.parse(JSON.stringify(record))).toEqual({
    eventName: 'MODIFY',
    dynamodb: {
      ApproximateCreationDateTime: 5,
      Keys: { pk: { S: 'p' } },
      NewImage: {
        bytes: { B: 'YWJj' },
        all: { BS: ['YQ==', 'Yg=='] },
        list: { L: [{ B: 'eA==' }, { S: 'text' }, { N: '1' }] },
        map: { M: { inner: { B: 'eQ==' }, none: { NULL: true }, no: { BOOL: false } } },
        texts: { SS: ['a'] },
        numbers: { NS: ['1'] },
      },
      SequenceNumber: '7',
    },
  });
});

test('the msgids of a batch come out of the stream as they went into the table', () => {
  const table = { appId: 'wx0123456789abcdef' };
  const results = new Map([
    [
      0,
      {
        state: 'sent' as const,
        attempts: 1,
        outcome: { reason: 'accepted', errcode: 0, atMs: 5_000, msgid: '3248682510344192008' },
      },
    ],
  ]);
  const Keys = marshall({ pk: `${table.appId}#run#run_1#3`, sk: RESULTS_PREFIX });
  const NewImage = { ...Keys, ...marshall({ ...packResults(results), version: '1' }) };
  const record = asLambdaHasIt({ dynamodb: { ApproximateCreationDateTime: new Date(0), Keys, NewImage } });
  expect(readStreamRecord(table, JSON.parse(JSON.stringify(record)))).toMatchObject({
    type: 'results',
    after: results,
  });
});

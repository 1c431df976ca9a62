import { expect, test } from 'vitest';
import type { Table } from '../../../lib/dynamodb/table.ts';
import { updateRequest } from '../../../lib/dynamodb/updates.ts';

const table = { name: 'table', appId: 'wx1' } as Table;
const key = { pk: 'p', sk: 's' };

test('an update sets, adds and removes by placeholders, so that any name will do', () => {
  const changes = { set: { name: 'a', ttl: 7 }, add: { 'errcode:43101': 1 }, remove: ['size'] };
  expect(updateRequest(table, key, changes)).toEqual({
    TableName: 'table',
    Key: { pk: { S: 'p' }, sk: { S: 's' } },
    UpdateExpression: 'SET #u0 = :u0, #u1 = :u1 ADD #u2 :u2 REMOVE #u3',
    ExpressionAttributeNames: { '#u0': 'name', '#u1': 'ttl', '#u2': 'errcode:43101', '#u3': 'size' },
    ExpressionAttributeValues: { ':u0': { S: 'a' }, ':u1': { N: '7' }, ':u2': { N: '1' } },
  });
});

test('an attribute that is set to nothing is removed, and an update of removals has no values', () => {
  const request = updateRequest(table, key, { set: { gone: undefined } });
  expect(request).toMatchObject({ UpdateExpression: 'REMOVE #u0' });
  expect(request).not.toHaveProperty('ExpressionAttributeValues');
});

test('what its condition names already keeps that placeholder', () => {
  const when = { condition: '#at < :at', names: { '#at': 'at' }, values: { ':at': 3 } };
  expect(updateRequest(table, key, { set: { at: 3, by: 4 } }, when)).toMatchObject({
    UpdateExpression: 'SET #at = :at, #u1 = :u1',
    ConditionExpression: '#at < :at',
    ExpressionAttributeNames: { '#at': 'at', '#u1': 'by' },
  });
});

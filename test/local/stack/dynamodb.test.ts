import { DescribeTableCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { useTable } from '../../support/dynamodb.ts';

const table = await useTable();
const other = await useTable();

test('the table is the one that serverless.yml deploys', async () => {
  const { Table } = await table.sdk.send(new DescribeTableCommand({ TableName: table.name }));
  expect(Table?.KeySchema?.map((key) => key.AttributeName)).toEqual(['pk', 'sk']);
  expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName)).toEqual(['needs-attention']);
});

test('tables of one file do not see each other', async () => {
  await table.sdk.send(
    new PutItemCommand({ TableName: table.name, Item: { pk: { S: 'a' }, sk: { S: 'b' } } }),
  );
  expect((await other.sdk.send(new ScanCommand({ TableName: other.name }))).Count).toBe(0);
});

import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { tableDefinition } from '../../../local/stack/table.ts';
import { sweepExpired } from '../../../local/stack/ttl-sweeper.ts';
import { useTable } from '../../support/dynamodb.ts';

const NOW_SECONDS = 1_800_000_000;

test('items whose expiry has passed go; the rest stay, those without one too', async () => {
  const { sdk: client, name: tableName } = await useTable();
  const put = (sk: string, expiresAt?: number) =>
    client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: {
          pk: { S: 'p' },
          sk: { S: sk },
          ...(expiresAt === undefined ? {} : { expiresAt: { N: `${expiresAt}` } }),
        },
      }),
    );
  await put('expired', NOW_SECONDS - 1);
  await put('just now', NOW_SECONDS);
  await put('later', NOW_SECONDS + 1);
  await put('never');

  const deleted = await sweepExpired({
    client,
    tableName,
    definition: await tableDefinition(),
    clock: () => NOW_SECONDS * 1000,
  });

  expect(deleted).toBe(1);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
  expect(Items.map((item) => item['sk']?.S).toSorted()).toEqual(['just now', 'later', 'never']);
});

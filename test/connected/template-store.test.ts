import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { createTemplateStore } from '../../lib/dynamodb/dynamodb-template-store.ts';
import type { Table } from '../../lib/dynamodb/table.ts';
import type { LogFields } from '../../lib/logger.ts';
import { useTable } from '../support/dynamodb.ts';
import { template } from '../support/templates.ts';

const table = await useTable();
const logged: LogFields[] = [];
const logger = {
  info: () => {},
  warn: () => {},
  error: (_message: string, fields?: LogFields) => void logged.push(fields ?? {}),
};

/** A mini program of its own in the shared table. */
function ownTable(appId: string): Table {
  return { ...table, appId };
}

async function putRaw(appId: string, item: Record<string, unknown>): Promise<void> {
  await table.sdk.send(
    new PutItemCommand({ TableName: table.name, Item: marshall({ pk: `${appId}#templates`, ...item }) }),
  );
}

test('what is saved comes back whole, with kinds and rules', async () => {
  const store = createTemplateStore(ownTable('wx-whole'), logger);
  const enumerated = template({
    templateId: 'b',
    type: 3,
    content: '状态:{{enum_string1.DATA}}\n其他:{{novelty2.DATA}}',
    enumValues: { 'enum_string1.DATA': ['开', ''] },
  });
  const removed = { ...template({ templateId: 'c' }, 5), removedAtMs: 7, deletedAtMs: 8 };
  await store.save([template({ templateId: 'a' }, 5), enumerated, removed], 9);

  expect(await store.get('a')).toEqual(template({ templateId: 'a' }, 5));
  expect(await store.get('b')).toEqual(enumerated);
  expect(await store.list()).toEqual([template({ templateId: 'a' }, 5), enumerated, removed]);
  expect(await store.lastSyncedAtMs()).toBe(9);
});

test('saving replaces what is given, also a removal mark, and leaves the rest', async () => {
  const store = createTemplateStore(ownTable('wx-replace'), logger);
  await store.save(
    [{ ...template({ templateId: 'a' }), removedAtMs: 1, deletedAtMs: 1 }, template({ templateId: 'b' })],
    1,
  );
  await store.save([template({ templateId: 'a', title: '新' }, 2)], 2);
  expect(
    (await store.list()).map(({ templateId, title, removedAtMs, deletedAtMs }) => [
      templateId,
      title,
      removedAtMs ?? deletedAtMs,
    ]),
  ).toEqual([
    ['a', '新', undefined],
    ['b', template().title, undefined],
  ]);
});

test('mini programs that share a table do not see each other, and an empty one is empty', async () => {
  await createTemplateStore(ownTable('wx-one'), logger).save([template({ templateId: 'a' })], 1);
  const other = createTemplateStore(ownTable('wx-other'), logger);
  expect(await other.get('a')).toBeUndefined();
  expect(await other.list()).toEqual([]);
  expect(await other.lastSyncedAtMs()).toBeUndefined();
});

test('a bad item is logged by key and path and set aside; the others are read', async () => {
  const store = createTemplateStore(ownTable('wx-bad'), logger);
  await store.save([template({ templateId: 'good' })], 1);
  await putRaw('wx-bad', { sk: 'template#bad', templateId: 'bad', title: 5, kind: 'weekly' });
  await putRaw('wx-bad', { sk: 'sync', syncedAtMs: 'yesterday' });
  logged.length = 0;

  expect((await store.list()).map(({ templateId }) => templateId)).toEqual(['good']);
  expect(await store.get('bad')).toBeUndefined();
  expect(await store.lastSyncedAtMs()).toBeUndefined();
  expect(logged[0]).toEqual({ sk: 'template#bad', issues: ['title', 'kind', 'fields', 'syncedAtMs'] });
  expect(logged).toHaveLength(2);
});

test('more templates than one page of a query holds are all listed', async () => {
  const store = createTemplateStore(ownTable('wx-many'), logger);
  const title = '长'.repeat(60_000);
  const many = Array.from({ length: 12 }, (_, index) => template({ templateId: `t${index}`, title }));
  await store.save(many, 1);
  expect(await store.list()).toHaveLength(12);
});

test('a declared kind outlives every sync, also one that had read the templates before', async () => {
  const store = createTemplateStore(ownTable('wx-kinds'), logger);
  const [listed] = [template({ templateId: 'a', type: 3 }, 1)];
  await store.save([listed], 1);
  await store.declareKind('a', 'limited');
  await store.save([{ ...listed, title: '新' }], 2);
  expect(await store.get('a')).toMatchObject({ title: '新', kind: 'long-term', declaredKind: 'limited' });
  await store.declareKind('a', undefined);
  expect(await store.get('a')).toEqual({ ...listed, title: '新' });
  await expect(store.declareKind('unknown', 'limited')).rejects.toThrow('condition');
});

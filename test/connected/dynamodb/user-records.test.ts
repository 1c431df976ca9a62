import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createMessageStore } from '../../../lib/dynamodb/dynamodb-message-store.ts';
import { putAtomically } from '../../../lib/dynamodb/items.ts';
import { emptyLedger } from '../../../lib/grants/ledger.ts';
import { createMessageIds, type Message } from '../../../lib/messages/message.ts';
import { scanUsers, type UserRecords } from '../../../operate/audit/user-records.ts';
import { useTable } from '../../support/dynamodb.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const newId = createMessageIds(randomUUID);
const table = await useTable('wx-one');
const neighbour = { ...table, appId: 'wx-two' };

async function store(of: typeof table, openid: string, messages: number): Promise<void> {
  const messageStore = createMessageStore(of, { newVersion: randomUUID, clock: () => 0, logger: quiet });
  await messageStore.commit({ ledger: { value: emptyLedger(openid), version: undefined } });
  const stored = Array.from(
    { length: messages },
    (): Message => ({
      id: newId(openid),
      openid,
      templateId: 'tpl',
      // Large enough that a user's messages fill several pages of a scan, which end after a megabyte.
      data: { thing1: 'x'.repeat(12_000) },
      miniprogramState: 'formal',
      lang: 'zh_CN',
      state: 'sent',
      sendAtMs: 0,
      dueAtMs: 0,
      attempts: 0,
      createdAtMs: 0,
      updatedAtMs: 0,
    }),
  );
  await Promise.all(stored.map((value) => messageStore.commit({ records: [{ value, version: undefined }] })));
}

async function scanned(segments: number, appId?: string): Promise<UserRecords[]> {
  const found: UserRecords[] = [];
  for (let segment = 0; segment < segments; segment++) {
    const options = { segment, segments, ...(appId && { appId }) };
    for await (const records of scanUsers(table, options)) found.push(records);
  }
  return found;
}

describe('scanning users', async () => {
  const counts = { 'o-a': 130, 'o-b': 1, 'o-c': 95, 'o-d': 0, 'o-e': 110 };
  for (const [openid, count] of Object.entries(counts)) await store(table, openid, count);
  await store(neighbour, 'o-a', 2);
  await putAtomically(table, [
    { item: { pk: 'wx-one#user#o-b', sk: 'report#1', version: 'v' }, condition: 'attribute_not_exists(pk)' },
  ]);
  await putAtomically(table, [
    { item: { pk: 'wx-one#token', sk: 'access-token', version: 'v' }, condition: 'attribute_not_exists(pk)' },
  ]);

  test.each([1, 3, 8])('in %i parts finds each user once, with all of their messages', async (segments) => {
    const found = await scanned(segments, 'wx-one');
    const seen = found.map(({ openid, messages }) => [openid, messages.length]);
    expect(seen.sort()).toEqual(Object.entries(counts));
    for (const { openid, messages } of found) {
      expect(messages.filter(({ id }) => !id.endsWith(openid))).toEqual([]);
    }
  });

  test('without an appid finds the users of every mini program in the table', async () => {
    const found = await scanned(2);
    expect(found).toHaveLength(6);
    expect(found.filter(({ appId }) => appId === 'wx-two')).toMatchObject([{ openid: 'o-a' }]);
  });
});

import { expect, test } from 'vitest';
import { createBatchedReads } from '../../../lib/dynamodb/batched-reads.ts';
import { createMessageStore } from '../../../lib/dynamodb/dynamodb-message-store.ts';
import { emptyLedger } from '../../../lib/grants/ledger.ts';
import type { Message } from '../../../lib/messages/message.ts';
import { useTable } from '../../support/dynamodb.ts';
import { watched } from '../../support/watched-table.ts';

/** What happens right after a call. */
let after: () => Promise<unknown> = async () => undefined;
const table = watched(await useTable(), async (_operation, _input, send) => {
  const answer = await send();
  await after();
  return answer;
});
let versions = 0;
const options = {
  newVersion: () => `v${++versions}`,
  clock: () => 1_000,
  logger: { info: () => {}, warn: () => {}, error: () => {} },
};

const messageTo = (openid: string): Message => ({
  id: `msg_${'0'.repeat(32)}_${openid}`,
  openid,
  templateId: 'once',
  data: { thing1: 'text' },
  miniprogramState: 'formal',
  lang: 'zh_CN',
  state: 'unknown',
  sendAtMs: 1_000,
  dueAtMs: 1_000,
  attempts: 0,
  createdAtMs: 1_000,
  updatedAtMs: 1_000,
});

test.each([
  { reads: 'of its own', store: createMessageStore(table, options), openid: 'anna' },
  {
    reads: 'shared with others',
    store: createMessageStore(table, { ...options, read: createBatchedReads(table) }),
    openid: 'ben',
  },
])(
  'with reads $reads the message is read after the ledger, so that none looks older than a later ledger',
  async ({ store, openid }) => {
    const message = messageTo(openid);
    await store.commit({ records: [{ value: message, version: undefined }] });
    const before = (await store.load(message.id)).message!;
    let calls = 0;
    // Right after the first call of the load, somebody settles the message and writes the ledger.
    after = async () => {
      calls += 1;
      if (calls > 1) return;
      await store.commit({
        ledger: { value: emptyLedger(openid), version: undefined },
        records: [{ ...before, value: { ...message, state: 'sent' } }],
      });
    };
    const loaded = await store.load(message.id);
    after = async () => undefined;
    // One batch read of both would have seen the message as it was: its items are read at two moments, in any order.
    expect(loaded.message?.value.state).toBe('sent');
    expect(loaded.ledger.version).toBeUndefined();
  },
);

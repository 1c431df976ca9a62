import { expect, test } from 'vitest';
import { putLedger, toLedger, withSendId } from '../../../lib/dynamodb/versioned-items.ts';
import { emptyLedger } from '../../../lib/grants/ledger.ts';

const TABLE = { name: 'table', appId: 'wx1', client: undefined as never };
const CLAIM = {
  claimId: 'c',
  templateId: 'T',
  source: 'held' as const,
  epoch: 0,
  grantedBefore: 1,
  startedAtMs: 0,
  leaseUntilMs: 45_000,
};

test('a claim as 0.2.0 stores it is read, and what newer versions write is read by 0.2.0', () => {
  const stored = { ...emptyLedger('u'), version: 'v1', claim: { ...CLAIM, messageId: 'msg_1', later: 7 } };
  const read = toLedger('u', { pk: 'a', sk: 'ledger', ...stored });
  expect(read.value.claim).toEqual({ ...CLAIM, sendId: 'msg_1', later: 7 });
  const { item, over } = putLedger(TABLE, { ...read, before: read.value }, () => 'v2-and-longer');
  expect([item['claim'], over?.item['claim']]).toEqual([stored.claim, stored.claim]);
});

test('an item without a claim stays as it is', () => {
  const item = { pk: 'a', sk: 'ledger', ...emptyLedger('u') };
  expect(withSendId(item)).toBe(item);
});

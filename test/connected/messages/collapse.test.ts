import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createMessageStore } from '../../../lib/dynamodb/dynamodb-message-store.ts';
import { getItem } from '../../../lib/dynamodb/items.ts';
import { dueEntryKey } from '../../../lib/dynamodb/keys.ts';
import { grantsOf } from '../../../lib/grants/ledger.ts';
import { acceptMessages } from '../../../lib/messages/accept-message.ts';
import { cancelMessage } from '../../../lib/messages/cancel-message.ts';
import { watched } from '../../support/watched-table.ts';
import { expectNothingOf, quiet, requestTo, START_MS, TEMPLATE, table, useUser } from './use-user.ts';

const digest = { collapseKey: 'digest' };
const TOMORROW_MS = START_MS + 86_400_000;

async function grantsOfUser({ services, openid }: Awaited<ReturnType<typeof useUser>>) {
  return grantsOf((await services.store.loadLedger(openid)).value, TEMPLATE);
}

describe('a message that takes the place of another', () => {
  test('takes it and its grant by one transaction of the item and one record, after one read', async () => {
    const user = await useUser(1);
    const first = await user.accept(undefined, digest);
    user.calls.length = 0;
    const second = await user.accept(undefined, digest);
    expect(user.calls).toEqual(['GetItem', 'TransactWriteItems']);
    expect(await user.waiting()).toEqual([second]);
    expect(await user.recordOf(first)).toMatchObject({
      state: 'canceled',
      collapsedInto: second,
      outcome: { reason: 'collapsed', atMs: START_MS },
    });
    expect(await user.recordOf(first)).not.toHaveProperty('attentionPk');
    expect(await grantsOfUser(user)).toMatchObject({ available: 0, held: 1 });
  });

  test('costs what any other costs where nothing waits under its key', async () => {
    const user = await useUser(2);
    await user.accept(undefined, { collapseKey: 'news' });
    user.calls.length = 0;
    await user.accept(undefined, digest);
    expect(user.calls).toEqual(['GetItem', 'PutItem']);
  });

  test('makes one write with others of a batch, those of the batch that it takes the place of among them', async () => {
    const user = await useUser(3);
    await user.accept(undefined, digest);
    user.calls.length = 0;
    const results = await user.acceptAll([digest, {}, digest, { collapseKey: 'news' }, digest]);
    expect(user.calls).toEqual(['GetItem', 'TransactWriteItems']);
    expect(results.map((result) => 'message' in result && result.message.state)).toEqual([
      'canceled',
      'pending',
      'canceled',
      'pending',
      'pending',
    ]);
    expect(await user.waiting()).toHaveLength(3);
    expect(await grantsOfUser(user)).toMatchObject({ available: 0, held: 3 });
  });

  test('writes the due entries of those alone that are to wait', async () => {
    const user = await useUser(1);
    const booked = { ...digest, sendAtMs: TOMORROW_MS };
    const results = await user.acceptAll([booked, booked, booked]);
    const entries = await Promise.all(
      results.map(
        (result) => 'message' in result && getItem(table, dueEntryKey(table, result.message.id, TOMORROW_MS)),
      ),
    );
    expect(entries.map(Boolean)).toEqual([false, false, true]);
  });

  test('of one that was tried already keeps what WeChat said of that out of its own story', async () => {
    const user = await useUser(1);
    const first = await user.accept(undefined, digest);
    await user.retry(first, START_MS + 3_600_000);
    const second = await user.accept(undefined, digest);
    expect(await user.recordOf(first)).toMatchObject({
      state: 'canceled',
      attempts: 1,
      collapsedInto: second,
    });
    const { message } = await user.services.store.load(second);
    expect(message?.value).toMatchObject({ attempts: 0, dueAtMs: START_MS });
    expect(message?.value.outcome).toBeUndefined();
    expect(await grantsOfUser(user)).toMatchObject({ available: 0, held: 1 });
  });

  test('takes a void hold for none: it needs a grant of its own', async () => {
    const user = await useUser(1);
    const first = await user.accept(undefined, digest);
    const { store } = user.services;
    const ledger = await store.loadLedger(user.openid);
    const grants = grantsOf(ledger.value, TEMPLATE);
    if (!grants) return expect.unreachable();
    const templates = { [TEMPLATE]: { ...grants, granted: 2, available: 1, held: 0, epoch: 1 } };
    await store.commit({ ledger: { ...ledger, value: { ...ledger.value, templates } } });
    const second = await user.accept(undefined, { ...digest, hold: false });
    expect(await user.recordOf(first)).toMatchObject({ collapsedInto: second });
    expect(await grantsOfUser(user)).toMatchObject({ available: 1, held: 0 });
    await user.accept(undefined, digest);
    expect(await grantsOfUser(user)).toMatchObject({ available: 0, held: 1 });
    expect(await user.acceptAll([{}])).toEqual([{ type: 'no-grant' }]);
  });

  test('of another device leaves that one alone', async () => {
    const user = await useUser(1);
    const device = (sn: string) => ({ ...digest, hold: false, device: { sn, modelId: 'door' } });
    await user.accept(undefined, device('front'));
    const back = await user.accept(undefined, device('back'));
    const front = await user.accept(undefined, device('front'));
    expect((await user.waiting()).toSorted()).toEqual([back, front].toSorted());
  });

  test('under a key whose first try died takes the place once', async () => {
    const user = await useUser(1);
    const first = await user.accept(undefined, digest);
    const idempotency = { scope: 'operator:shop', key: randomUUID(), bodyHash: 'body' };
    const requests = [requestTo(user.openid, { ...digest, idempotency })];
    const dying = { ...user.services.store, commit: () => Promise.reject(new Error('crash')) };
    await expect(acceptMessages({ ...user.services, store: dying }, user.openid, requests)).rejects.toThrow(
      'crash',
    );
    expect(await user.waiting()).toEqual([first]);
    const second = await user.accept(undefined, { ...digest, idempotency });
    expect(await user.accept(undefined, { ...digest, idempotency })).toBe(second);
    expect(await user.recordOf(first)).toMatchObject({ collapsedInto: second });
    const repeated = await user.acceptAll([{ ...digest, idempotency }]);
    expect(repeated).toMatchObject([{ type: 'repeated', message: { id: second } }]);
  });

  test('collides with a claim: one of both is done again', async () => {
    const user = await useUser(2);
    const first = await user.accept(undefined, digest);
    let between: (() => Promise<unknown>) | undefined = () => user.claim(first);
    const racing = watched(table, async (operation, _input, send) => {
      const claim = operation === 'TransactWriteItems' ? between : undefined;
      between = claim ? undefined : between;
      await claim?.();
      return send();
    });
    const store = createMessageStore(racing, {
      newVersion: randomUUID,
      clock: user.services.clock,
      logger: quiet,
    });
    const [result] = await acceptMessages({ ...user.services, store }, user.openid, [
      requestTo(user.openid, digest),
    ]);
    expect(result).toMatchObject({ type: 'accepted' });
    expect(await user.recordOf(first)).toBeUndefined();
    expect(await user.waiting()).toHaveLength(2);
  });
});

test('erasing a user deletes the record and the due entry of a collapsed message', async () => {
  const user = await useUser(1);
  await user.accept(TOMORROW_MS, digest);
  await user.accept(TOMORROW_MS, digest);
  expect(await user.erase()).toMatchObject({ type: 'erased', messages: 2 });
  await expectNothingOf(user.openid);
});

test('canceling a collapsed message changes nothing', async () => {
  const user = await useUser(1);
  const first = await user.accept(undefined, digest);
  const second = await user.accept(undefined, digest);
  expect(await cancelMessage(user.services, first)).toMatchObject({
    type: 'canceled',
    message: { collapsedInto: second },
  });
  expect(await user.waiting()).toEqual([second]);
});

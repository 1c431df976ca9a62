import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createGrantStore } from '../../../lib/dynamodb/dynamodb-grant-store.ts';
import { createMessageStore } from '../../../lib/dynamodb/dynamodb-message-store.ts';
import { createUserEraser } from '../../../lib/dynamodb/dynamodb-user-eraser.ts';
import { getItem } from '../../../lib/dynamodb/items.ts';
import { dueEntryKey } from '../../../lib/dynamodb/keys.ts';
import { grantsOf } from '../../../lib/grants/ledger.ts';
import { reportGrants } from '../../../lib/grants/report-grants.ts';
import { acceptMessages } from '../../../lib/messages/accept-message.ts';
import { cancelMessage } from '../../../lib/messages/cancel-message.ts';
import { deferJob } from '../../../lib/messages/defer-job.ts';
import { refuseWithVoidHolds } from '../../../lib/messages/end-pending-messages.ts';
import { CLAIM_LEASE_MS } from '../../../lib/sends/claim-send.ts';
import type { SendDecision } from '../../../lib/sends/judge-answer.ts';
import { readUser } from '../../../operate/audit/user-records.ts';
import { settle } from '../../support/settle.ts';
import { watched } from '../../support/watched-table.ts';
import { expectNothingOf, quiet, requestTo, START_MS, TEMPLATE, table, useUser } from './use-user.ts';

describe('a message that waits', () => {
  test('has no record until it was sent, and is found and listed all the same', async () => {
    const user = await useUser();
    const first = await user.accept();
    const second = await user.accept(START_MS + 60_000);
    expect(await user.recordOf(first)).toBeUndefined();
    expect((await user.services.store.load(first)).message?.value).toMatchObject({
      id: first,
      state: 'pending',
      data: { thing1: '普洱' },
    });
    await user.send(first);
    expect(await user.recordOf(first)).toMatchObject({ id: first, state: 'sent', attempts: 1 });
    const listed = [
      { id: second, state: 'pending' },
      { id: first, state: 'sent' },
    ];
    expect(await user.listed(50)).toEqual(listed);
    expect(await user.listed(1)).toEqual(listed.slice(0, 1));
    expect(await user.listed(1, second)).toEqual(listed.slice(1));
  });

  test('leaves the ledger with the claim that it was sent under', async () => {
    const user = await useUser();
    const first = await user.accept();
    await user.send(first);
    const second = await user.accept();
    expect(await user.waiting()).toEqual([second]);
  });

  test('is one of 200 at the most; one more is refused, and is accepted once another has left', async () => {
    const user = await useUser(202);
    const results = await user.acceptAll(Array.from({ length: 201 }, () => ({})));
    expect(results.filter(({ type }) => type === 'accepted')).toHaveLength(200);
    expect(results.at(-1)).toEqual({ type: 'too-many-waiting' });
    expect(await user.listed(300)).toHaveLength(200);
    const { value } = await user.services.store.loadLedger(user.openid);
    expect(grantsOf(value, TEMPLATE)).toMatchObject({ available: 2, held: 200 });
    await user.send((await user.waiting())[0] ?? '');
    const [another, last] = await user.acceptAll([{}, {}]);
    expect([another?.type, last?.type]).toEqual(['accepted', 'too-many-waiting']);
  });

  test('is accepted with others to the same user by one write', async () => {
    const user = await useUser();
    const key = (n: number) => ({ idempotency: { scope: 'operator:shop', key: `k${n}`, bodyHash: 'h' } });
    user.calls.length = 0;
    const results = await user.acceptAll([{}, {}, { hold: false }, {}]);
    expect(results.map(({ type }) => type)).toEqual(Array(4).fill('accepted'));
    expect(user.calls).toEqual(['GetItem', 'PutItem']);
    user.calls.length = 0;
    const named = await user.acceptAll([key(1), key(2), key(1)]);
    expect(named.map(({ type }) => type)).toEqual(['accepted', 'accepted', 'repeated']);
    expect(user.calls.filter((call) => call === 'PutItem')).toHaveLength(3);
    expect(await user.waiting()).toHaveLength(6);
  });

  test('with hold: false waits in the item too, and takes no grant until it leaves', async () => {
    const user = await useUser();
    const id = await user.accept(undefined, { hold: false });
    expect(await user.waiting()).toEqual([id]);
    const { value } = await user.services.store.loadLedger(user.openid);
    expect(grantsOf(value, TEMPLATE)).toMatchObject({ available: 10, held: 0 });
  });

  test('gets its record in the step that cancels it', async () => {
    const user = await useUser();
    const id = await user.accept(START_MS + 60_000);
    expect(await cancelMessage(user.services, id)).toMatchObject({ type: 'canceled' });
    expect(await user.recordOf(id)).toMatchObject({ state: 'canceled' });
    const { value } = await user.services.store.loadLedger(user.openid);
    expect(await user.waiting()).toEqual([]);
    expect(grantsOf(value, TEMPLATE)).toMatchObject({ available: 10, held: 0 });
  });

  test('goes back where it waits for another try, by one write and without a record', async () => {
    const user = await useUser();
    const id = await user.accept();
    await user.retry(id, START_MS + 60_000);
    expect(user.calls).toEqual(['GetItem', 'PutItem']);
    expect(await user.recordOf(id)).toBeUndefined();
    const { ledger, message } = await user.services.store.load(id);
    expect(message).toMatchObject({
      value: { state: 'pending', attempts: 1, dueAtMs: START_MS + 60_000, outcome: { errcode: 45011 } },
      version: undefined,
    });
    expect(ledger.value.claim).toBeUndefined();
    expect(grantsOf(ledger.value, TEMPLATE)).toMatchObject({ available: 9, held: 1 });
  });

  test('is not put back by a sender that was given up meanwhile', async () => {
    const user = await useUser();
    const id = await user.accept();
    const slow = await user.claim(id);
    user.later(CLAIM_LEASE_MS + 1);
    await user.claim(await user.accept());
    const outcome = { atMs: START_MS, reason: 'rate', errcode: 45011 };
    const retry = { policy: 'rate' as const, atMs: START_MS + 60_000 };
    const again: SendDecision = { state: 'pending', effect: 'keep', outcome, retry };
    expect(await settle(user.services, slow.claim, slow.message, again)).toMatchObject({ state: 'unknown' });
    expect(await user.waiting()).not.toContain(id);
  });

  test('is deferred by its due entry and one write, and lists the entry', async () => {
    const user = await useUser();
    const id = await user.accept();
    user.calls.length = 0;
    const untilMs = START_MS + 3_600_000;
    const inAnHour = { type: 'later', delayMs: 3_600_000 } as const;
    const job = { messageId: id, sinceMs: START_MS };
    expect(await deferJob(user.services, job, inAnHour)).toEqual({ type: 'done' });
    expect(user.calls).toEqual(['GetItem', 'PutItem', 'PutItem']);
    expect(await getItem(table, dueEntryKey(table, id, untilMs))).toMatchObject({ messageId: id });
    const { message } = await user.services.store.load(id);
    expect(message?.value).toMatchObject({ dueAtMs: untilMs, heldUntilMs: untilMs, dueEntries: [untilMs] });
    // Another job of the same message is a duplicate from now on, but not the one that the entry brings.
    user.calls.length = 0;
    user.later(3_600_000);
    expect(await deferJob(user.services, job, inAnHour)).toEqual({ type: 'done' });
    expect(user.calls).toEqual(['GetItem']);
    const own = { ...job, entryAtMs: untilMs };
    expect(await deferJob(user.services, own, inAnHour)).toEqual({ type: 'done' });
    const again = await user.services.store.load(id);
    expect(again.message?.value.dueEntries).toEqual([untilMs, untilMs + 3_600_000]);
  });

  test('lists no due entry of a try that died before the item was written: it goes with its own job', async () => {
    const user = await useUser();
    const id = await user.accept();
    const [lostAtMs, untilMs] = [START_MS + 1_800_000, START_MS + 3_600_000];
    await user.services.dueEntries.put({
      messageId: id,
      templateId: TEMPLATE,
      sinceMs: START_MS,
      dueAtMs: lostAtMs,
    });
    const inAnHour = { type: 'later', delayMs: 3_600_000 } as const;
    const job = { messageId: id, sinceMs: START_MS };
    await deferJob(user.services, job, inAnHour);
    user.later(1_800_000);
    expect(await deferJob(user.services, { ...job, entryAtMs: lostAtMs }, inAnHour)).toEqual({
      type: 'done',
    });
    expect(await getItem(table, dueEntryKey(table, id, lostAtMs))).toBeUndefined();
    expect(await getItem(table, dueEntryKey(table, id, untilMs))).toMatchObject({ messageId: id });
    await user.erase();
    await expectNothingOf(user.openid);
  });

  test('is refused with all others of a template that was turned off, in one step', async () => {
    const user = await useUser();
    for (let n = 0; n < 3; n++) await user.accept();
    const { store } = user.services;
    const ledger = await store.loadLedger(user.openid);
    const grants = grantsOf(ledger.value, TEMPLATE);
    if (!grants) return expect.unreachable();
    const templates = { [TEMPLATE]: { ...grants, available: 0, held: 0, epoch: 1 } };
    await store.commit({ ledger: { ...ledger, value: { ...ledger.value, templates } } });
    user.calls.length = 0;
    expect(await refuseWithVoidHolds(user.services, user.openid, TEMPLATE, START_MS)).toHaveLength(3);
    expect(user.calls).toEqual(['GetItem', 'TransactWriteItems', 'GetItem']);
    expect((await user.listed(50)).map(({ state }) => state)).toEqual(Array(3).fill('refused'));
    expect(await user.waiting()).toEqual([]);
  });

  test('costs its sender one read less, until it is claimed', async () => {
    const user = await useUser();
    const id = await user.accept();
    const reads: string[] = [];
    const seen = watched(table, (operation, _input, send) => {
      reads.push(operation);
      return send();
    });
    const store = createMessageStore(seen, { ...user.services, newVersion: randomUUID, logger: quiet });
    await store.load(id);
    expect(reads).toEqual(['GetItem']);
    await user.claim(id);
    reads.length = 0;
    await store.load(id);
    expect(reads).toEqual(['GetItem', 'GetItem']);
  });

  test('is settled once, by whoever writes the first record', async () => {
    const user = await useUser();
    const id = await user.accept();
    const slow = await user.claim(id);
    user.later(CLAIM_LEASE_MS + 1);
    // The next sender to the user finds the claim past its lease.
    await user.claim(await user.accept());
    expect(await user.recordOf(id)).toMatchObject({ state: 'unknown' });
    const outcome = { atMs: START_MS, reason: 'accepted' as const };
    await settle(user.services, slow.claim, slow.message, { state: 'sent', effect: 'spend', outcome });
    expect(await user.recordOf(id)).toMatchObject({ state: 'sent', attempts: 1 });
  });

  test('is part of an audit', async () => {
    const user = await useUser();
    const id = await user.accept(START_MS + 60_000);
    const records = await readUser(table, user.openid, async () => undefined);
    expect(records?.messages).toMatchObject([{ id, state: 'pending', hold: { epoch: 0 } }]);
    const ledger = await user.services.store.loadLedger(user.openid);
    const damaged = { ...ledger.value, waiting: '?' };
    await user.services.store.commit({ ledger: { ...ledger, value: damaged } });
    const after = await readUser(table, user.openid, async () => undefined);
    expect(after?.unreadable).toEqual([expect.stringContaining(user.openid)]);
  });
});

describe('an idempotency key', () => {
  const claimOf = (bodyHash = 'body') => ({ scope: 'operator:shop', key: randomUUID(), bodyHash });

  test('names the message before it is accepted, so that a repeat after a crash accepts that one', async () => {
    const user = await useUser(1);
    const jobs: string[] = [];
    const enqueue = async ({ messageId }: { messageId: string }) => void jobs.push(messageId);
    const services = { ...user.services, enqueue };
    const dying = { ...services.store, commit: () => Promise.reject(new Error('crash')) };
    const requests = [requestTo(user.openid, { idempotency: claimOf() })];
    await expect(acceptMessages({ ...services, store: dying }, user.openid, requests)).rejects.toThrow(
      'crash',
    );
    const [accepted] = await acceptMessages(services, user.openid, requests);
    expect(accepted).toMatchObject({ type: 'accepted', message: { id: jobs[0] } });
    const [repeated] = await acceptMessages(services, user.openid, requests);
    expect(repeated).toMatchObject({ type: 'repeated', message: { id: jobs[0] } });
  });

  test('is not taken by a try that was refused', async () => {
    const user = await useUser(0);
    const idempotency = claimOf();
    expect(await user.acceptAll([{ idempotency }])).toEqual([{ type: 'no-grant' }]);
    const other = { idempotency: { ...idempotency, bodyHash: 'another' }, hold: false };
    expect(await user.acceptAll([other])).toMatchObject([{ type: 'accepted' }]);
  });

  test('of many calls at once accepts one message', async () => {
    const user = await useUser(10);
    const idempotency = claimOf();
    const ids = await Promise.all(Array.from({ length: 10 }, () => user.accept(undefined, { idempotency })));
    expect(new Set(ids).size).toBe(1);
    expect(await user.waiting()).toEqual([ids[0]]);
  });

  test('never brings back the id of a message that was erased, and says nothing of the user', async () => {
    const user = await useUser(1);
    const once = { idempotency: claimOf(), hold: false };
    const erased = await user.accept(undefined, once);
    expect(await user.erase()).toMatchObject({ type: 'erased', messages: 1 });
    await expectNothingOf(user.openid);
    const again = await user.accept(undefined, once);
    expect(again).not.toBe(erased);
    expect(await user.accept(undefined, once)).toBe(again);
    expect(await user.waiting()).toEqual([again]);
  });
});

describe('erasing a user', () => {
  test('waits until no sender can write a record any more, for the first time or again', async () => {
    const user = await useUser();
    await user.send(await user.accept());
    // A repeat of the write of its record, whose answer was lost, might still be on its way.
    expect(await user.erase()).toEqual({ type: 'writing', untilMs: START_MS + 90_000 });
    const id = await user.accept();
    await user.claim(id);
    user.later(CLAIM_LEASE_MS + 1_000);
    expect(await user.erase()).toEqual({ type: 'writing', untilMs: START_MS + CLAIM_LEASE_MS + 60_000 });
    user.later(60_000);
    expect(await user.erase()).toMatchObject({ type: 'erased', messages: 2 });
    expect((await user.services.store.load(id)).message).toBeUndefined();
    expect(await user.listed(50)).toEqual([]);
  });

  test('deletes the due entries of messages that wait and of those that have ended', async () => {
    const user = await useUser();
    const dueAtMs = START_MS + 86_400_000;
    const entryOf = (id: string) => getItem(table, dueEntryKey(table, id, dueAtMs));
    const [waiting, canceled] = [await user.accept(dueAtMs), await user.accept(dueAtMs)];
    await cancelMessage(user.services, canceled);
    expect(await entryOf(waiting)).toMatchObject({ messageId: waiting, templateId: TEMPLATE, dueAtMs });
    expect(await entryOf(canceled)).toBeDefined();
    expect(await user.erase()).toMatchObject({ type: 'erased', messages: 2 });
    expect(await entryOf(waiting)).toBeUndefined();
    expect(await entryOf(canceled)).toBeUndefined();
  });

  test('with 200 messages that have due entries goes in steps', async () => {
    const user = await useUser(0);
    const booked = { hold: false, sendAtMs: START_MS + 86_400_000 };
    const results = await user.acceptAll(Array.from({ length: 200 }, () => booked));
    expect(results.every(({ type }) => type === 'accepted')).toBe(true);
    expect(await user.erase()).toMatchObject({ type: 'erased', messages: 200 });
    await expectNothingOf(user.openid);
  });

  test('leaves alone what the user does while it goes on', async () => {
    const user = await useUser();
    const store = createGrantStore(table, { newVersion: randomUUID, clock: user.services.clock });
    const services = {
      ...user.services,
      store,
      authority: 'client' as const,
      isCatalogueSynced: async () => true,
    };
    const told = { results: { [TEMPLATE]: 'accept' }, silent: [] };
    const report = (requestId: string) => reportGrants(services, user.openid, requestId, told, new Map());
    await report('before');
    const eraser = createUserEraser(table, { newVersion: randomUUID });
    const shrinkLedger: typeof eraser.shrinkLedger = async (...step) => {
      const result = await eraser.shrinkLedger(...step);
      await report('after');
      return result;
    };
    expect(await user.erase({ ...eraser, shrinkLedger })).toMatchObject({ type: 'erased' });
    expect(await report('after')).toMatchObject({ type: 'counted-before' });
    const { value } = await user.services.store.loadLedger(user.openid);
    expect(grantsOf(value, TEMPLATE)).toMatchObject({ granted: 1, available: 1 });
    expect(await store.countedOf(value, ['report#before', 'report#after'])).toEqual(
      new Set(['report#after']),
    );
  });
});

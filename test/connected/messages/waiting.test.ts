import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parkMessage } from '../../../lib/delivery/park-message.ts';
import { settle } from '../../../lib/delivery/settle.ts';
import { CLAIM_LEASE_MS, takeTurn } from '../../../lib/delivery/take-turn.ts';
import { emptyLedger, grantsOf } from '../../../lib/grants/ledger.ts';
import { recordReport } from '../../../lib/grants/record-report.ts';
import { acceptMessage } from '../../../lib/messages/accept-message.ts';
import { cancelMessage } from '../../../lib/messages/cancel-message.ts';
import { createMessageIds } from '../../../lib/messages/message-id.ts';
import { createBookNote } from '../../../lib/table/booked-notes.ts';
import { getItem } from '../../../lib/table/items.ts';
import { bookedNoteKey, messageKey } from '../../../lib/table/keys.ts';
import { createMessageStore } from '../../../lib/table/message-store.ts';
import { createUserEraser } from '../../../lib/table/user-eraser.ts';
import { readUser } from '../../../lib/table/user-records.ts';
import { eraseUser } from '../../../lib/users/erase-user.ts';
import { useTable } from '../../support/dynamodb.ts';
import { watched } from '../../support/watched-table.ts';

const TEMPLATE = 'tpl-receipt';
const START_MS = Date.UTC(2026, 11, 1);
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const table = await useTable();
let ids = 0;
const newMessageId = createMessageIds(() => String(++ids).padStart(32, '0'));

/** A user with ten grants, and a clock of their own. */
async function useUser() {
  let nowMs = START_MS;
  const openid = `o-${randomUUID()}`;
  const clock = () => nowMs;
  const store = createMessageStore(table, { newVersion: randomUUID, clock, logger: quiet });
  const services = {
    store,
    clock,
    sleep: () => new Promise<void>((resolve) => setImmediate(resolve)),
    random: Math.random,
    newClaimId: randomUUID,
    newMessageId,
    enqueue: async () => undefined,
    bookNote: createBookNote(table),
  };
  let value = emptyLedger(openid);
  for (let n = 0; n < 10; n++) {
    const report = { results: { [TEMPLATE]: 'accept' }, silent: [] };
    value = recordReport(value, report, { authority: 'client', kindOf: () => 'one-time', nowMs });
  }
  await store.commit({ ledger: { value, version: undefined } });

  return {
    openid,
    services,
    recordOf: (id: string) => getItem(table, messageKey(table, openid, id)),
    later(ms: number) {
      nowMs += ms;
    },
    async accept(sendAtMs?: number): Promise<string> {
      const result = await acceptMessage(services, {
        openid,
        templateId: TEMPLATE,
        templateKind: 'one-time',
        data: { thing1: '普洱' },
        fitted: [],
        miniprogramState: 'formal',
        lang: 'zh_CN',
        hold: true,
        ...(sendAtMs !== undefined && { sendAtMs }),
      });
      if (!('message' in result)) throw new Error(result.type);
      return result.message.id;
    },
    async claim(id: string) {
      const turn = await takeTurn(services, id);
      if (turn.type !== 'claimed') throw new Error(turn.type);
      return turn;
    },
    async send(id: string): Promise<void> {
      const { claim, message } = await this.claim(id);
      const outcome = { atMs: nowMs, reason: 'accepted' as const };
      await settle(services, claim, message, { state: 'sent', effect: 'spend', outcome });
    },
    listed: async (limit: number, after?: string) => {
      const { items } = await store.listOfUser(openid, limit, after);
      return items.map(({ value: { id, state } }) => ({ id, state }));
    },
    erase: () =>
      eraseUser(
        {
          ...services,
          eraser: createUserEraser(table),
          campaigns: { list: async () => ({ items: [] }) },
        } as never,
        openid,
      ),
  };
}

describe('a message that is about to leave', () => {
  test('has no record of its own until it was sent, and is found and listed all the same', async () => {
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
    const { waiting } = (await user.services.store.loadLedger(user.openid)).value;
    expect(Object.keys(waiting ?? {})).toEqual([second]);
  });

  test('beyond the fourth gets a record of its own', async () => {
    const user = await useUser();
    const accepted = [];
    for (let n = 0; n < 6; n++) accepted.push(await user.accept());
    const records = await Promise.all(accepted.map(user.recordOf));
    expect(records.map((record) => record !== undefined)).toEqual([false, false, false, false, true, true]);
    expect(await user.listed(50)).toHaveLength(6);
    for (const id of accepted) await user.send(id);
    expect((await user.listed(50)).map(({ state }) => state)).toEqual(Array(6).fill('sent'));
  });

  test('gets its record in the step that cancels it', async () => {
    const user = await useUser();
    const id = await user.accept(START_MS + 60_000);
    expect(await cancelMessage(user.services, id)).toMatchObject({ type: 'canceled' });
    expect(await user.recordOf(id)).toMatchObject({ state: 'canceled' });
    const { value } = await user.services.store.loadLedger(user.openid);
    expect(value.waiting).toEqual({});
    expect(grantsOf(value, TEMPLATE)).toMatchObject({ available: 10, held: 0 });
  });

  test('gets its record in the step that puts it off, and is read from there', async () => {
    const user = await useUser();
    const id = await user.accept();
    const { store } = user.services;
    const parking = { ...user.services, nowMs: START_MS };
    expect(await parkMessage(parking, id, START_MS + 3_600_000)).toEqual({ type: 'done' });
    const { ledger, message } = await store.load(id);
    expect(ledger.value.waiting).toEqual({});
    expect(message).toMatchObject({ value: { id, parked: true }, version: expect.any(String) });
  });

  test('costs its sender one read less, until it is claimed', async () => {
    const user = await useUser();
    const id = await user.accept();
    const reads: string[] = [];
    const seen = watched(table, (operation, _input, send) => {
      reads.push(operation);
      return send();
    });
    const store = createMessageStore(seen, {
      newVersion: randomUUID,
      clock: user.services.clock,
      logger: quiet,
    });
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

  test('is erased with its user, who may have to wait until no sender can write its record any more', async () => {
    const user = await useUser();
    await user.send(await user.accept());
    const id = await user.accept();
    await user.claim(id);
    expect(await user.erase()).toMatchObject({ type: 'sending' });
    user.later(CLAIM_LEASE_MS + 1_000);
    expect(await user.erase()).toMatchObject({ type: 'sending' });
    user.later(60_000);
    expect(await user.erase()).toMatchObject({ type: 'erased', messages: 2 });
    expect((await user.services.store.load(id)).message).toBeUndefined();
    expect(await user.listed(50)).toEqual([]);
  });

  test('is erased with the note that it was booked by, whether it still waits or was canceled', async () => {
    const user = await useUser();
    const dueAtMs = START_MS + 86_400_000;
    const noteOf = (id: string) => getItem(table, bookedNoteKey(table, id, dueAtMs));
    const [waiting, canceled] = [await user.accept(dueAtMs), await user.accept(dueAtMs)];
    await cancelMessage(user.services, canceled);
    expect(await noteOf(waiting)).toMatchObject({ messageId: waiting, templateId: TEMPLATE, dueAtMs });
    expect(await noteOf(canceled)).toBeDefined();
    expect(await user.erase()).toMatchObject({ type: 'erased', messages: 2 });
    expect(await noteOf(waiting)).toBeUndefined();
    expect(await noteOf(canceled)).toBeUndefined();
  });

  test('is part of an audit', async () => {
    const user = await useUser();
    const id = await user.accept(START_MS + 60_000);
    const records = await readUser(table, user.openid, async () => undefined);
    expect(records?.messages).toMatchObject([{ id, state: 'pending', hold: { epoch: 0 } }]);
    const ledger = await user.services.store.loadLedger(user.openid);
    const damaged = { ...ledger.value, waiting: { [id]: '?' } };
    await user.services.store.commit({ ledger: { ...ledger, value: damaged } });
    const after = await readUser(table, user.openid, async () => undefined);
    expect(after?.unreadable).toEqual([expect.stringContaining(id)]);
  });
});

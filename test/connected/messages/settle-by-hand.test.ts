import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createDueIndexWriter } from '../../../lib/dynamodb/dynamodb-due-index.ts';
import { createIdempotencyKeys } from '../../../lib/dynamodb/dynamodb-idempotency-keys.ts';
import { createMessageStore } from '../../../lib/dynamodb/dynamodb-message-store.ts';
import { createUndeliveredMessages } from '../../../lib/dynamodb/dynamodb-undelivered-messages.ts';
import { emptyLedger, grantsOf, spentOf, type TemplateKind } from '../../../lib/grants/ledger.ts';
import { recordReport } from '../../../lib/grants/report-grants.ts';
import { acceptMessage } from '../../../lib/messages/accept-message.ts';
import { createMessageIds, type Message } from '../../../lib/messages/message.ts';
import { messagePort } from '../../../lib/messages/message-port.ts';
import type { UndeliveredQuery } from '../../../lib/messages/message-store.ts';
import { settleByHand } from '../../../lib/messages/settle-by-hand.ts';
import { everyPage } from '../../../lib/paginate.ts';
import { CLAIM_LEASE_MS, claimSend } from '../../../lib/sends/claim-send.ts';
import type { SendAnswer, SendDecision } from '../../../lib/sends/judge-answer.ts';
import { useTable } from '../../support/dynamodb.ts';
import { settle } from '../../support/settle.ts';

const TEMPLATE = 'tpl-receipt';
const START_MS = Date.UTC(2026, 11, 1);
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const table = await useTable();

/** One user with a number of grants, and a clock of their own. */
async function useUser(grants = 1, kind: TemplateKind = 'one-time') {
  let nowMs = START_MS;
  const openid = `o-${randomUUID()}`;
  const clock = () => nowMs;
  const store = createMessageStore(table, { newVersion: randomUUID, clock, logger: quiet });
  const services = {
    store,
    clock,
    logger: quiet,
    sleep: () => new Promise<void>((resolve) => setImmediate(resolve)),
    random: Math.random,
    newClaimId: randomUUID,
    newMessageId: createMessageIds(randomUUID),
    enqueue: async () => undefined,
    dueEntries: createDueIndexWriter(table),
    keys: createIdempotencyKeys(table, { clock, newVersion: randomUUID }),
  };
  const report = { results: { [TEMPLATE]: 'accept' }, silent: [] };
  let value = emptyLedger(openid);
  for (let n = 0; n < grants; n++) {
    value = recordReport(value, report, { authority: 'client', kindOf: () => kind, nowMs });
  }
  await store.commit({ ledger: { value, version: undefined } });

  async function accepted(hold = true): Promise<string> {
    const result = await acceptMessage(services, {
      openid,
      templateId: TEMPLATE,
      templateKind: kind,
      data: {},
      fitted: [],
      miniprogramState: 'formal',
      lang: 'zh_CN',
      hold,
    });
    if (!('message' in result)) throw new Error(result.type);
    return result.message.id;
  }

  async function claimed(id: string) {
    let turn = await claimSend(services, messagePort(services, id));
    // Another message of theirs may come first.
    for (let look = 0; turn.type === 'busy' && look < 9; look++) {
      nowMs += 50;
      turn = await claimSend(services, messagePort(services, id));
    }
    if (turn.type !== 'claimed') throw new Error(turn.type);
    return { claim: turn.claim, message: turn.record };
  }

  async function unknown(hold = true): Promise<string> {
    const id = await accepted(hold);
    const { claim, message } = await claimed(id);
    await settle(services, claim, message, verdict('unknown'));
    return id;
  }

  return {
    openid,
    services,
    accepted,
    claimed,
    unknown,
    later(ms: number) {
      nowMs += ms;
    },
    verdict,
    async message(id: string) {
      return (await store.load(id)).message?.value;
    },
    async counts() {
      const ledger = (await store.loadLedger(openid)).value;
      const found = grantsOf(ledger, TEMPLATE);
      if (!found) throw new Error('no grants');
      return { available: found.available, held: found.held, spent: spentOf(found), open: !!ledger.claim };
    },
  };

  function verdict(state: 'unknown' | 'sent' | 'refused'): SendDecision {
    const effect = state === 'refused' ? 'zero' : 'spend';
    const told: Partial<SendAnswer> = state === 'sent' ? { errcode: 0, errmsg: 'ok' } : {};
    return {
      state,
      effect,
      outcome: { atMs: nowMs, reason: `was-${state}`, remedy: { en: 'e', zh: 'z' }, ...told },
    };
  }
}

describe('settling a message of unknown fate by hand', () => {
  test('as sent leaves the grant spent', async () => {
    const user = await useUser(2);
    const id = await user.unknown();
    const result = await settleByHand(user.services, id, 'sent');
    expect(result).toMatchObject({ type: 'settled', message: { state: 'sent' } });
    expect(await user.counts()).toMatchObject({ available: 1, held: 0, spent: 1 });
  });

  test.each([
    ['while its claim still stands in the ledger', false],
    ['after the next send closed its claim', true],
  ])('as failed gives the grant back, %s', async (_, another) => {
    const user = await useUser(2);
    const id = await user.unknown();
    if (another) await user.unknown();
    await settleByHand(user.services, id, 'failed');
    expect(await user.counts()).toMatchObject(
      another ? { available: 1, spent: 1, open: true } : { available: 2, spent: 0, open: false },
    );
  });

  test('as failed gives back the grant of a message that was booked without one', async () => {
    const user = await useUser(1);
    const id = await user.unknown(false);
    await settleByHand(user.services, id, 'failed');
    expect(await user.counts()).toMatchObject({ available: 1, held: 0, spent: 0 });
  });

  test('as failed gives nothing back once WeChat has shown that the grants are gone', async () => {
    const user = await useUser(2);
    const id = await user.unknown();
    const next = await user.claimed(await user.accepted());
    await settle(user.services, next.claim, next.message, user.verdict('refused'));
    await settleByHand(user.services, id, 'failed');
    expect(await user.counts()).toMatchObject({ available: 0, held: 0, spent: 2 });
    expect(await user.message(id)).toMatchObject({ state: 'failed' });
  });

  test('as failed changes no count of a long-term subscription', async () => {
    const user = await useUser(1, 'long-term');
    const before = await user.counts();
    const id = await user.unknown();
    await settleByHand(user.services, id, 'failed');
    expect(await user.counts()).toMatchObject({ ...before, open: false });
  });

  test('keeps what was known of its outcome, but not the advice', async () => {
    const user = await useUser();
    const id = await user.accepted();
    const { claim, message } = await user.claimed(id);
    const busy = { atMs: START_MS, errcode: -1, errmsg: 'system error', rid: 'r1', reason: 'transient' };
    const verdict = { ...user.verdict('unknown'), outcome: { ...busy, remedy: { en: 'e', zh: 'z' } } };
    await settle(user.services, claim, message, verdict);
    user.later(60_000);
    await settleByHand(user.services, id, 'failed');
    const settledAtMs = START_MS + 60_000;
    expect(await user.message(id)).toMatchObject({ updatedAtMs: settledAtMs });
    expect((await user.message(id))?.outcome).toEqual({
      ...busy,
      atMs: settledAtMs,
      reason: 'settled-by-hand',
    });
  });

  test('twice the same way is no error and gives the grant back once', async () => {
    const user = await useUser(1);
    const id = await user.unknown();
    await settleByHand(user.services, id, 'failed');
    expect(await settleByHand(user.services, id, 'failed')).toMatchObject({ type: 'settled' });
    expect(await user.counts()).toMatchObject({ available: 1, spent: 0 });
  });

  test('is refused the other way round, and for a message whose fate is known', async () => {
    const user = await useUser(2);
    const id = await user.unknown();
    await settleByHand(user.services, id, 'failed');
    expect(await settleByHand(user.services, id, 'sent')).toEqual({ type: 'not-unknown' });
    expect(await settleByHand(user.services, await user.accepted(), 'sent')).toEqual({ type: 'not-unknown' });
    expect(await settleByHand(user.services, 'msg_nobody', 'sent')).toEqual({ type: 'not-found' });
  });

  test('by ten people at once in two ways: one way wins, and the count fits it', async () => {
    const user = await useUser(3);
    const id = await user.unknown();
    const ways = Array.from({ length: 10 }, (_, n) =>
      n % 2 === 0 ? ('sent' as const) : ('failed' as const),
    );
    const results = await Promise.all(ways.map((way) => settleByHand(user.services, id, way)));
    const state = (await user.message(id))?.state;
    for (const [n, way] of ways.entries()) {
      expect(results[n]?.type).toBe(way === state ? 'settled' : 'not-unknown');
    }
    expect(await user.counts()).toMatchObject(
      state === 'failed' ? { available: 3, spent: 0 } : { available: 2, spent: 1 },
    );
  });

  test('while others send to the same user loses and doubles no grant', async () => {
    const user = await useUser(4);
    const id = await user.unknown();
    await Promise.all([user.unknown(), settleByHand(user.services, id, 'failed'), user.accepted()]);
    expect(await user.counts()).toMatchObject({ available: 2, held: 1, spent: 1 });
  });
});

describe('a sender that was given up for dead and answers late', () => {
  async function lost() {
    const user = await useUser(3);
    const id = await user.accepted();
    const { claim, message } = await user.claimed(id);
    user.later(CLAIM_LEASE_MS);
    await user.unknown();
    expect(await user.message(id)).toMatchObject({ state: 'unknown' });
    return { user, id, lateAnswer: () => settle(user.services, claim, message, user.verdict('sent')) };
  }

  test('does not overrule the hand that was first', async () => {
    const { user, id, lateAnswer } = await lost();
    await settleByHand(user.services, id, 'failed');
    await lateAnswer();
    expect(await user.message(id)).toMatchObject({ state: 'failed', outcome: { reason: 'settled-by-hand' } });
    expect(await user.counts()).toMatchObject({ available: 2, spent: 1 });
  });

  test('is not overruled by a hand that is later', async () => {
    const { user, id, lateAnswer } = await lost();
    await lateAnswer();
    expect(await settleByHand(user.services, id, 'failed')).toEqual({ type: 'not-unknown' });
    expect(await user.message(id)).toMatchObject({ state: 'sent' });
    expect(await user.counts()).toMatchObject({ available: 1, spent: 2 });
  });

  test('at the same moment as the hand: one of them decides, and the count fits it', async () => {
    const { user, id, lateAnswer } = await lost();
    const [byHand] = await Promise.all([settleByHand(user.services, id, 'failed'), lateAnswer()]);
    const state = (await user.message(id))?.state;
    expect(state).toBe(byHand.type === 'settled' ? 'failed' : 'sent');
    expect(await user.counts()).toMatchObject(
      state === 'failed' ? { available: 2, spent: 1 } : { available: 1, spent: 2 },
    );
  });
});

test('all unknown messages are listed over pages, newest first, each once, until they are settled', async () => {
  const own = await useTable();
  const { store, listed, put } = undelivered(own);
  const expected: string[] = [];
  for (let n = 0; n < 23; n++) {
    // Several became unknown in the same millisecond.
    const atMs = START_MS + Math.floor(n / 5);
    const message = await put({ openid: `o-${n}`, state: n === 7 ? 'sent' : 'unknown', atMs });
    if (message.state === 'unknown') expected.push(`${atMs} ${message.id}`);
  }
  const pages = await listed({ state: 'unknown' }, 5);
  expect(pages.map((page) => page.length)).toEqual([5, 5, 5, 5, 2]);
  expect(pages.flat()).toEqual(expected.toSorted().reverse());

  const services = { store, clock: () => START_MS, sleep: async () => undefined, random: Math.random };
  const newest = pages.flat()[0]?.split(' ')[1] ?? '';
  await settleByHand(services, newest, 'sent');
  const left = (await listed({ state: 'unknown' }, 50)).flat();
  expect(left).toHaveLength(21);
  expect(left.join()).not.toContain(newest);
});

test('messages that did not arrive are told by status, template and time, each once, however rare among others', async () => {
  const own = await useTable();
  const { listed, put } = undelivered(own);
  const rare: string[] = [];
  for (let n = 0; n < 120; n++) {
    const atMs = START_MS + n;
    const templateId = n % 30 === 0 ? 'rare' : TEMPLATE;
    const message = await put({
      openid: `o-${n}`,
      state: n % 2 === 0 ? 'refused' : 'failed',
      atMs,
      templateId,
    });
    if (templateId === 'rare') rare.push(`${atMs} ${message.id}`);
  }
  expect((await listed({ state: 'failed' }, 50)).flat()).toHaveLength(60);
  expect((await listed({ state: 'refused', templateId: 'rare' }, 3)).flat()).toEqual(rare.toReversed());
  const between = { state: 'refused', fromMs: START_MS + 30, toMs: START_MS + 60 } as const;
  expect((await listed(between, 4)).flat().map((line) => Number(line.split(' ')[0]) - START_MS)).toEqual(
    Array.from({ length: 15 }, (_, n) => 58 - 2 * n),
  );
  expect((await listed({ ...between, templateId: 'rare' }, 4)).flat()).toEqual([rare[1]]);
});

/** The list of a table of its own, and messages put there as they ended. */
function undelivered(own: Awaited<ReturnType<typeof useTable>>) {
  const store = createMessageStore(own, { newVersion: randomUUID, clock: () => START_MS, logger: quiet });
  const list = createUndeliveredMessages(own, quiet);
  const newId = createMessageIds(randomUUID);
  return {
    store,
    async put(o: { openid: string; state: Message['state']; atMs: number; templateId?: string }) {
      const message: Message = {
        id: newId(o.openid),
        openid: o.openid,
        templateId: o.templateId ?? TEMPLATE,
        data: {},
        miniprogramState: 'formal',
        lang: 'zh_CN',
        attempts: 1,
        state: o.state,
        sendAtMs: 0,
        dueAtMs: 0,
        createdAtMs: 0,
        updatedAtMs: o.atMs,
        outcome: { atMs: o.atMs, reason: 'no-answer' },
      };
      await store.commit({ records: [{ value: message, version: undefined }] });
      return message;
    },
    /** Every page, each message as its moment and its id. */
    async listed(query: UndeliveredQuery, limit: number): Promise<string[][]> {
      const pages = [];
      for await (const page of everyPage((after) => list.list(query, limit, after)))
        pages.push(page.map(({ value }) => `${value.outcome?.atMs} ${value.id}`));
      return pages;
    },
  };
}

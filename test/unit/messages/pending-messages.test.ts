import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closeClaim, openClaim } from '../../../lib/grants/claims.ts';
import { holdGrant } from '../../../lib/grants/holds.ts';
import { emptyLedger, type Ledger } from '../../../lib/grants/ledger.ts';
import { UnreadablePendingError, unpackPending } from '../../../lib/grants/packed-pending-messages.ts';
import { recordReport } from '../../../lib/grants/report-grants.ts';
import type { Message } from '../../../lib/messages/message.ts';
import {
  createCapacityCheck,
  findPending,
  listPending,
  putPending,
  readMessage,
  withPending,
} from '../../../lib/messages/pending-messages.ts';

const OPENID = 'o-anna';
const idOf = (n: number) => `msg_${String(n).padStart(32, '0')}_${OPENID}`;

function messageOf(n: number, fields: Partial<Message> = {}): Message {
  return {
    id: idOf(n),
    openid: OPENID,
    templateId: 'tpl',
    data: { thing1: '茶' },
    miniprogramState: 'formal',
    lang: 'zh_CN',
    state: 'pending',
    sendAtMs: 1_000,
    dueAtMs: 1_000,
    hold: { epoch: 0 },
    attempts: 0,
    createdAtMs: 1_000,
    updatedAtMs: 1_000,
    ...fields,
  };
}

function keeping(...messages: readonly Message[]): Ledger {
  return putPending(emptyLedger(OPENID), ...messages);
}

const stored = <T>(value: T, version: string | undefined = 'v1') => ({ value, version });

test('what a later version kept with a message stays with it', () => {
  const later = { ...messageOf(1), later: { of: 'a later version' } };
  const [read] = listPending(keeping(later));
  const again = listPending(putPending(keeping(later), { ...read, ...messageOf(1), attempts: 2, ...read }));
  expect(again).toMatchObject([later]);
});

test('whatever is kept comes back as it was', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 30 });
  const fieldKey = fc.stringMatching(/^[a-z_]{1,12}[0-9]{1,2}$/);
  const optional = fc.record(
    {
      page: text,
      hold: fc.record({ epoch: fc.nat() }),
      fitted: fc.array(fc.record({ key: text, from: text, to: text }), { minLength: 1, maxLength: 3 }),
      dueEntries: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
      heldUntilMs: fc.nat(),
      retries: fc.record({ rate: fc.nat(9), quota: fc.nat(3) }, { requiredKeys: [] }),
      outcome: fc.record(
        { atMs: fc.nat(), reason: text, errcode: fc.integer(), errmsg: text, rid: text },
        { requiredKeys: ['atMs', 'reason'] },
      ),
    },
    { requiredKeys: [] },
  );
  const plain = fc.record({
    data: fc.dictionary(fieldKey, text, { maxKeys: 6 }),
    miniprogramState: fc.constantFrom('developer' as const, 'trial' as const, 'formal' as const),
    lang: fc.constantFrom('zh_CN' as const, 'en_US' as const, 'zh_HK' as const, 'zh_TW' as const),
    aheadMs: fc.nat(900_000),
    deferredMs: fc.nat(900_000),
    attempts: fc.nat(9),
    updatedAtMs: fc.nat(),
  });
  fc.assert(
    fc.property(plain, optional, ({ aheadMs, deferredMs, ...fields }, more) => {
      const { hold: _, ...bare } = messageOf(1, {
        ...fields,
        sendAtMs: 1_000 + aheadMs,
        dueAtMs: 1_000 + aheadMs + deferredMs,
      });
      const message: Message = { ...bare, ...more };
      expect(findPending(keeping(message), message.id)).toEqual(message);
    }),
  );
});

test('two users whose messages are packed alike each get their own', () => {
  const [anna, berta] = ['o-anna', 'o-bert'].map((openid) => {
    const id = `msg_${'0'.repeat(32)}_${openid}`;
    return putPending(emptyLedger(openid), { ...messageOf(1), id, openid });
  });
  expect(anna!.waiting).toBe(berta!.waiting);
  expect([...unpackPending(anna!).keys()]).toEqual([`msg_${'0'.repeat(32)}_o-anna`]);
  expect([...unpackPending(berta!).keys()]).toEqual([`msg_${'0'.repeat(32)}_o-bert`]);
});

test('a record of its own counts more than what the ledger keeps, of a message that is claimed', async () => {
  const recorded = stored(messageOf(1, { state: 'sent' }));
  const store = { loadRecord: async () => recorded };
  const kept = keeping(messageOf(1));
  const claim = { sendId: idOf(1) } as NonNullable<Ledger['claim']>;
  expect(await readMessage(store, idOf(1), { ...kept, claim })).toBe(recorded);
  expect(await readMessage(store, idOf(1), kept)).toEqual({ value: messageOf(1), version: undefined });
});

describe('there is room', () => {
  const numbers = Array.from({ length: 200 }, (_, n) => n);

  test('for 200 messages and no more, one of them gone makes room for one', () => {
    const full = keeping(...numbers.map((n) => messageOf(n)));
    expect(createCapacityCheck(full)(messageOf(200), [])).toBe(false);
    const hasRoom = createCapacityCheck(keeping(...numbers.slice(1).map((n) => messageOf(n))));
    expect([messageOf(200), messageOf(201)].map((message) => hasRoom(message, []))).toEqual([true, false]);
  });

  test('in the place of others, however full it is, and once for each place', () => {
    const hasRoom = createCapacityCheck(keeping(...numbers.map((n) => messageOf(n))));
    expect(hasRoom(messageOf(200), [messageOf(0)])).toBe(true);
    expect(hasRoom(messageOf(201), [])).toBe(false);
    expect(hasRoom(messageOf(201), [messageOf(1), messageOf(2)])).toBe(true);
    expect([202, 203].map((n) => hasRoom(messageOf(n), []))).toEqual([true, false]);
  });

  test('for 100 kB, however few messages that is', () => {
    const noise = (n: number) => messageOf(n, { page: randomBytes(15_000).toString('base64') });
    const hasRoom = createCapacityCheck(emptyLedger(OPENID));
    const taken = numbers
      .slice(0, 7)
      .map(noise)
      .filter((message) => hasRoom(message, []));
    expect(taken.length).toBe(4);
    expect(keeping(...taken).waiting?.length).toBeLessThanOrEqual(100_000);
    expect(hasRoom(noise(8), taken.slice(0, 1))).toBe(true);
    expect(hasRoom(noise(9), [])).toBe(false);
  });

  test('for another try of each of them, with what WeChat said', () => {
    const outcome = { atMs: 1, errcode: 45011, errmsg: randomBytes(3_000).toString('hex'), reason: 'rate' };
    const retried = numbers.map((n) => messageOf(n, { outcome, attempts: 1, retries: { rate: 1 } }));
    expect(keeping(...retried).waiting?.length).toBeLessThan(60_000);
    expect(listPending(keeping(...retried))[0]?.outcome?.errmsg).toBe(outcome.errmsg.slice(0, 200));
  });
});

test('many messages are a fraction of their texts', () => {
  const words = ['普洱茶饼', '龙井', '武夷岩茶', '正山小种'];
  const messages = Array.from({ length: 200 }, (_, n) =>
    messageOf(n, {
      data: {
        thing1: `${words[n % 4]} ${2000 + n}`,
        amount2: `${100 + 7 * n}.00元`,
        time3: `11月${n % 28}日`,
      },
      page: `pages/item?id=${randomBytes(4).toString('hex')}`,
    }),
  );
  expect(JSON.stringify(messages).length).toBeGreaterThan(60_000);
  expect(keeping(...messages).waiting?.length).toBeLessThan(12_000);
});

test('advice on what to do is not kept: it follows from the rest', () => {
  const remedy = { en: 'Wait.', zh: '请稍候。' };
  const [kept] = listPending(keeping(messageOf(1, { outcome: { atMs: 1, reason: 'rate', remedy } })));
  expect(kept?.outcome).toEqual({ atMs: 1, reason: 'rate' });
});

test('a message goes from the ledger with its claim, and no other does', () => {
  const granted = recordReport(
    keeping(messageOf(1), messageOf(2)),
    { results: { tpl: 'accept' }, silent: [] },
    { authority: 'client', kindOf: () => 'one-time', nowMs: 0 },
  );
  const held = holdGrant(granted, 'tpl', 'one-time');
  if (held.type !== 'held') return expect.unreachable();
  const request = { claimId: 'c', sendId: idOf(1), grantKey: 'tpl', nowMs: 0, leaseMs: 1 };
  const claimed = openClaim(held.ledger, { ...request, hold: held.hold });
  if (claimed.type !== 'claimed') return expect.unreachable();
  expect([...unpackPending(claimed.ledger).keys()]).toEqual([idOf(1), idOf(2)]);
  expect([...unpackPending(closeClaim(claimed.ledger, 'spend')).keys()]).toEqual([idOf(2)]);
});

test('what another hand wrote is named, with what to do', () => {
  const packed = (text: string) => deflateRawSync(text).toString('base64');
  for (const waiting of ['{', packed('{'), packed('3'), packed(`{"${idOf(1)}":{"templateId":1}}`)]) {
    const read = () => findPending({ ...emptyLedger(OPENID), waiting }, idOf(1));
    expect(read).toThrow(UnreadablePendingError);
    expect(read).toThrow(OPENID);
  }
});

describe('a list with what the ledger keeps', () => {
  /** Reads all pages as a caller does, of messages whose numbers are even if they have records. */
  function allPages(recorded: readonly number[], kept: readonly number[], limit: number): number[] {
    const ledger = keeping(...kept.map((n) => messageOf(n)));
    const seen: number[] = [];
    let after: string | undefined;
    do {
      const rest = recorded
        .map((n) => messageOf(n, { state: 'sent' }))
        .filter(({ id }) => after === undefined || id < after)
        .sort((one, other) => (one.id < other.id ? 1 : -1));
      const items = rest.slice(0, limit).map((value) => stored(value));
      const next = items.length === limit ? items.at(-1)?.value.id : undefined;
      const page = withPending({ items, ...(next && { next }) }, ledger, limit, after);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      seen.push(...page.items.map(({ value }) => Number(value.id.split('_')[1])));
      after = page.next;
    } while (after !== undefined);
    return seen;
  }

  test('has each message once, newest first, in pages of any size', () => {
    const numbers = fc.uniqueArray(fc.nat(60), { maxLength: 20 });
    fc.assert(
      fc.property(numbers, numbers, fc.integer({ min: 1, max: 7 }), (recorded, candidates, limit) => {
        const kept = candidates.slice(0, 4);
        const all = [...new Set([...recorded, ...kept])].sort((a, b) => b - a);
        expect(allPages(recorded, kept, limit)).toEqual(all);
      }),
    );
  });
});

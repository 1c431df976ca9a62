import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CountingStore } from '../../../lib/grants/commit-counted.ts';
import { setMarks, withMarks } from '../../../lib/grants/deduplication-marks.ts';
import { holdGrant } from '../../../lib/grants/holds.ts';
import {
  emptyLedger,
  grantsOf,
  type Ledger,
  spentOf,
  type TemplateKind,
} from '../../../lib/grants/ledger.ts';
import { type GrantAuthority, recordReport } from '../../../lib/grants/report-grants.ts';
import { recordAnswers } from '../../../lib/wechat-events/apply-subscribe-event.ts';
import type { ChangeEvent, PopupEvent } from '../../../lib/wechat-events/event-job.ts';

type AnswerEvent = PopupEvent | ChangeEvent;
const T = 'template-1';
const S = 1_000;

/** Ledgers in memory, behind the port that the tables implement. */
function openStore(kind: TemplateKind = 'one-time') {
  const ledgers = new Map<string, Ledger>();
  const ledgerOf = (openid: string) => ledgers.get(openid) ?? emptyLedger(openid);
  const grantStore: CountingStore = {
    loadLedger: async (openid) => ({ value: ledgerOf(openid), version: undefined }),
    countedOf: async ({ counted }, asked) => setMarks(counted, [], asked),
    announce: async (announced) => announced,
    joinAudiences: async () => 'committed',
    async commitCounted({ value }, marks) {
      const { counted } = withMarks(value.counted, marks, Infinity);
      ledgers.set(value.openid, { ...value, counted });
      return 'committed';
    },
  };
  const kindsOf = async (ids: readonly string[]) => new Map(ids.map((id) => [id, kind] as const));
  const services = { grantStore, kindsOf, clock: () => 0, sleep: async () => {}, random: () => 0 };
  return {
    ledgers,
    ledgerOf,
    grants: (openid = 'u') => grantsOf(ledgerOf(openid), T)!,
    put: (ledger: Ledger) => void ledgers.set(ledger.openid, ledger),
    async take(...events: AnswerEvent[]) {
      for (const event of events) await recordAnswers(services, event);
    },
  };
}

const popup = (atMs: number, status = 'accept', openid = 'u'): PopupEvent => ({
  type: 'popup',
  openid,
  createdAtMs: atMs,
  items: [{ templateId: T, status }],
});
const turnedOff = (atMs: number, openid = 'u'): ChangeEvent => ({
  type: 'change',
  openid,
  createdAtMs: atMs,
  items: [{ templateId: T, status: 'reject' }],
});

function reported(ledger: Ledger, nowMs: number, authority: GrantAuthority, silent: string[] = []): Ledger {
  const report = { results: { [T]: 'accept' }, silent };
  return recordReport(ledger, report, { authority, kindOf: () => 'one-time', nowMs });
}

describe('a popup event', () => {
  test('is a grant when the client never reported the tap', async () => {
    const store = openStore();
    await store.take(popup(10 * S));
    expect(store.grants()).toMatchObject({ granted: 1, available: 1, lastStatus: 'accept' });
  });

  test('confirms the report of the same tap and adds nothing', async () => {
    const store = openStore();
    store.put(reported(emptyLedger('u'), 11 * S, 'client'));
    await store.take(popup(10 * S));
    expect(store.grants()).toMatchObject({ granted: 1, available: 1 });
  });

  test('counts once however often it comes', async () => {
    const store = openStore();
    await store.take(popup(10 * S), popup(10 * S), popup(10 * S));
    expect(store.grants().granted).toBe(1);
  });

  test('counts each of its templates on its own, also when a part of it has been counted', async () => {
    const store = openStore();
    await store.take(popup(10 * S), {
      ...popup(10 * S),
      items: [
        { templateId: T, status: 'accept' },
        { templateId: 'template-2', status: 'acceptWithAudio' },
      ],
    });
    expect(store.grants().granted).toBe(1);
    expect(grantsOf(store.ledgerOf('u'), 'template-2')?.available).toBe(1);
  });

  test('that refuses takes no grant away, and ends a long-term subscription', async () => {
    const once = openStore();
    await once.take(popup(10 * S), popup(20 * S, 'reject'));
    expect(once.grants()).toMatchObject({ available: 1, lastStatus: 'reject' });
    const long = openStore('long-term');
    await long.take(popup(10 * S));
    expect(long.grants().subscribed).toBe(true);
    await long.take(popup(20 * S, 'reject'));
    expect(long.grants().subscribed).toBe(false);
  });

  test('that comes late does not overwrite a later answer', async () => {
    const store = openStore();
    await store.take(popup(20 * S, 'reject'), popup(10 * S));
    expect(store.grants()).toMatchObject({ available: 1, lastStatus: 'reject', updatedAtMs: 20 * S });
  });
});

describe('with events as the authority', () => {
  test('a report counts nothing, and the event is the grant', async () => {
    const store = openStore();
    store.put(reported(emptyLedger('u'), 11 * S, 'events'));
    expect(store.grants()).toMatchObject({ granted: 0, available: 0, lastStatus: 'accept' });
    await store.take(popup(10 * S));
    expect(store.grants()).toMatchObject({ granted: 1, available: 1 });
  });

  test('a report after its event counts nothing either', async () => {
    const store = openStore();
    await store.take(popup(10 * S));
    store.put(reported(store.ledgerOf('u'), 11 * S, 'events'));
    expect(store.grants()).toMatchObject({ granted: 1, available: 1 });
  });
});

describe('a template that is turned off', () => {
  test('has no grants left, neither available nor set aside', async () => {
    const store = openStore();
    await store.take(popup(10 * S), popup(11 * S), popup(12 * S));
    const held = holdGrant(store.ledgerOf('u'), T, 'one-time');
    if (held.type !== 'held') throw new Error(held.type);
    store.put(held.ledger);
    await store.take(turnedOff(20 * S));
    expect(store.grants()).toMatchObject({ available: 0, held: 0, granted: 3, lastStatus: 'reject' });
    expect(store.grants().epoch).not.toBe(held.hold.epoch);
    expect(spentOf(store.grants())).toBe(3);
  });

  test('has the grants that were given since, when the event comes late', async () => {
    const store = openStore();
    await store.take(popup(10 * S), popup(30 * S), turnedOff(20 * S));
    expect(store.grants()).toMatchObject({ available: 1, lastStatus: 'accept' });
  });

  test('keeps what is set aside when all of it was given since', async () => {
    const store = openStore();
    await store.take(popup(30 * S));
    const held = holdGrant(store.ledgerOf('u'), T, 'one-time');
    if (held.type !== 'held') throw new Error(held.type);
    store.put(held.ledger);
    await store.take(turnedOff(20 * S));
    expect(store.grants()).toMatchObject({ available: 0, held: 1, epoch: held.hold.epoch });
  });

  test('stays off when an older accept turns up', async () => {
    const store = openStore();
    await store.take(turnedOff(20 * S), popup(10 * S));
    expect(store.grants()).toMatchObject({ granted: 1, available: 0, lastStatus: 'reject' });
  });

  test('is a subscription no more, and is one again after a later accept', async () => {
    const store = openStore('long-term');
    await store.take(popup(10 * S), turnedOff(20 * S));
    expect(store.grants().subscribed).toBe(false);
    await store.take(popup(30 * S), turnedOff(20 * S));
    expect(store.grants().subscribed).toBe(true);
  });
});

describe('ten thousand events', () => {
  /** Everything but the epoch, which only says since when holds are void, and there are none here. */
  function ledgers(store: ReturnType<typeof openStore>) {
    const views = [...store.ledgers.values()].map(({ openid, templates }) => {
      const all = Object.entries(templates).map(
        ([id, { epoch: _epoch, ...grants }]) => [id, grants] as const,
      );
      return [openid, Object.fromEntries(all.toSorted(([one], [other]) => (one < other ? -1 : 1)))] as const;
    });
    return Object.fromEntries(views.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }

  test('with 30 % duplicates and in any order leave exactly the ledgers that they leave once and in order', async () => {
    const random = fc.sample(fc.double({ min: 0, max: 0.999999, noNaN: true }), {
      numRuns: 60_000,
      seed: 42,
    });
    let drawn = 0;
    const next = () => random[drawn++ % random.length]!;
    const inOrder: AnswerEvent[] = Array.from({ length: 10_000 }, () => {
      const openid = `user-${Math.floor(next() * 300)}`;
      const atMs = Math.floor(next() * 86_400) * S;
      const roll = next();
      if (roll < 0.12) return turnedOff(atMs, openid);
      return {
        ...popup(atMs, roll < 0.8 ? 'accept' : 'reject', openid),
        items: [T, 'template-2', 'template-3']
          .filter((_, index) => index === 0 || next() < 0.4)
          .map((templateId) => ({ templateId, status: next() < 0.8 ? 'accept' : 'reject' })),
      };
    }).toSorted((one, other) => one.createdAtMs - other.createdAtMs);
    const once = openStore();
    await once.take(...inOrder);
    const shuffled = [...inOrder, ...inOrder.filter(() => next() < 0.3)]
      .map((event) => ({ event, at: next() }))
      .toSorted((one, other) => one.at - other.at)
      .map(({ event }) => event);
    const often = openStore();
    await often.take(...shuffled);
    expect(shuffled.length).toBeGreaterThan(12_500);
    expect(ledgers(often)).toEqual(ledgers(once));
  });
});

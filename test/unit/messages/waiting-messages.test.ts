import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closeClaim, openClaim } from '../../../lib/grants/claims.ts';
import { holdGrant } from '../../../lib/grants/holds.ts';
import { emptyLedger, type Ledger } from '../../../lib/grants/ledger.ts';
import { recordReport } from '../../../lib/grants/record-report.ts';
import type { Message } from '../../../lib/messages/message.ts';
import {
  keepWaiting,
  messageWithLedger,
  UnreadableWaitingError,
  withWaiting,
} from '../../../lib/messages/waiting-messages.ts';

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
    parked: false,
    hold: { epoch: 0 },
    attempts: 0,
    createdAtMs: 1_000,
    updatedAtMs: 1_000,
    ...fields,
  };
}

function keeping(...messages: readonly Message[]): Ledger {
  let ledger = emptyLedger(OPENID);
  for (const message of messages) ledger = keepWaiting(ledger, message) ?? expect.unreachable('no room');
  return ledger;
}

const stored = <T>(value: T, version: string | undefined = 'v1') => ({ value, version });

test('whatever is kept comes back as it was', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 30 });
  const optional = fc.record(
    {
      page: text,
      hold: fc.record({ epoch: fc.nat() }),
      fitted: fc.array(fc.record({ key: text, from: text, to: text }), { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: [] },
  );
  const plain = fc.record({
    data: fc.dictionary(text, text, { maxKeys: 6 }),
    miniprogramState: fc.constantFrom('developer' as const, 'trial' as const, 'formal' as const),
    lang: fc.constantFrom('zh_CN' as const, 'en_US' as const, 'zh_HK' as const, 'zh_TW' as const),
    aheadMs: fc.nat(900_000),
  });
  fc.assert(
    fc.property(plain, optional, ({ aheadMs, ...fields }, more) => {
      const { hold: _, ...bare } = messageOf(1, {
        ...fields,
        sendAtMs: 1_000 + aheadMs,
        dueAtMs: 1_000 + aheadMs,
      });
      const message: Message = { ...bare, ...more };
      const { message: read } = messageWithLedger(message.id, undefined, stored(keeping(message)));
      expect(read).toEqual({ value: message, version: undefined });
    }),
  );
});

test('a record of its own counts more than what the ledger keeps', () => {
  const recorded = stored(messageOf(1, { state: 'sent' }));
  expect(messageWithLedger(idOf(1), recorded, stored(keeping(messageOf(1)))).message).toBe(recorded);
});

test('there is room for four', () => {
  const full = keeping(...[1, 2, 3, 4].map((n) => messageOf(n)));
  expect(keepWaiting(full, messageOf(5))).toBeUndefined();
});

test('a message goes from the ledger with its claim, and no other does', () => {
  const granted = recordReport(
    keeping(messageOf(1), messageOf(2)),
    { results: { tpl: 'accept' }, silent: [] },
    { authority: 'client', kindOf: () => 'one-time', nowMs: 0 },
  );
  const held = holdGrant(granted, 'tpl', 'one-time');
  if (held.type !== 'held') return expect.unreachable();
  const request = { claimId: 'c', messageId: idOf(1), templateId: 'tpl', nowMs: 0, leaseMs: 1 };
  const claimed = openClaim(held.ledger, { ...request, hold: held.hold });
  if (claimed.type !== 'claimed') return expect.unreachable();
  expect(Object.keys(claimed.ledger.waiting ?? {})).toEqual([idOf(1), idOf(2)]);
  expect(Object.keys(closeClaim(claimed.ledger, 'spend').waiting ?? {})).toEqual([idOf(2)]);
});

test('what another hand wrote is named, with what to do', () => {
  for (const text of ['{', '{"templateId":1}']) {
    const ledger = { ...emptyLedger(OPENID), waiting: { [idOf(1)]: text } };
    const read = () => messageWithLedger(idOf(1), undefined, stored(ledger));
    expect(read).toThrow(UnreadableWaitingError);
    expect(read).toThrow(idOf(1));
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
      const page = withWaiting({ items, ...(next && { next }) }, ledger, limit, after);
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

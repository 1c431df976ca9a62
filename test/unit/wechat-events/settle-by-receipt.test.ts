import { describe, expect, test } from 'vitest';
import { recipientSendId } from '../../../lib/campaigns/runs/recipient-port.ts';
import { type Claim, emptyLedger } from '../../../lib/grants/ledger.ts';
import type { ReceiptCandidate } from '../../../lib/sends/delivery-receipt.ts';
import type { RecordChange } from '../../../lib/sends/send-port.ts';
import { settleByReceipt } from '../../../lib/wechat-events/settle-by-receipt.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 4);
const idIn = (run: string) => recipientSendId({ runId: `run_${run.repeat(32)}`, openid: 'u', index: 0 });
const EARLIER = idIn('a');
const LATEST = idIn('b');

function sent(id: string, atMs: number, msgid?: string): ReceiptCandidate {
  const outcome = { atMs, reason: 'accepted', errcode: 0, ...(msgid !== undefined && { msgid }) };
  return { id, state: 'sent', attempts: 1, outcome };
}

/** The user's item, at each time that it is read. */
type Lives = readonly (string | undefined)[];

/** A user to whom two runs have sent; their ledger names the latest of these sends alone. */
function useUser(sends: readonly ReceiptCandidate[], lives: Lives = ['one']) {
  const left = [...lives];
  const records = new Map(sends.map((send) => [send.id, send]));
  const claim: Claim = {
    claimId: 'claim',
    sendId: LATEST,
    templateId: 'T',
    source: 'available',
    epoch: 0,
    grantedBefore: 2,
    startedAtMs: NOW_MS - 1_000,
    leaseUntilMs: NOW_MS + 44_000,
  };
  const services = {
    clock: () => NOW_MS,
    random: () => 0,
    sleep: async () => {},
    logger: { info() {}, warn() {}, error() {} },
    campaignSendsOf: async () => [...records.values()],
    store: {
      async loadLedger() {
        const life = left.length > 1 ? left.shift() : left[0];
        if (life === undefined) return { value: emptyLedger('u'), version: undefined };
        return { value: { ...emptyLedger('u'), life, claim }, version: 'v' };
      },
      listOfUser: async () => ({ items: [] }),
      findSend: async (id: string) => ({
        id,
        record: records.get(id),
        async write(change: RecordChange) {
          const record = records.get(id);
          const after = record && change(record);
          if (!after) return 'unchanged' as const;
          records.set(id, after);
          return 'committed' as const;
        },
      }),
    },
  };
  const receive = (createdAtMs: number, msgid?: string) =>
    settleByReceipt(services, {
      openid: 'u',
      templateId: 'T',
      createdAtMs,
      errcode: 0,
      errorStatus: 'success',
      ...(msgid !== undefined && { msgid }),
    });
  return { receive, stateOf: (id: string) => records.get(id)?.state };
}

test('a receipt without a name is not taken for the latest send when an earlier one may be meant', async () => {
  const user = useUser([sent(EARLIER, NOW_MS - 60_000), sent(LATEST, NOW_MS)]);
  expect(await user.receive(NOW_MS - 59_000, '77')).toBe('unmatched');
  expect([user.stateOf(EARLIER), user.stateOf(LATEST)]).toEqual(['sent', 'sent']);
});

test('a receipt that names no send settles the only one that can be meant', async () => {
  const user = useUser([sent(EARLIER, NOW_MS - 60 * 60_000), sent(LATEST, NOW_MS)]);
  expect(await user.receive(NOW_MS, '77')).toBe('settled');
  expect([user.stateOf(EARLIER), user.stateOf(LATEST)]).toEqual(['sent', 'delivered']);
});

test('a receipt settles the earlier send whose msgid it has', async () => {
  const user = useUser([sent(EARLIER, NOW_MS - 60_000, '77'), sent(LATEST, NOW_MS, '78')]);
  expect(await user.receive(NOW_MS - 59_000, '77')).toBe('settled');
  expect([user.stateOf(EARLIER), user.stateOf(LATEST)]).toEqual(['delivered', 'sent']);
});

describe('a user who is being erased', () => {
  // The send that the receipt is about is out of its run already; the msgid of the other has been erased.
  const LEFT = sent(EARLIER, NOW_MS - 45_000);

  test.each<[string, Lives]>([
    ['has no item any more', [undefined]],
    ['loses the item while the sends are looked up', ['one', undefined]],
    ['is back while the sends are looked up', ['one', 'two']],
  ])('has no send told to be delivered that is only the last one left: %s', async (_, lives) => {
    const user = useUser([LEFT], lives);
    expect(await user.receive(NOW_MS, '78')).toBe('unmatched');
    expect(user.stateOf(EARLIER)).toBe('sent');
  });

  test('still has the send settled whose msgid a receipt has', async () => {
    const user = useUser([sent(EARLIER, NOW_MS - 45_000, '77')], [undefined]);
    expect(await user.receive(NOW_MS, '77')).toBe('settled');
    expect(user.stateOf(EARLIER)).toBe('delivered');
  });
});

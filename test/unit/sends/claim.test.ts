import { describe, expect, test } from 'vitest';
import { emptyLedger, type Ledger } from '../../../lib/grants/ledger.ts';
import { recordReport } from '../../../lib/grants/report-grants.ts';
import { CLAIM_LEASE_MS, claimSend } from '../../../lib/sends/claim-send.ts';
import { givenUp } from '../../../lib/sends/record-transitions.ts';
import { resolveClaim } from '../../../lib/sends/resolve-claim.ts';
import type { Send, SendPort } from '../../../lib/sends/send-port.ts';
import type { SendRecord } from '../../../lib/sends/send-record.ts';
import type { Versioned } from '../../../lib/versioned.ts';

const TEMPLATE = 'T';
const PENDING: SendRecord = { state: 'pending', attempts: 0 };

/** One user with grants, the records of their sends, and a clock. */
function useUser(grants = 1) {
  const records = new Map<string, SendRecord>();
  let nowMs = 1_000_000;
  let version = 0;
  let ledger: Ledger = emptyLedger('u');
  const report = { results: { [TEMPLATE]: 'accept' }, silent: [] };
  for (let tap = 0; tap < grants; tap++) {
    ledger = recordReport(ledger, report, { authority: 'client', kindOf: () => 'one-time', nowMs });
  }

  function write(changed: Versioned<Ledger>): 'committed' | 'conflict' {
    if (changed.version !== String(version)) return 'conflict';
    version += 1;
    ledger = changed.value;
    return 'committed';
  }

  let claims = 0;
  const services = {
    clock: () => nowMs,
    newClaimId: () => `claim-${++claims}`,
    random: () => 0,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
    store: {
      loadLedger: async () => ({ value: ledger, version: String(version) }),
      commit: async (change: { ledger?: Versioned<Ledger> }) =>
        change.ledger ? write(change.ledger) : 'committed',
      findSend: async (id: string): Promise<Send> => ({
        id,
        record: records.get(id) ?? PENDING,
        async write(change, closed) {
          const after = change(records.get(id) ?? PENDING);
          if (!after || (closed && write(closed) === 'conflict')) return after ? 'conflict' : 'unchanged';
          records.set(id, after);
          return 'committed';
        },
      }),
    },
  };
  const port = (id: string, more: Partial<SendPort<SendRecord>> = {}): SendPort<SendRecord> => ({
    id,
    openid: 'u',
    keepsGrant: false,
    read: async () => records.get(id) ?? PENDING,
    grantSubjectOf: () => ({ templateId: TEMPLATE }),
    outgoing: () => {
      throw new Error('Nothing is sent here.');
    },
    retryBasis: () => ({ sendAtMs: 0 }),
    settle: async (after) => after,
    ...more,
  });
  return {
    records,
    port,
    claim: (id: string, more?: Partial<SendPort<SendRecord>>) => claimSend(services, port(id, more)),
    resolve: (id: string) => resolveClaim(services, port(id)),
    later(ms: number) {
      nowMs += ms;
    },
    ledger: () => ledger,
    available: () => ledger.templates[TEMPLATE]?.available,
  };
}

describe('a claim', () => {
  test('takes the user lock and a grant', async () => {
    const user = useUser(2);
    expect(await user.claim('one')).toMatchObject({ type: 'claimed', claim: { sendId: 'one' } });
    expect(user.available()).toBe(1);
    expect(await user.claim('two')).toMatchObject({ type: 'busy' });
  });

  test('is not opened without a grant, ahead of its moment, or for what has ended', async () => {
    expect(await useUser(0).claim('one')).toMatchObject({ type: 'no-grant' });
    expect(await useUser().claim('one', { mayClaim: () => false })).toMatchObject({ type: 'no-grant' });
    expect(await useUser().claim('one', { dueAtMs: () => 2_000_000 })).toMatchObject({ type: 'not-due' });
    expect(await useUser().claim('one', { holdsLease: () => false })).toEqual({ type: 'lease-lost' });
    expect(await useUser().claim('one', { read: async () => undefined })).toEqual({ type: 'missing' });
    const user = useUser();
    user.records.set('one', { state: 'sent', attempts: 1 });
    expect(await user.claim('one')).toMatchObject({ type: 'ended' });
    expect(user.ledger().claim).toBeUndefined();
  });

  test('is not opened for what has expired, whoever else is being sent to', async () => {
    const user = useUser(2);
    const expiresAtMs = () => 1_000_500;
    expect(await user.claim('one', { expiresAtMs })).toMatchObject({ type: 'claimed' });
    user.later(500);
    expect(await user.claim('two', { expiresAtMs })).toMatchObject({ type: 'expired' });
    // Its own claim says that a request may have left.
    expect(await user.claim('one', { expiresAtMs })).toMatchObject({ type: 'busy' });
    user.later(CLAIM_LEASE_MS);
    expect(await user.claim('one', { expiresAtMs })).toMatchObject({
      type: 'ended',
      record: { state: 'unknown' },
    });
  });

  test('is waited out where the moment is the end', async () => {
    const user = useUser(1);
    const [dueAtMs, expiresAtMs] = [() => 1_001_000, () => 1_001_000];
    expect(await user.claim('one', { dueAtMs, expiresAtMs })).toMatchObject({ type: 'expired' });
    expect(user.available()).toBe(1);
  });

  test('of a sender that died is given up past its lease, and its send is not made again', async () => {
    const user = useUser(2);
    await user.claim('one');
    user.later(CLAIM_LEASE_MS - 1);
    expect(await user.claim('one')).toMatchObject({ type: 'busy' });
    user.later(1);
    expect(await user.claim('one')).toMatchObject({ type: 'ended', record: { state: 'unknown' } });
    expect(user.available()).toBe(1);
    expect(await user.claim('two')).toMatchObject({ type: 'claimed' });
  });

  test('whose outcome comes while it is being judged is judged again by that outcome', async () => {
    const user = useUser(2);
    const first = await user.claim('one');
    if (first.type !== 'claimed') throw new Error(first.type);
    user.later(CLAIM_LEASE_MS);
    let reads = 0;
    const slow = user.port('one', {
      async read() {
        reads += 1;
        const record = user.records.get('one') ?? PENDING;
        // The slow sender writes what it was answered while this read is on its way.
        if (reads === 1) user.records.set('one', { state: 'sent', attempts: 1 });
        return record;
      },
    });
    expect(await user.claim('one', slow)).toMatchObject({ type: 'ended', record: { state: 'sent' } });
    expect(user.records.get('one')).toEqual({ state: 'sent', attempts: 1 });
  });

  test('whose send says that the grant comes back is closed by whoever finds it', async () => {
    const user = useUser();
    const claimed = await user.claim('one');
    if (claimed.type !== 'claimed') throw new Error(claimed.type);
    const { claimId } = claimed.claim;
    const lastClaim = { claimId, effect: 'refund' as const };
    user.records.set('one', { state: 'failed', attempts: 1, lastClaim });
    expect(await user.resolve('one')).toEqual({ type: 'resolved' });
    expect(user.available()).toBe(1);
    expect(user.ledger().claim).toBeUndefined();
  });

  test('stays open where the grant is spent: that saves a write', async () => {
    const user = useUser();
    const claimed = await user.claim('one');
    if (claimed.type !== 'claimed') throw new Error(claimed.type);
    user.records.set('one', givenUp(PENDING, claimed.claim, 0));
    expect(await user.claim('one')).toMatchObject({ type: 'ended' });
    expect(user.ledger().claim).toBeDefined();
  });
});

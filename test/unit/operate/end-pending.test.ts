import { describe, expect, test } from 'vitest';
import {
  emptyLedger,
  grantsOf,
  spentOf,
  type TemplateGrants,
  withGrants,
} from '../../../lib/grants/ledger.ts';
import type { SendRecord } from '../../../lib/sends/send-record.ts';
import { asUnknown, spendGrant } from '../../../operate/restore/end-pending.ts';

const T = 'template';
const NOW = 1_800_000_000_000;
const GRANTS: TemplateGrants = {
  kind: 'one-time',
  granted: 3,
  available: 2,
  held: 1,
  subscribed: true,
  epoch: 1,
  lastStatus: 'accept',
  silentReject: false,
  updatedAtMs: NOW,
};
const services = { clock: () => NOW, newId: () => 'claim' };

function spend(grants: Partial<TemplateGrants> | undefined, hold?: { readonly epoch: number }) {
  const empty = emptyLedger('user');
  const ledger = grants ? withGrants(empty, T, { ...GRANTS, ...grants }) : empty;
  const taken = spendGrant(services, ledger, { messageId: 'm', templateId: T, ...(hold && { hold }) });
  const after = grantsOf(taken.ledger, T);
  expect(taken.ledger.claim).toBeUndefined();
  return { ...taken, after, spent: after && spentOf(after) };
}

describe('the grant of a send that may have left', () => {
  test('that was set aside is spent', () => {
    expect(spend({}, { epoch: 1 })).toMatchObject({ after: { available: 2, held: 0 }, spent: 1 });
  });

  test('that it would have taken is spent', () => {
    expect(spend({})).toMatchObject({ after: { available: 1, held: 1 }, spent: 1, claim: { epoch: 1 } });
  });

  test('that was zeroed since it was set aside takes no other', () => {
    expect(spend({}, { epoch: 0 })).toMatchObject({ after: { available: 2, held: 1 }, spent: 0 });
    expect(spend({}, { epoch: 0 }).claim).toBeUndefined();
  });

  test.each([[{ available: 0 }], [undefined]])('that is not there is not taken (%o)', (grants) => {
    expect(spend(grants).claim).toBeUndefined();
  });

  test('of a long-term template costs nothing', () => {
    const { claim, after } = spend({ kind: 'long-term' });
    expect(claim).toMatchObject({ source: 'subscription' });
    expect(after).toMatchObject({ available: 2, held: 1, subscribed: true });
  });
});

describe('a send that may have left', () => {
  const pending: SendRecord = { state: 'pending', attempts: 1 };

  test('with its grant spent is unknown, by its claim', () => {
    const { claim } = spend({});
    expect(asUnknown(pending, claim, NOW)).toMatchObject({
      state: 'unknown',
      attempts: 2,
      lastClaim: { claimId: 'claim', epoch: 1, effect: 'spend' },
      outcome: { reason: 'table-restored', atMs: NOW },
    });
  });

  test('without a grant is unknown too, and gives none back when it is settled', () => {
    const ended = asUnknown(pending, undefined, NOW);
    expect(ended).toMatchObject({ state: 'unknown', attempts: 1, outcome: { reason: 'table-restored' } });
    expect(ended).not.toHaveProperty('lastClaim');
  });
});

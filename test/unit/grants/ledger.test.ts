import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closeClaim, openClaim, revokeGrantedBefore } from '../../../lib/grants/claims.ts';
import { type Hold, holdGrant, releaseHold } from '../../../lib/grants/holds.ts';
import {
  emptyLedger,
  type Ledger,
  spentOf,
  type TemplateGrants,
  type TemplateKind,
} from '../../../lib/grants/ledger.ts';
import { recordReport } from '../../../lib/grants/report-grants.ts';

const T = 'template-1';

function reported(
  ledger: Ledger,
  status: string,
  kind: TemplateKind = 'one-time',
  silent: string[] = [],
): Ledger {
  return recordReport(
    ledger,
    { results: { [T]: status }, silent },
    { authority: 'client', kindOf: () => kind, nowMs: 1_000 },
  );
}

function accepted(times: number, kind: TemplateKind = 'one-time'): Ledger {
  return Array.from({ length: times }).reduce<Ledger>(
    (ledger) => reported(ledger, 'accept', kind),
    emptyLedger('user-1'),
  );
}

function grants(ledger: Ledger): TemplateGrants {
  return ledger.templates[T] as TemplateGrants;
}

function held(ledger: Ledger): { ledger: Ledger; hold: Hold } {
  const result = holdGrant(ledger, T, 'unknown');
  if (result.type !== 'held') throw new Error('no grant to hold');
  return result;
}

function claimed(ledger: Ledger, hold?: Hold): Ledger {
  const result = openClaim(ledger, {
    claimId: 'claim-1',
    sendId: 'message-1',
    grantKey: T,
    nowMs: 0,
    leaseMs: 1,
    ...(hold && { hold }),
  });
  if (result.type !== 'claimed') throw new Error(result.type);
  return result.ledger;
}

describe('a report of the user’s answers', () => {
  test.each(['accept', 'acceptWithAlert', 'acceptWithAudio', 'acceptWithForcePush'])(
    '%s adds one grant',
    (status) => {
      expect(grants(reported(accepted(2), status))).toMatchObject({
        granted: 3,
        available: 3,
        lastStatus: status,
      });
    },
  );

  test.each(['reject', 'ban', 'filter'])('%s adds none and takes none away', (status) => {
    expect(grants(reported(accepted(2), status))).toMatchObject({
      granted: 2,
      available: 2,
      lastStatus: status,
    });
  });

  test('a refusal without a popup is marked as silent, until the user is asked again', () => {
    const silent = reported(accepted(1), 'reject', 'one-time', [T]);
    expect(grants(silent).silentReject).toBe(true);
    expect(grants(reported(silent, 'reject')).silentReject).toBe(false);
  });

  test('a long-term template is subscribed after accept and no longer after reject', () => {
    expect(grants(accepted(1, 'long-term')).subscribed).toBe(true);
    expect(grants(reported(accepted(1, 'long-term'), 'reject', 'long-term')).subscribed).toBe(false);
  });

  test('a kind once learnt is not forgotten', () => {
    expect(grants(reported(accepted(1, 'long-term'), 'accept', 'unknown')).kind).toBe('long-term');
  });

  test('template ids that name members of every object are ids like any other', () => {
    const ledger = recordReport(
      emptyLedger('u'),
      { results: { constructor: 'accept' }, silent: [] },
      { authority: 'client', kindOf: () => 'one-time', nowMs: 0 },
    );
    expect(Object.hasOwn(ledger.templates, 'constructor')).toBe(true);
    expect(holdGrant(emptyLedger('u'), 'constructor', 'one-time').type).toBe('no-grant');
  });
});

describe('holding', () => {
  test('moves a grant from available to held, and back', () => {
    const { ledger, hold } = held(accepted(2));
    expect(grants(ledger)).toMatchObject({ available: 1, held: 1 });
    expect(grants(releaseHold(ledger, T, hold))).toMatchObject({ available: 2, held: 0 });
  });

  test('needs an available grant: what is held for one message starves no other', () => {
    const { ledger } = held(accepted(1));
    expect(holdGrant(ledger, T, 'one-time').type).toBe('no-grant');
    expect(openClaim(ledger, { claimId: 'c', sendId: 'm', grantKey: T, nowMs: 0, leaseMs: 1 }).type).toBe(
      'no-grant',
    );
  });

  test('a long-term subscription holds any number of messages', () => {
    const once = held(accepted(1, 'long-term')).ledger;
    expect(holdGrant(once, T, 'long-term').type).toBe('held');
  });

  test('a long-term template recorded before its kind was known is treated as what it is', () => {
    const { ledger } = held(accepted(1, 'unknown'));
    expect(holdGrant(ledger, T, 'unknown').type).toBe('no-grant');
    expect(holdGrant(ledger, T, 'long-term').type).toBe('held');
  });
});

describe('closing a claim', () => {
  test.each([
    ['spend', { available: 0, held: 0 }, 1],
    ['refund', { available: 1, held: 0 }, 0],
    ['keep', { available: 0, held: 1 }, 0],
    ['zero', { available: 0, held: 0 }, 1],
  ] as const)('%s of a held grant', (effect, expected, spent) => {
    const { ledger, hold } = held(accepted(1));
    const closed = closeClaim(claimed(ledger, hold), effect);
    expect(closed.claim).toBeUndefined();
    expect(grants(closed)).toMatchObject(expected);
    expect(spentOf(grants(closed))).toBe(spent);
  });

  test('zero keeps the grants recorded after the refused send began', () => {
    const during = reported(claimed(accepted(3)), 'accept');
    expect(grants(closeClaim(during, 'zero'))).toMatchObject({ available: 1, held: 0, granted: 4 });
  });

  test('zero makes the holds of other messages void', () => {
    const { ledger, hold } = held(accepted(2));
    const zeroed = closeClaim(claimed(ledger), 'zero');
    const again = reported(zeroed, 'accept');
    expect(
      openClaim(again, { claimId: 'c', sendId: 'm', grantKey: T, hold, nowMs: 0, leaseMs: 1 }).type,
    ).toBe('hold-void');
    expect(releaseHold(again, T, hold)).toBe(again);
  });

  test('grants that were zeroed while the claim was open are not brought back', () => {
    const open = claimed(accepted(1));
    const revoked: Ledger = { ...open, templates: { [T]: { ...grants(open), epoch: 1 } } };
    expect(grants(closeClaim(revoked, 'refund')).available).toBe(0);
    expect(grants(closeClaim(revoked, 'keep')).held).toBe(0);
  });

  test('a long-term subscription is off after zero, unless the user accepted meanwhile', () => {
    const open = claimed(accepted(1, 'long-term'));
    expect(grants(closeClaim(open, 'zero')).subscribed).toBe(false);
    expect(grants(closeClaim(reported(open, 'accept', 'long-term'), 'zero')).subscribed).toBe(true);
  });
});

describe('a refusal that comes after its claim was given up', () => {
  test('takes what was granted before that send began, and nothing that came later', () => {
    const open = claimed(accepted(3));
    const given = reported(closeClaim(open, 'spend'), 'accept');
    const after = revokeGrantedBefore(given, open.claim!);
    expect(grants(after)).toMatchObject({ granted: 4, available: 1, held: 0, epoch: 1 });
  });

  test('changes nothing where the grants were zeroed in between', () => {
    const open = claimed(accepted(3));
    const zeroed = reported(closeClaim(open, 'zero'), 'accept');
    expect(revokeGrantedBefore(zeroed, open.claim!)).toBe(zeroed);
  });

  test('takes nothing from a user who was erased since', () => {
    const open = claimed({ ...accepted(3), life: 'one' });
    const after = { ...accepted(3), life: 'two' };
    expect(revokeGrantedBefore(after, open.claim!)).toBe(after);
  });
});

describe('whatever happens, in whatever order', () => {
  const step = fc.constantFrom(
    'accept',
    'reject',
    'hold',
    'release',
    'claim-held',
    'claim',
    'spend',
    'refund',
    'keep',
    'zero',
  );

  test('available, held and spent add up to what was granted, and none is negative', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let ledger = emptyLedger('user-1');
        const holds: Hold[] = [];
        for (const name of steps) {
          ledger = apply(ledger, name, holds);
          const entry = ledger.templates[T];
          if (!entry) continue;
          expect(entry.available).toBeGreaterThanOrEqual(0);
          expect(entry.held).toBeGreaterThanOrEqual(0);
          expect(spentOf(entry)).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  function apply(ledger: Ledger, name: string, holds: Hold[]): Ledger {
    switch (name) {
      case 'accept':
      case 'reject':
        return reported(ledger, name);
      case 'hold': {
        const result = holdGrant(ledger, T, 'one-time');
        if (result.type !== 'held') return ledger;
        holds.push(result.hold);
        return result.ledger;
      }
      case 'release': {
        const hold = holds.pop();
        return hold ? releaseHold(ledger, T, hold) : ledger;
      }
      case 'claim':
      case 'claim-held': {
        if (ledger.claim) return ledger;
        const hold = name === 'claim-held' ? holds.pop() : undefined;
        if (name === 'claim-held' && !hold) return ledger;
        const result = openClaim(ledger, {
          claimId: 'c',
          sendId: 'm',
          grantKey: T,
          nowMs: 0,
          leaseMs: 1,
          ...(hold && { hold }),
        });
        return result.type === 'claimed' ? result.ledger : ledger;
      }
      default: {
        const claim = ledger.claim;
        if (name === 'keep' && claim) holds.push({ epoch: claim.epoch });
        return closeClaim(ledger, name as 'spend' | 'refund' | 'keep' | 'zero');
      }
    }
  }
});

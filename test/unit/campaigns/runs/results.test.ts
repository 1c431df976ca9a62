import { expect, test } from 'vitest';
import {
  difference,
  isNothing,
  NO_TALLY,
  type RecipientResult,
  recipientClaimOutcome,
  tallyOf,
  UNTOUCHED,
  withVerdicts,
} from '../../../../lib/campaigns/runs/results.ts';
import type { Claim } from '../../../../lib/grants/ledger.ts';

const result = (state: RecipientResult['state'], more: Partial<RecipientResult> = {}): RecipientResult => ({
  state,
  atMs: 1_000,
  reason: 'test',
  attempts: 1,
  ...more,
});

const claim: Claim = {
  claimId: 'claim-2',
  messageId: 'rcp',
  templateId: 'T',
  source: 'available',
  epoch: 0,
  grantedBefore: 1,
  startedAtMs: 0,
  leaseUntilMs: 45_000,
};

/** What stands there after `verdict` came in over `before`. */
function after(before: RecipientResult | undefined, verdict: RecipientResult): RecipientResult | undefined {
  const page = { ...UNTOUCHED, results: new Map(before ? [[0, before]] : []) };
  return withVerdicts(page, new Map([[0, verdict]])).results.get(0);
}

test('a verdict takes the place of what is open, and of nothing that is final but the unknown', () => {
  const sent = result('sent');
  expect(after(undefined, sent)).toBe(sent);
  expect(after(result('pending', { settledClaimId: 'claim-1' }), sent)).toBe(sent);
  for (const state of ['sent', 'delivered', 'refused', 'failed', 'skipped'] as const) {
    expect(after(result(state), result('failed', { reason: 'late' }))).toEqual(result(state));
  }
});

test('who was given up takes a late answer on, keeps the grant spent, and is never tried again', () => {
  const unknown = result('unknown', { reason: 'sender-lost' });
  expect(after(unknown, result('refused', { errcode: 43101, effect: 'zero' }))).toEqual(
    result('refused', { errcode: 43101 }),
  );
  expect(after(unknown, result('pending', { settledClaimId: 'claim-1' }))).toEqual(unknown);
});

test('an open claim is judged by the result of its recipient', () => {
  const outcome = (of: RecipientResult | undefined, nowMs = 1_000) => recipientClaimOutcome(claim, of, nowMs);
  expect(outcome(undefined)).toEqual({ type: 'under-way' });
  expect(outcome(undefined, 45_000)).toEqual({ type: 'abandoned' });
  expect(outcome(result('pending', { settledClaimId: 'claim-1' }), 45_000)).toEqual({ type: 'abandoned' });
  expect(outcome(result('pending', { settledClaimId: 'claim-2', effect: 'refund' }))).toEqual({
    type: 'settled',
    effect: 'refund',
  });
  expect(outcome(result('sent'))).toEqual({ type: 'settled', effect: 'spend' });
  expect(outcome(result('refused', { effect: 'zero' }))).toEqual({ type: 'settled', effect: 'zero' });
});

test('counts move by what has changed since they were last counted', () => {
  const results = new Map([
    [0, result('sent', { errcode: 0 })],
    [1, result('refused', { errcode: 43101 })],
    [2, result('pending', { errcode: 45011 })],
  ]);
  const first = tallyOf({ results });
  expect(first).toEqual({ counts: { sent: 1, refused: 1 }, byErrcode: { 43101: 1 } });
  expect(difference(NO_TALLY, first)).toEqual(first);
  results.set(0, result('delivered')).set(2, result('unknown'));
  expect(difference(first, tallyOf({ results }))).toEqual({
    counts: { sent: -1, delivered: 1, unknown: 1 },
    byErrcode: {},
  });
  expect(isNothing(difference(first, first))).toBe(true);
});

import { expect, test } from 'vitest';
import {
  difference,
  type Finding,
  isNothing,
  NO_TALLY,
  type RecipientResult,
  recipientClaimOutcome,
  tallyOf,
  UNTOUCHED,
  withFindings,
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

/** What stands there after a worker that has the page, or has lost it, found this out. */
function after(
  before: RecipientResult | undefined,
  finding: Finding,
  hasPage = true,
): RecipientResult | undefined {
  const page = { ...UNTOUCHED, results: new Map(before ? [[0, before]] : []) };
  return withFindings(page, new Map([[0, finding]]), hasPage).results.get(0);
}

const pending = (settledClaimId: string) => result('pending', { settledClaimId });
const givenUp = result('unknown', { reason: 'sender-lost', settledClaimId: 'claim-2' });

test('a finding takes the place of what is open, and of nothing that is final', () => {
  const sent = result('sent');
  expect(after(undefined, { result: sent, claimId: 'claim-1' })).toBe(sent);
  expect(after(pending('claim-1'), { result: sent, claimId: 'claim-2', follows: 'claim-1' })).toBe(sent);
  for (const state of ['sent', 'delivered', 'refused', 'failed', 'skipped', 'unknown'] as const) {
    const late = { result: result('failed', { reason: 'late' }), claimId: 'claim-1' };
    expect(after(result(state), late)).toEqual(result(state));
  }
});

test('who was given up takes the late answer on, keeps the grant spent, and is never tried again', () => {
  const refused = result('refused', { errcode: 43101, effect: 'zero' });
  expect(after(givenUp, { result: refused, claimId: 'claim-2' })).toEqual(
    result('refused', { errcode: 43101 }),
  );
  expect(after(givenUp, { result: refused, claimId: 'claim-2' }, false)).toEqual(
    result('refused', { errcode: 43101 }),
  );
  expect(after(givenUp, { result: pending('claim-2'), claimId: 'claim-2' })).toEqual(givenUp);
});

test('what was found out without a send is no late answer', () => {
  expect(after(givenUp, { result: result('skipped') })).toEqual(givenUp);
  expect(after(givenUp, { result: result('failed'), claimId: 'claim-1' })).toEqual(givenUp);
});

test('who has lost the page says nothing of recipients that it did not send to', () => {
  expect(after(undefined, { result: result('skipped') }, false)).toBeUndefined();
  expect(after(undefined, { result: result('sent'), claimId: 'claim-1' }, false)).toEqual(result('sent'));
});

test('a finding that is written once more changes nothing that came later', () => {
  const first = { result: pending('claim-1'), claimId: 'claim-1', follows: undefined };
  expect(after(pending('claim-1'), first)).toEqual(pending('claim-1'));
  expect(after(pending('claim-2'), first)).toEqual(pending('claim-2'));
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
